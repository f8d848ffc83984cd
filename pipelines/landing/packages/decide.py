"""What is done with each member of an archive, decided by names and sizes before anything is decrypted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.contracts import PlatformContract
from pipelines.landing import register as said
from pipelines.landing.register import MemberRecord, PackageObject
from pipelines.sources.config import SourceConfig
from pipelines.sources.edx_package import Member, read_member_name

Ages = Mapping[tuple[str, str], tuple[date, datetime]]


@dataclass(frozen=True)
class Decision:
    """A member and the record of what is to become of it; `outcome` landed means that it is to be read."""

    member: Member
    record: MemberRecord

    @property
    def outcome(self) -> str:
        return self.record.outcome


@dataclass(frozen=True)
class Deciding:
    """What decides: the contract, the site whose files are wanted, and what is in staging already."""

    contract: PlatformContract
    config: SourceConfig
    site: str
    newest: Ages
    settled: Mapping[str, str]

    @property
    def tasks(self) -> dict[str, str | None]:
        """Task name in file names → table; tasks that are known and left have none."""
        named: dict[str, str | None] = {
            fetch.task or table: table
            for table, fetch in self.config.files.items()
            if fetch.format not in ("none", "log")
        }
        return {**dict.fromkeys(self.config.skip), **named}

    def decide(self, it: PackageObject, members: Iterable[Member]) -> Iterator[Decision]:
        """One decision a member; those settled under today's contract are left out."""
        seen: set[tuple[str, str]] = set()
        for member in members:
            record = self._record(it, member)
            if record.contract_hash and self.settled.get(member.name) == record.contract_hash:
                continue
            place = (record.entity or "", record.table or "")
            if record.outcome in (said.LANDED, said.SUPERSEDED):
                if place in seen:
                    record.outcome, record.reason = said.REFUSED, "a second file of this table and entity"
                seen.add(place)
            yield Decision(member, record)

    def _record(self, it: PackageObject, member: Member) -> MemberRecord:
        if member.refused:
            return MemberRecord(member.name, said.REFUSED, reason=member.refused)
        name = read_member_name(member.name, self.tasks)
        if name.task is None:
            return MemberRecord(member.name, said.UNKNOWN)
        record = MemberRecord(member.name, said.LANDED, name.entity, name.table or None, name.site)
        if not name.table:
            record.outcome = said.NOT_IN_SUBSET
        elif name.site != self.site:
            record.outcome = said.OTHER_SITE
        elif name.failed:
            record.outcome, record.reason = said.FAILED_AT_SOURCE, "the provider could not make it"
        elif not member.size:
            record.outcome = said.EMPTY
        else:
            record.contract_hash = self.contract.tables[name.table].fingerprint
            landed = self.newest.get((name.entity, name.table))
            if landed and landed > it.age:
                record.outcome = said.SUPERSEDED
        return record
