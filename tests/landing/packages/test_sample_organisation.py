"""The sample's organisation landed for real: what each week makes of each file, and weeks in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scripts.sample_sources.edx import write_edx
from scripts.sample_sources.edx_dirt import CCX, ENGY1, ENGY2, WEEKS
from scripts.sample_sources.edx_expected import EXPECTED, Expected
from scripts.sample_sources.edx_packages import package_name
from tests.landing.packages.organisation import Keys, Organisation
from tests.servers.gpg_keys import NOT_INSTALLED, installed

SHARED = tuple(f"pupil{number}@school.example" for number in range(30))
SOME = (ENGY1, ENGY2)
Counts = dict[tuple[str, str], int]


@dataclass
class Week:
    """What is in the registers and in staging after a week's archive landed alone."""

    members: dict[str, str]
    landings: list[tuple[Any, ...]]
    keys: Keys
    warnings: list[str] = field(default_factory=list)

    def counts(self, column: int) -> Counts:
        """(entity, table) → a count of its landing, those of none left out."""
        return {(row[0], row[1]): row[column] for row in self.landings if row[column]}

    def of(self, outcome: str) -> Counter[str]:
        """Members with this outcome, named without folder and `.gpg`."""
        names = (name for name, became in self.members.items() if became == outcome)
        return Counter(Path(name).name.removesuffix(".gpg") for name in names)


@pytest.fixture(scope="module")
def sample_folder(tmp_path_factory) -> Path:
    if not installed():
        pytest.skip(NOT_INSTALLED)
    folder = tmp_path_factory.mktemp("edx")
    assert write_edx(folder, 1, SHARED) is None
    return folder


@pytest.fixture(scope="module")
def weekly(sample_folder, tmp_path_factory) -> Iterator[tuple[Organisation, dict[date, Week]]]:
    """All archives, each landed in its week. To be looked at, not changed."""
    weeks = {}
    with Organisation(tmp_path_factory.mktemp("weekly"), sample_folder / "key.asc") as unix:
        for day in WEEKS:
            unix.deliver(archive_of(sample_folder, day))
            if day == WEEKS[-1]:
                [opt_in] = (sample_folder / "course-data" / "email-opt-in").iterdir()
                unix.deliver(opt_in)
            weeks[day] = week_of(unix, unix.landed().warnings, day)
        yield unix, weeks


def archive_of(folder: Path, day: date) -> Path:
    return folder / "course-data" / f"{package_name(day)}.zip"


def week_of(unix: Organisation, warnings: list[str], day: date) -> Week:
    members = unix.rows(
        "select member, outcome from ops.package_members where object_key = ?", f"{package_name(day)}.zip"
    )
    landings = unix.rows(
        "select scope, table_name, rows_read, rows_landed, rows_quarantined, rows_filtered, "
        "coalesce(rows_deleted, 0) from ops.landings where starts_with(file_key, ?) and scope is not null",
        f"{package_name(day)}.zip/",
    )
    return Week(dict(members), landings, unix.keys(), warnings)


def expected(files: Any) -> Counts:
    return {(entity, task.rpartition("/")[2]): count for (entity, task), count in files.items()}


@pytest.fixture(params=WEEKS, ids=str)
def told(request, weekly) -> tuple[Week, Expected, Week | None]:
    """A week, what it must be, and the week before."""
    before = dict(zip(WEEKS[1:], WEEKS, strict=False)).get(request.param)
    weeks = weekly[1]
    return weeks[request.param], EXPECTED[request.param], weeks[before] if before else None


def test_rows_that_are_no_rows_are_quarantined_by_file(told):
    week, wanted, _ = told
    assert week.counts(4) == expected(wanted.quarantined)
    assert sum(week.counts(4).values()) == wanted.rows_quarantined


def test_rows_that_are_there_twice_are_filtered(told, weekly):
    week, wanted, _ = told
    twice = expected(wanted.duplicated)
    for file, count in twice.items():
        [read] = [row[2] for row in week.landings if (row[0], row[1]) == file]
        assert read == len(week.keys[file]) + week.counts(4).get(file, 0) + count, file


def test_every_other_row_of_a_file_is_in_staging(told):
    week, wanted, _ = told
    for entity, table, read, _, quarantined, *_ in week.landings:
        twice = expected(wanted.duplicated).get((entity, table), 0)
        assert read - quarantined - twice == len(week.keys.get((entity, table), ())), (entity, table)


def test_rows_that_go_are_deleted_and_may_come_back(told, weekly):
    week, wanted, before = told
    assert week.counts(6) == expected(wanted.deleted)
    if before is None:
        return
    gone = {file: len(keys - week.keys.get(file, set())) for file, keys in before.keys.items()}
    assert {f: n for f, n in gone.items() if n and f[1] != "snapshots"} == expected(wanted.deleted)
    first = weekly[1][WEEKS[0]].keys
    back = {file: len((keys - before.keys.get(file, set())) & first.get(file, set()))
            for file, keys in week.keys.items()}  # fmt: skip
    assert {file: count for file, count in back.items() if count} == expected(wanted.returned)


def test_members_that_are_not_read_are_registered(told):
    week, wanted, _ = told
    assert week.of("failed_at_source") == Counter(wanted.failed)
    assert week.of("unknown") == Counter(wanted.unknown)
    assert week.of("other_site") == Counter(wanted.of_edge)
    assert week.of("not_in_subset") == Counter(
        name for name in wanted.not_in_subset if not name.startswith(wanted.absent_entities or ("?",))
    )
    assert week.of("empty") == Counter(wanted.zero_bytes)
    assert set(week.of("landed")) >= set(wanted.header_only)
    assert len(week.warnings) == bool(wanted.failed) + bool(wanted.unknown)


def test_files_of_a_header_only_have_no_row(told):
    week, wanted, _ = told
    for name in wanted.header_only:
        [entity] = {row[0] for row in week.landings if name.startswith(f"{row[0]}-credit")}
        [row] = [row for row in week.landings if row[:2] == (entity, "credit_crediteligibility")]
        assert row[2:] == (0, 0, 0, 0, 0)


def test_a_course_that_is_absent_stays(told):
    week, wanted, before = told
    for entity in wanted.absent_entities:
        assert before is not None
        kept = {file: keys for file, keys in before.keys.items() if file[0] == entity}
        assert len(kept) > 10
        assert {file: week.keys[file] for file in kept} == kept
        assert not [row for row in week.landings if row[0] == entity]


def test_a_file_that_failed_leaves_its_last_good_version(weekly):
    weeks = weekly[1]
    [file] = [file for file in weeks[WEEKS[1]].keys if file[1] == "teams" and "Lead2x" in file[0]]
    assert weeks[WEEKS[2]].keys[file] == weeks[WEEKS[1]].keys[file] != set()


def test_accounts_of_edge_are_not_there_and_a_private_run_is(weekly):
    keys = weekly[1][WEEKS[2]].keys
    assert not [file for file in keys if "SandX" in file[0]]
    assert len(keys[CCX, "auth_user"]) == len(keys[CCX, "student_courseenrollment"]) == 3
    assert ("UniX", "email_opt_in") in keys


# ---------------------------------------------------------------- the same weeks in other orders


@pytest.mark.parametrize("orders", ["last first", "together"])
def test_any_order_gives_the_same_staging(orders, weekly, sample_folder, tmp_path):
    """Two courses of six, which have most of what changes between weeks."""
    with Organisation(tmp_path, sample_folder / "key.asc") as unix:
        for day in WEEKS[::-1]:
            unix.deliver(archive_of(sample_folder, day), SOME)
            if orders == "last first":
                unix.landed()
        unix.landed()
        of_some = weekly[0].staging(SOME)
        assert sum(map(len, of_some.values())) > 1000
        assert differing(unix.staging(), of_some) == []


def test_landed_twice_and_issued_again_is_the_same(sample_folder, tmp_path):
    """The second run reads nothing; the same files under a newer time change nothing."""
    with Organisation(tmp_path, sample_folder / "key.asc") as unix:
        archive = archive_of(sample_folder, WEEKS[-1])
        unix.deliver(archive, (ENGY2,))
        unix.landed()
        once = unix.staging()
        assert unix.landed().tables == []
        unix.deliver(archive, (ENGY2,))
        (unix.store / archive.name).touch()
        again = unix.landed()
        assert sum(table.rows_read for table in again.tables) > 500
        assert differing(unix.staging(), once) == []


def differing(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> list[str]:
    """Tables whose rows are not the same, so that a failure is short."""
    return [name for name in one if one[name] != other[name]]
