"""What of a read is new or changed, what is gone: compared with staging by key and row hash, in DuckDB.

Every row of the read ends in exactly one place: to land, `duplicate` or `unchanged`; the three are
counted by three queries, never one from the others, so that the balance can fail.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelines.errors import TooManyDeletes
from pipelines.landing.known import known_rows
from pipelines.landing.outcome import TableOutcome
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse


class Comparison:
    """One table's read (Parquet files) against its staging table."""

    def __init__(
        self,
        warehouse: Warehouse,
        schema: str,
        outcome: TableOutcome,
        files: Sequence[Path],
        *,
        distinct: bool,
        known: bool,
    ) -> None:
        self._local = warehouse.local
        self._outcome = outcome
        self._key = [f'"{name}"' for name in outcome.contract.key]
        listed = ", ".join(f"'{path}'" for path in files)
        self._read = f"read_parquet([{listed}], union_by_name = true)"
        self._there = (warehouse, schema) if known else None
        version = outcome.contract.version
        # a source's row is today's; a replayed row is old and must be newer by the data's own version, and so
        # must the row of a dropped file where files may come in any order
        self._newer = "false" if outcome.mode == "replay" else "true"
        if version and outcome.mode in ("replay", "drop"):
            self._newer = f'coalesce(n."{version}" >= k."{version}", false)'
        self._distinct = distinct

    def write_changes(self, target: Path, seen: list[Path] | None, settings: Settings) -> None:
        """Writes rows to land and tombstones to `target`, counting all of them on the outcome.

        `seen`: Parquet files that together hold every key the source has, or None when that is
        not known in this load (a window without a sweep).
        """
        newest = self._newest()
        self._known = self._staged(None if seen is not None else self._read)
        joined = " and ".join(f"n.{name} = k.{name}" for name in self._key)
        pairs = f"from {newest} as n join {self._known} as k on {joined}"
        self._outcome.filtered["unchanged"] = self._count(f"{pairs} where n._row_hash = k._row_hash")
        changed = (
            f"select n.* from {newest} as n left join {self._known} as k on {joined} "
            f"where k._row_hash is null or (k._row_hash <> n._row_hash and {self._newer})"
        )
        if self._newer != "true":
            superseded = f"{pairs} where k._row_hash <> n._row_hash and not {self._newer}"
            self._outcome.filtered["superseded"] = self._count(superseded)
        gone = self._gone(seen, settings) if seen is not None else None
        union = f" union all by name {gone}" if gone else ""
        self._local.execute(f"copy ({changed}{union}) to '{target}' (format parquet)")
        self._outcome.rows_to_land = self._count(f"from read_parquet('{target}') where _deleted is null")

    def _staged(self, read: str | None) -> str:
        """What staging has of the instance, or only of the keys in `read`: nothing else is compared then."""
        contract, instance = self._outcome.contract, self._outcome.instance
        compared = [*contract.key, "_row_hash"]
        if contract.version and contract.version not in compared:
            compared.append(contract.version)
        listed = ", ".join(f'"{name}"' for name in compared)
        if self._there is None:  # there may be no table to name
            return f"(select {listed} from {self._read} where 1 = 0)"
        warehouse, schema = self._there
        rows = known_rows(warehouse, schema, contract, compared, instance, read)
        return f"(select {listed} from {rows} where _instance = '{instance}')"

    def _newest(self) -> str:
        """The read without repeated keys: the newest by its own version; of equals, the one read last."""
        if self._distinct:
            return self._read
        self._outcome.filtered["duplicate"] = 0
        if not self._any_repeated():
            return f"(select * exclude (_position) from {self._read})"
        version = self._outcome.contract.version
        order = f'"{version}" desc nulls last, _position desc' if version else "_position desc"
        ranked = f"row_number() over (partition by {', '.join(self._key)} order by {order})"
        numbered = f"(select *, {ranked} as _nth from {self._read})"
        self._outcome.filtered["duplicate"] = self._count(f"from {numbered} where _nth > 1")
        return f"(select * exclude (_nth, _position) from {numbered} where _nth = 1)"

    def _any_repeated(self) -> bool:
        """Keys alone are counted in a fraction of the memory that ranking whole rows takes."""
        keys = ", ".join(self._key)
        return bool(
            self._local.rows(f"select 1 from {self._read} group by {keys} having count(*) > 1 limit 1")
        )

    def _gone(self, seen: list[Path], settings: Settings) -> str | None:
        """Tombstones of rows the source no longer has, if there are any and not suspiciously many."""
        files = ", ".join(f"'{path}'" for path in seen)
        keys = f"(select distinct {', '.join(self._key)} from read_parquet([{files}], union_by_name = true))"
        joined = " and ".join(f"k.{name} = s.{name}" for name in self._key)
        gone = f"from {self._known} as k anti join {keys} as s on {joined}"
        self._outcome.rows_deleted = self._count(gone)
        if not self._outcome.rows_deleted:
            return None
        self._break_circuit(settings)
        keyed = ", ".join(f"k.{name}" for name in self._key)
        return (
            f"select {keyed}, '{self._outcome.instance}' as _instance, k._row_hash, "
            f"'{self._outcome.load_id}' as _dlt_load_id, true as _deleted {gone}"
        )

    def _break_circuit(self, settings: Settings) -> None:
        known, gone = self._count(f"from {self._known}"), self._outcome.rows_deleted
        if gone <= settings.max_delete_rows or gone <= known * settings.max_delete_share:
            return
        name = f"{self._outcome.platform}/{self._outcome.instance}: {self._outcome.contract.name}"
        self._outcome.rows_deleted = 0
        raise TooManyDeletes(
            f"{name}: {gone} of {known} known rows are missing at the source, more than "
            f"{settings.max_delete_share:.0%} and than {settings.max_delete_rows} rows; nothing was deleted.",
            "If the source is right, run once with WAREHOUSE_MAX_DELETE_SHARE=1.",
        )

    def _count(self, tail: str) -> int:
        return int(self._local.value(f"select count(*) {tail}"))
