"""What is known of packages and their members: `ops.packages`, `ops.package_members`.

An object is known by key and etag: re-issued under its key it is another one. A member is settled when it
landed or was superseded under today's contract; everything else of an archive is looked at again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pipelines.errors import SourceError
from pipelines.landing.ledger import utc_now
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.plan import Instance
from pipelines.warehouse import Warehouse

LANDED, SUPERSEDED, EMPTY = "landed", "superseded", "empty"
FAILED_AT_SOURCE, UNKNOWN, OTHER_SITE = "failed_at_source", "unknown", "other_site"
NOT_IN_SUBSET, REFUSED = "not_in_subset", "refused"


@dataclass(frozen=True)
class PackageObject:
    """One archive as the store lists it; `snapshot_date` is the one its name says."""

    key: str
    etag: str
    size: int
    modified: datetime
    snapshot_date: date

    @property
    def age(self) -> tuple[date, datetime]:
        """What decides which of two archives is newer: the data's own date, then the re-issue."""
        return self.snapshot_date, self.modified


@dataclass
class MemberRecord:
    """One member of one archive and what became of it."""

    member: str
    outcome: str
    entity: str | None = None
    table: str | None = None
    site: str | None = None
    reason: str | None = None
    load_id: str | None = None
    contract_hash: str | None = None
    undeclared: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


class Register:
    """The two registers of one instance of one platform."""

    def __init__(self, warehouse: Warehouse, run_id: str, platform: str, instance: str) -> None:
        self._warehouse, self._run_id = warehouse, run_id
        self._here = [platform, instance]

    def is_done(self, it: PackageObject, contract_hash: str) -> bool:
        """Whether nothing of the archive is left to be read under today's contract."""
        sql = (
            "select count(*) from ops.packages where platform = ? and instance = ? and object_key = ? "
            "and etag = ? and outcome = 'done' and contract_hash = ?"
        )
        return bool(self._warehouse.value(sql, [*self._here, it.key, it.etag, contract_hash]))

    def done(self, contract_hash: str) -> set[tuple[str, str]]:
        """Key and etag of all objects of which nothing is left to be read under today's contract."""
        rows = self._warehouse.rows(
            "select object_key, etag from ops.packages where platform = ? and instance = ? "
            "and outcome = 'done' and contract_hash = ?",
            [*self._here, contract_hash],
        )
        return {(key, etag) for key, etag in rows}

    def ever_landed(self, table: str) -> set[str]:
        """Keys of the files of which a load of this table may have brought rows."""
        rows = self._warehouse.rows(
            "select distinct file_key from ops.landings where platform = ? and instance = ? "
            "and table_name = ? and file_key is not null",
            [*self._here, table],
        )
        return {key for (key,) in rows}

    def settled(self, it: PackageObject) -> dict[str, str]:
        """Members that landed or were superseded earlier, with the contract they were read under."""
        rows = self._warehouse.rows(
            "select member, contract_hash from ops.package_members where platform = ? and instance = ? "
            "and object_key = ? and etag = ? and outcome in ('landed', 'superseded')",
            [*self._here, it.key, it.etag],
        )
        return dict(rows)

    def newest(self) -> dict[tuple[str, str], tuple[date, datetime]]:
        """(entity, table) → age of the archive whose member is in staging now."""
        rows = self._warehouse.rows(
            "select entity, table_name, snapshot_date, modified from (select entity, table_name, "
            "snapshot_date, modified, row_number() over (partition by entity, table_name "
            "order by snapshot_date desc, modified desc) as age from ops.package_members "
            "where platform = ? and instance = ? and outcome = 'landed') as members where age = 1",
            self._here,
        )
        return {(entity, table): (day, modified) for entity, table, day, modified in rows}

    def note_members(self, it: PackageObject, members: Iterable[MemberRecord]) -> None:
        """Writes what became of members, instead of what was written of them before."""
        records = [self._member(it, member) for member in members]
        self._warehouse.execute(
            "delete from ops.package_members where platform = ? and instance = ? and object_key = ? "
            f"and etag = ? and member in {self._warehouse.among()}",
            [*self._here, it.key, it.etag, [record["member"] for record in records]],
        )
        self._warehouse.insert("ops.package_members", records)

    def note_package(
        self, it: PackageObject, outcome: str, contract_hash: str, error: str | None = None
    ) -> None:
        """Writes the archive's state: done, partly (some member could not be read) or refused."""
        self._warehouse.execute(
            "delete from ops.packages where platform = ? and instance = ? and object_key = ? and etag = ?",
            [*self._here, it.key, it.etag],
        )
        platform, instance = self._here
        record = {
            "run_id": self._run_id, "platform": platform, "instance": instance, "object_key": it.key,
            "etag": it.etag, "bytes": it.size, "modified": it.modified, "snapshot_date": it.snapshot_date,
            "outcome": outcome, "contract_hash": contract_hash, "error": error, "looked_at": utc_now(),
        }  # fmt: skip
        self._warehouse.insert("ops.packages", [record])

    def _member(self, it: PackageObject, member: MemberRecord) -> dict[str, object]:
        platform, instance = self._here
        return {
            "platform": platform, "instance": instance, "object_key": it.key, "etag": it.etag,
            "member": member.member, "entity": member.entity, "table_name": member.table,
            "site": member.site, "snapshot_date": it.snapshot_date, "modified": it.modified,
            "outcome": member.outcome, "reason": member.reason, "load_id": member.load_id,
            "contract_hash": member.contract_hash, "undeclared": json.dumps(member.undeclared),
            "missing": json.dumps(member.missing), "looked_at": utc_now(),
        }  # fmt: skip


def placed(
    error: SourceError, it: Instance, archive: str = "", files: Sequence[TableOutcome] = ()
) -> SourceError:
    """The same error with the instance, the archive and the files (three at the most) that it is about."""
    where = f"{it.plan.contract.platform}/{it.name}: "
    if archive and archive not in error.what:
        where += f"{archive}: "
    if files:
        names = ", ".join(str(file.file_key).rpartition("/")[2] for file in files[:3])
        more = f" and {len(files) - 3} more" if len(files) > 3 else ""
        where += f"{names}{more}: "
    return type(error)(f"{where}{error.what}", error.advice, **error.facts)


def say_once(it: Instance, outcomes: Sequence[TableOutcome], archive: str = "") -> None:
    """Where one cause stopped many files, a wrong key say, one sentence is about all of them."""
    causes: dict[str, SourceError] = {}
    stopped: dict[str, list[TableOutcome]] = {}
    for outcome in outcomes:
        if isinstance(outcome.error, SourceError):
            causes[str(outcome.error)] = outcome.error
            stopped.setdefault(str(outcome.error), []).append(outcome)
    for cause, files in stopped.items():
        error = placed(causes[cause], it, archive, files)
        for outcome in files:
            outcome.error = error
