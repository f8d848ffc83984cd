"""An organisation of edX, landed with the real contract and real gpg, from archives in a folder."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipelines.contracts import contract_path, load_contract
from pipelines.landing.platform import PlatformOutcome, land_platform
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.ops import create_ops

UNBALANCED = (
    "select table_name, scope, outcome from ops.landings where outcome <> 'closed' "
    "or rows_read <> rows_landed + rows_quarantined + rows_filtered"
)
Keys = dict[tuple[str, str], set[tuple[Any, ...]]]


class Organisation:
    """One warehouse and the folder it reads; `store` is that folder, empty at first."""

    def __init__(self, folder: Path, key_file: Path) -> None:
        self.folder, self.store, self._key_file, self._runs = folder, folder / "store", key_file, 0
        self.store.mkdir(parents=True)
        self.contract = load_contract(contract_path("edx"))
        self.warehouse: Warehouse = open_warehouse(self.settings)
        create_ops(self.warehouse)

    @property
    def settings(self) -> Settings:
        source = {"url": self.store.as_uri(), "gpg": {"key_file": self._key_file}}
        keys: dict[str, Any] = {"pseudonym_key": "ab" * 32, "sealing_key": "cd" * 32}
        sources: dict[str, Any] = {"edx": {"unix": source}}
        return Settings(home=self.folder / "home", sources=sources, **keys)

    def deliver(self, archive: Path, entities: tuple[str, ...] = ()) -> None:
        """Puts an archive of the sample into the store, or of its members only some courses'."""
        target = self.store / archive.name
        if archive.parent.name == "email-opt-in":
            target = self.store / "email-opt-in" / archive.name
            target.parent.mkdir(exist_ok=True)
        if not entities:
            shutil.copy2(archive, target)
            return
        with zipfile.ZipFile(archive) as whole, zipfile.ZipFile(target, "w") as part:
            for info in whole.infolist():
                if Path(info.filename).name.startswith(tuple(f"{entity}-" for entity in entities)):
                    part.writestr(info, whole.read(info))

    def deliver_members(self, name: str, members: dict[str, bytes]) -> None:
        """Puts an archive of these members, which are encrypted already, into the store."""
        with zipfile.ZipFile(self.store / name, "w") as archive:
            for member, content in members.items():
                archive.writestr(f"{Path(name).stem}/{member}", content)

    def land(self) -> PlatformOutcome:
        self._runs += 1
        return land_platform(self.settings, self.warehouse, f"run-{self._runs}", "edx", lambda _: None)

    def landed(self) -> PlatformOutcome:
        """One landing that must go well; every row of the ledger adds up."""
        outcome = self.land()
        assert [str(error) for error in outcome.errors] == []
        assert [str(table.error) for table in outcome.tables if table.error] == []
        assert self.rows(UNBALANCED) == []
        return outcome

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.warehouse.rows(sql, list(values))

    def staging(self, entities: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
        """Table of packages → all that landed, or of some entities, without what is of the run."""
        wanted = " or ".join(f"_entity = '{entity}'" for entity in entities) or "true"
        return {
            name: self.rows(
                f"select * exclude (_dlt_load_id) from staging_edx.{name} where {wanted} order by all"
            )
            for name, table in self.contract.tables.items()
            if table.scope_column == "_entity"
        }

    def keys(self) -> Keys:
        """(entity, table) → the keys of what is in staging."""
        found: Keys = {}
        for name, table in self.contract.tables.items():
            if table.scope_column != "_entity":
                continue
            for key in self.rows(f"select {', '.join(table.key)} from staging_edx.{name}"):
                found.setdefault((key[0], name), set()).add(key)
        return found


@contextmanager
def open_organisation(folder: Path, key_file: Path) -> Iterator[Organisation]:
    """An organisation without an archive yet; its warehouse is closed at the end."""
    organisation = Organisation(folder, key_file)
    try:
        yield organisation
    finally:
        organisation.warehouse.close()
