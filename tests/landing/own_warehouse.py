"""One platform's sources and a warehouse of their own, landed in this process as a run lands them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from pipelines.landing.outcome import TableOutcome
from pipelines.landing.platform import PlatformOutcome, land_platform
from pipelines.landing.replay import replay_platform
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.ops import create_ops

KEYS = {"pseudonym_key": "ab" * 32, "sealing_key": "cd" * 32}


class OwnWarehouse:
    """`sources` is instance → where it is, as settings have it; `given` are other settings. A test may change
    both between landings. The warehouse lies in `home` of the folder and is open until the block ends."""

    # How a row of the ledger may have ended once a landing went well.
    ends: tuple[str, ...] = ("closed", "failed", "abandoned")

    def __init__(
        self, folder: Path, platform: str, sources: dict[str, Any] | None = None, **given: Any
    ) -> None:
        self.folder, self.platform = folder, platform
        self.sources: dict[str, Any] = sources or {}
        self.given: dict[str, Any] = given
        self._runs = 0
        self._opened: Warehouse | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def settings(self) -> Settings:
        sources = {self.platform: self.sources}
        return Settings(**{"home": self.folder / "home", "sources": sources, **KEYS, **self.given})

    @property
    def warehouse(self) -> Warehouse:
        if self._opened is None:
            self._opened = open_warehouse(self.settings)
            create_ops(self._opened)
        return self._opened

    def close(self) -> None:
        """The next question opens it again, perhaps with other settings."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    # ------------------------------------------------------------ runs

    def land(self) -> PlatformOutcome:
        return self._land()

    def _land(self, **how: Any) -> PlatformOutcome:
        """`how` is what `land_platform` takes beside."""
        return land_platform(self.settings, self.warehouse, self._next(), self.platform, _silent, **how)

    def landed(self) -> PlatformOutcome:
        """One landing that must go well; every row of the ledger adds up."""
        outcome = self.land()
        assert sentences(outcome) == []
        assert all(table.balanced for table in outcome.tables)
        assert self.unbalanced() == []
        return outcome

    def replay(self) -> PlatformOutcome:
        return replay_platform(self.settings, self.warehouse, self._next(), self.platform, _silent)

    def _next(self) -> str:
        self._runs += 1
        return f"run-{self._runs}"

    # ------------------------------------------------------------ what is in it

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.warehouse.rows(sql, list(values))

    def staged(self, table: str, columns: str = "* exclude (_dlt_load_id)") -> list[tuple[Any, ...]]:
        """All of a table that landed, in one order, without what is of the run; none before a first load."""
        schema = f"staging_{self.platform}"
        if not self.warehouse.has_table(schema, table):
            return []
        return self.rows(f'select {columns} from {schema}."{table}" order by all')

    def unbalanced(self, *ends: str) -> list[tuple[Any, ...]]:
        """Rows of the ledger that ended in none of these ways, or not abandoned and not adding up."""
        return self.rows(
            "select table_name, scope, outcome from ops.landings where not list_contains(?, outcome) "
            "or (outcome <> 'abandoned' and rows_read <> rows_landed + rows_quarantined + rows_filtered)",
            list(ends or self.ends),
        )


class Landed(OwnWarehouse):
    """A platform from one source, an instance as settings have it, and what its first landing made of it."""

    def __init__(self, folder: Path, platform: str, source: dict[str, Any], **given: Any) -> None:
        super().__init__(folder, platform, {"main": source}, **given)
        self.outcome = self.land()

    def table(self, name: str) -> TableOutcome:
        return next(table for table in self.outcome.tables if table.contract.name == name)


def sentences(outcome: PlatformOutcome) -> list[str]:
    """What a landing said went wrong, each once."""
    said = [str(error) for error in outcome.errors]
    said += [str(table.error) for table in outcome.tables if table.error]
    return list(dict.fromkeys(said))


def _silent(_: TableOutcome) -> None:
    """What a run shows of the rows that it reads: nothing."""
