"""What is known of dropped files: `ops.drops`.

A file is known by key, etag and the time it was dropped: the same content dropped once more is another file.
A row is written before anything is done (claimed), gets what was decided (landed, duplicate, refused), and is
marked when the file has left the drop. A run that was killed leaves a row that says how far it came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipelines.landing.ledger import utc_now
from pipelines.landing.plan import Instance
from pipelines.sources.csv_drop import ARCHIVE, QUARANTINE
from pipelines.sources.edx_package import StoredObject

CLAIMED, LANDED, DUPLICATE, REFUSED, GONE = "claimed", "landed", "duplicate", "refused", "gone"
_KNOWN = "platform = ? and instance = ? and object_key = ? and etag = ? and modified = ?"


@dataclass
class Drop:
    """One file and what became of it; `place` is the end of its key wherever it is put away."""

    stored: StoredObject
    table: str | None
    place: str
    status: str = CLAIMED
    reason: str | None = None
    sha256: str | None = None
    read_as: str | None = None
    load_id: str | None = None
    moved: bool = False

    @property
    def target(self) -> str:
        return (QUARANTINE if self.status == REFUSED else ARCHIVE) + self.place


class DropRegister:
    """The register of one instance."""

    def __init__(self, it: Instance) -> None:
        self._warehouse, self._run_id = it.warehouse, it.run_id
        self._here = [it.plan.contract.platform, it.name]

    def claim(self, stored: StoredObject, table: str | None) -> Drop:
        """The file's row as it is, or a new one: from now on its copy has one place, whoever makes it."""
        known = self._warehouse.rows(
            "select table_name, target_key, status, reason, sha256, read_as, load_id, moved from ops.drops "
            f"where {_KNOWN}", self._names(stored),
        )  # fmt: skip
        if known:
            before, place, *rest = known[0]
            drop = Drop(stored, before, place, *rest)
            drop.status = CLAIMED if drop.status == GONE else drop.status  # it was out of sight only
            drop.table = table if drop.status == CLAIMED else before
            return drop
        drop = Drop(stored, table, _place(stored, utc_now()))
        platform, instance = self._here
        self._warehouse.insert("ops.drops", [{
            "run_id": self._run_id, "platform": platform, "instance": instance, "object_key": stored.key,
            "etag": stored.etag, "modified": stored.modified, "bytes": stored.size, "table_name": table,
            "target_key": drop.place, "status": CLAIMED, "moved": False, "claimed_at": utc_now(),
        }])  # fmt: skip
        return drop

    def decide(self, drop: Drop, contract_hash: str | None) -> None:
        """Writes what the drop is by now; from here on it is only to be put away."""
        self._warehouse.execute(
            "update ops.drops set status = ?, reason = ?, sha256 = ?, read_as = ?, load_id = ?, "
            f"table_name = ?, contract_hash = ?, moved = 0, decided_at = ? where {_KNOWN}",
            [
                drop.status, drop.reason, drop.sha256, drop.read_as, drop.load_id, drop.table, contract_hash,
                utc_now(), *self._names(drop.stored),
            ],
        )  # fmt: skip

    def moved(self, drop: Drop) -> None:
        drop.moved = True
        self._warehouse.execute(f"update ops.drops set moved = 1 where {_KNOWN}", self._names(drop.stored))

    def settle(self, waiting: Iterable[StoredObject]) -> None:
        """Files that left the drop without their row saying so: removed by a killed run, or by somebody."""
        there = {(it.key, it.etag, it.modified) for it in waiting}
        rows = self._warehouse.rows(
            "select object_key, etag, modified from ops.drops where platform = ? and instance = ? "
            "and moved = 0", self._here,
        )  # fmt: skip
        for row in (row for row in rows if row not in there):
            self._warehouse.execute(
                f"update ops.drops set moved = 1, status = case when status = '{CLAIMED}' then '{GONE}' "
                f"else status end where {_KNOWN}", [*self._here, *row],
            )  # fmt: skip

    def last_landed(self, table: str) -> tuple[datetime, str, str] | None:
        """When the newest landed file of a table was dropped, its content's hash and its contract's."""
        rows = self._warehouse.rows(
            "select modified, sha256, contract_hash from ops.drops where platform = ? and instance = ? "
            f"and table_name = ? and status = '{LANDED}' and modified = (select max(modified) from ops.drops "
            f"where platform = ? and instance = ? and table_name = ? and status = '{LANDED}') "
            "order by object_key desc",
            [*self._here, table, *self._here, table],
        )
        return rows[0] if rows else None

    def _names(self, stored: StoredObject) -> list[object]:
        return [*self._here, stored.key, stored.etag, stored.modified]


def _place(stored: StoredObject, now: datetime) -> str:
    """`2026-09-01/campaigns.1f00ba42.csv`: two files of one name and day do not meet."""
    name = stored.key.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    mark = hashlib.sha256(f"{stored.key}\n{stored.etag}\n{stored.modified}".encode()).hexdigest()[:8]
    return f"{now.date()}/{stem or name}.{mark}{dot if stem else ''}{ending if stem else ''}"
