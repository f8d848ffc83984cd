"""A small package platform `uni`, landed from archives in a folder as edX's are.

The members are not encrypted: what gpg does is tested beside the keyring, with real keys. Here the keyring
passes bytes on, and a member that begins with BROKEN fails at its end, as an altered one does.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from pipelines.errors import SourceUnreadable
from pipelines.landing.platform import PlatformOutcome, land_platform
from pipelines.landing.replay import replay_platform
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.ops import create_ops

BROKEN = b"BROKEN"
WEEKS = ("2026-07-12", "2026-07-19", "2026-07-26")
CONTRACT = """\
sources:
  - name: uni
    tables:
      - name: auth_user
        config: {meta: {key: [_entity, id]}}
        columns:
          - {name: _entity, data_type: text(255),
             config: {meta: {source_type: file name, personal: none, nullable: false}}}
          - {name: id, data_type: text(120),
             config: {meta: {source_type: int, personal: pseudonym, identifier: user_id, nullable: false}}}
          - {name: name, config: {meta: {source_type: varchar, personal: identifier}}}
          - {name: joined, data_type: timestamp, config: {meta: {source_type: datetime, personal: none}}}
      - name: enrollment
        config: {meta: {key: [_entity, id], partition: {column: created, unit: timestamp}}}
        columns:
          - {name: _entity, data_type: text(255),
             config: {meta: {source_type: file name, personal: none, nullable: false}}}
          - {name: id, data_type: bigint,
             config: {meta: {source_type: int, personal: none, nullable: false}}}
          - {name: mode, data_type: text(%s), config: {meta: {source_type: varchar, personal: none}}}
          - {name: created, data_type: timestamp, config: {meta: {source_type: datetime, personal: none}}}
      - name: snapshots
        config: {meta: {key: [_entity, table_name]}}
        columns:
          - {name: _entity, data_type: text(255),
             config: {meta: {source_type: file name, personal: none, nullable: false}}}
          - {name: table_name, data_type: text(60),
             config: {meta: {source_type: file name, personal: none, nullable: false}}}
          - {name: snapshot_date, data_type: date, config: {meta: {source_type: file name, personal: none}}}
          - {name: file_key, data_type: text(400), config: {meta: {source_type: file name, personal: none}}}
          - {name: row_count, data_type: bigint, config: {meta: {source_type: counted, personal: none}}}
"""
CONFIG = """\
platform: uni
kind: edx_package
skip: [course]
tables:
  auth_user: {format: tsv}
  enrollment: {format: tsv, task: student_courseenrollment}
  snapshots: {format: none}
"""
Files = Mapping[str, str | bytes]


class OpenKeyring:
    """Stands where the keyring does; nothing is encrypted."""

    def __init__(self, *_: Any) -> None: ...

    def __enter__(self) -> OpenKeyring:
        return self

    def __exit__(self, *_: object) -> None: ...

    def decrypt(self, stream: BinaryIO) -> Iterator[bytes]:
        text = stream.read()
        broken = text.startswith(BROKEN)
        if text.removeprefix(BROKEN):
            yield text.removeprefix(BROKEN)
        if broken:
            raise SourceUnreadable("A file was altered.", "Ask for it again.")


class University:
    """One warehouse, one folder of archives, any number of instances that read them."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.store, self._runs = folder, folder / "store", 0
        self.store.mkdir(parents=True)
        self.sources: dict[str, dict[str, Any]] = {"unix": {"url": self.store.as_uri()}}
        self._opened: Warehouse | None = None
        self.mode_length(20)
        (folder / "uni.yml").write_text(CONFIG)
        patch.setattr("pipelines.landing.platform.contract_path", lambda platform: folder / "contract.yml")
        patch.setattr("pipelines.landing.platform.config_path", lambda platform: folder / "uni.yml")
        patch.setattr("pipelines.landing.packages.instance.Keyring", OpenKeyring)

    def mode_length(self, length: int) -> None:
        """Changes the contract: how long a mode may be."""
        (self.folder / "contract.yml").write_text(CONTRACT % length)

    def deliver(self, week: str, files: Files, *, issue: int = 0) -> None:
        """Puts an archive into the store; a later `issue` of a week replaces it."""
        path = self.store / f"unix-{week}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in files.items():
                content = text if isinstance(text, bytes) else text.encode()
                info = zipfile.ZipInfo(f"unix-{week}/{name}.gpg", (2026, 8, 1, 0, 0, 2 * issue))
                archive.writestr(info, content)
        os.utime(path, ns=(10**18 + issue * 10**9,) * 2)

    @property
    def settings(self) -> Settings:
        keys: dict[str, Any] = {"pseudonym_key": "ab" * 32, "sealing_key": "cd" * 32}
        sources: dict[str, Any] = {"uni": self.sources}
        return Settings(home=self.folder / "home", sources=sources, **keys)

    @property
    def warehouse(self) -> Warehouse:
        if self._opened is None:
            self._opened = open_warehouse(self.settings)
            create_ops(self._opened)
        return self._opened

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def land(self) -> PlatformOutcome:
        self._runs += 1
        return land_platform(self.settings, self.warehouse, f"run-{self._runs}", "uni", lambda _: None)

    def landed(self) -> PlatformOutcome:
        """One landing that must go well."""
        outcome = self.land()
        assert [str(error) for error in outcome.errors] == []
        assert [str(table.error) for table in outcome.tables if table.error] == []
        return outcome

    def replay(self) -> PlatformOutcome:
        self._runs += 1
        return replay_platform(self.settings, self.warehouse, f"run-{self._runs}", "uni", lambda _: None)

    def enrolments(self) -> list[tuple[Any, ...]]:
        return self.ops("select _entity, id, mode from staging_uni.enrollment order by all")

    def staging(self) -> list[list[tuple[Any, ...]]]:
        """All that landed, without what is of the run."""
        return [self._rows(table) for table in ("auth_user", "enrollment", "snapshots")]

    def _rows(self, table: str) -> list[tuple[Any, ...]]:
        """None where nothing of the table has landed yet."""
        if not self.warehouse.has_table("staging_uni", table):
            return []
        return self.ops(f"select * exclude (_dlt_load_id) from staging_uni.{table} order by all")

    def members(self) -> dict[str, str]:
        """Member → what became of it, over all archives."""
        return dict(self.ops("select member, outcome from ops.package_members order by looked_at"))

    def ops(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.warehouse.rows(sql, list(values))


@contextmanager
def open_university(folder: Path) -> Iterator[University]:
    """A university without an archive yet; its warehouse is closed at the end."""
    with pytest.MonkeyPatch.context() as patch:
        university = University(folder, patch)
        yield university
        university.close()


def member(course: str, task: str, site: str = "prod") -> str:
    """`UniX-Demo1x-1T2026-auth_user-prod-analytics.sql`, or with site `prod-edge` an edge file."""
    return f"UniX-{course}-1T2026-{task}-{site}-analytics.sql"


def users(*ids: int, joined: str = "2026-01-02 03:04:05") -> str:
    return "id\tname\tjoined\n" + "".join(f"{number}\tMs Quill{number}\t{joined}\n" for number in ids)


def enrolled(**modes: str) -> str:
    """`enrolled(_1="audit")`: row 1 is in mode audit."""
    rows = "".join(f"{name[1:]}\t{mode}\t2026-02-01 00:00:00\n" for name, mode in modes.items())
    return "id\tmode\tcreated\n" + rows


def demo(**modes: str) -> Files:
    """An archive's two files of course Demo1x: users 1 and 2 and these enrolments."""
    return {
        member("Demo1x", "auth_user"): users(1, 2),
        member("Demo1x", "student_courseenrollment"): enrolled(**modes),
    }
