"""A small package platform `uni`, landed from archives in a folder as edX's are.

The members are not encrypted: what gpg does is tested beside the keyring, with real keys.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.landing.own_warehouse import OwnWarehouse
from tests.landing.plain_keyring import PlainKeyring

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


class University(OwnWarehouse):
    """One warehouse, one folder of archives, any number of instances that read them."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.store = folder / "store"
        self.store.mkdir(parents=True)
        super().__init__(folder, "uni", {"unix": {"url": self.store.as_uri()}})
        self.mode_length(20)
        (folder / "uni.yml").write_text(CONFIG)
        patch.setattr("pipelines.landing.platform.contract_path", lambda platform: folder / "contract.yml")
        patch.setattr("pipelines.landing.platform.config_path", lambda platform: folder / "uni.yml")
        patch.setattr("pipelines.landing.packages.instance.Keyring", PlainKeyring)

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

    def enrolments(self) -> list[tuple[Any, ...]]:
        return self.rows("select _entity, id, mode from staging_uni.enrollment order by all")

    def staging(self) -> list[list[tuple[Any, ...]]]:
        """All that landed, without what is of the run."""
        return [self.staged(table) for table in ("auth_user", "enrollment", "snapshots")]

    def members(self) -> dict[str, str]:
        """Member → what became of it, over all archives."""
        return dict(self.rows("select member, outcome from ops.package_members order by looked_at"))


@contextmanager
def open_university(folder: Path) -> Iterator[University]:
    """A university without an archive yet; its warehouse is closed at the end."""
    with pytest.MonkeyPatch.context() as patch, University(folder, patch) as university:
        yield university


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
