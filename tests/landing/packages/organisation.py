"""An organisation of edX, landed with the real contract and real gpg, from archives in a folder."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

from pipelines.contracts import contract_path, load_contract
from tests.landing.own_warehouse import OwnWarehouse

Keys = dict[tuple[str, str], set[tuple[Any, ...]]]


class Organisation(OwnWarehouse):
    """One warehouse and the folder it reads; `store` is that folder, empty at first."""

    ends = ("closed",)

    def __init__(self, folder: Path, key_file: Path) -> None:
        self.store = folder / "store"
        self.store.mkdir(parents=True)
        self.contract = load_contract(contract_path("edx"))
        source = {"url": self.store.as_uri(), "gpg": {"key_file": key_file}}
        super().__init__(folder, "edx", {"unix": source})

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
