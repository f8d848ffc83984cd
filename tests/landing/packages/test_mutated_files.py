"""Files of the sample with bytes and lines changed at random: their rows balance, or the file is refused.

`WAREHOUSE_TEST_LONG=1` changes a thousand files, else thirty; `MUTATION_SEED` repeats a run.
"""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Iterator

import pytest

from pipelines.errors import SourceError
from scripts.sample_sources.edx import plain_packages
from scripts.sample_sources.edx_dirt import ENGY2, LEAD2
from scripts.sample_sources.edx_packages import member_name
from tests.landing.other_lines import other_lines
from tests.landing.packages.organisation import Organisation
from tests.landing.plain_keyring import PlainKeyring

TASKS = (
    "auth_user", "auth_userprofile", "student_courseenrollment", "teams", "courseware_studentmodule",
    "certificates_generatedcertificate", "grades_persistentcoursegrade", "course_groups_cohortmembership",
)  # fmt: skip
FILES_AN_ARCHIVE = 10
LINES = 40
ODD = (
    b"\t", b"\n", b"\r", b"\\", b'"', b"\x00", b"\xff", b"\xed\xa0\x80", b"NULL", b"\\N", b"\xe2\x80\xa8",
    b"\xef\xbb\xbf", b"-1", b"99999999999999999999", b"0000-00-00 00:00:00", b'""', b"'", b"\\\n", b"\\\t",
    "𝔘".encode(), b"\x1a", b"9" * 400,
)  # fmt: skip


def mutated(chance: random.Random, content: bytes) -> bytes:
    """One to six changes: bytes put in, taken out or replaced; lines doubled, swapped, cut or joined."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randrange(len(changed) + 1), chance.choice((0, 1, 1, 2, 30))
        if chance.random() < 0.6:
            odd = chance.choice((*ODD, bytes([chance.randrange(256)])))
            changed[at : at + length] = odd
        else:
            changed = other_lines(chance, changed)
    return bytes(changed)


@pytest.fixture(scope="module")
def originals() -> dict[str, bytes]:
    """Task → the first lines of the sample's file."""
    week = next(iter(plain_packages(1, ()).items()))
    folder = week[0].removesuffix(".zip")
    found = {}
    for task in TASKS:
        entity = ENGY2 if task == "teams" else LEAD2
        content = week[1][f"{folder}/{member_name(entity, task)}"]
        found[task] = b"".join(content.splitlines(keepends=True)[: LINES + 1])
    return found


@pytest.fixture
def unix(tmp_path, monkeypatch) -> Iterator[Organisation]:
    monkeypatch.setattr("pipelines.landing.packages.instance.Keyring", PlainKeyring)
    with Organisation(tmp_path, tmp_path / "no.key") as opened:
        yield opened


def test_mutated_files_land_or_are_refused_and_balance(unix, originals, long_counts):
    seed = os.environ.get("MUTATION_SEED") or secrets.token_hex(4)
    print(f"MUTATION_SEED={seed} repeats this test")
    chance, ends = random.Random(seed), {"landed": 0, "refused": 0, "empty": 0}
    for number in range(100 if long_counts else 3):
        files = {}
        for each in range(FILES_AN_ARCHIVE):
            task = chance.choice(TASKS)
            files[f"UniX-Mut{number}x{each}-{task}-prod-analytics.sql.gpg"] = mutated(chance, originals[task])
        name = f"unix-2026-07-{1 + number % 28:02}.zip"
        (unix.store / name).unlink(missing_ok=True)
        unix.deliver_members(name, files)
        outcome = unix.land()
        assert [error for error in outcome.errors if not isinstance(error, SourceError)] == []
        assert [t.error for t in outcome.tables if t.error and not isinstance(t.error, SourceError)] == []
        for became in assert_each_file_ended(unix, files):
            ends[became] += 1
    assert ends["landed"] > sum(ends.values()) / 2, ends


def assert_each_file_ended(unix: Organisation, files: dict[str, bytes]) -> list[str]:
    """Every file is registered; of each that landed the rows in staging are those that the ledger has."""
    assert unix.unbalanced("closed", "failed") == []
    ended = []
    for name in files:
        [(entity, table, outcome)] = unix.rows(
            "select entity, table_name, outcome from ops.package_members where ends_with(member, ?)", name
        )
        ended.append(outcome)
        [(staged,)] = unix.rows(f"select count(*) from staging_edx.{table} where _entity = ?", entity)
        [(landed,)] = unix.rows(
            "select coalesce(sum(rows_landed), 0) from ops.landings where scope = ? and table_name = ?",
            entity, table,
        )  # fmt: skip
        assert staged == landed, (name, outcome)
        assert landed == 0 or outcome == "landed"
    return ended
