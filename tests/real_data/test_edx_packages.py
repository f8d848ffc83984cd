"""Package files that edX's own programs wrote, packed and encrypted as edX does, and landed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.landing.packages.organisation import Organisation
from tests.servers.gpg_keys import NOT_INSTALLED, GpgKeys, installed

STATES = Path("edx/edx-analytics-pipeline/input/obfuscation/state")
ARCHIVE = "unix-2024-03-10.zip"
ENTITY = "edX-DemoX-Demo_Course"
COURSE = "course-v1:edX+DemoX+Demo_Course"
# Last activity of these teams is on the 31st of a month of thirty days, which no calendar has.
IMPOSSIBLE = {2, 3}


@pytest.fixture(scope="module")
def states(real_data) -> dict[str, bytes]:
    """The five files by name, read in place."""
    folder = real_data / STATES
    if not folder.is_dir():
        pytest.skip(f"real data: no {STATES} there")
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def landed(states, tmp_path_factory) -> Iterator[Organisation]:
    if not installed():
        pytest.skip(NOT_INSTALLED)
    keys = GpgKeys()
    try:
        key_file = keys.settings("demo").key_file
        with Organisation(tmp_path_factory.mktemp("edx"), key_file) as demo:
            packed = {f"{name}.gpg": keys.encrypted(content, "demo") for name, content in states.items()}
            demo.deliver_members(ARCHIVE, packed)
            demo.landed()
            yield demo
    finally:
        keys.stop()


def lines(states: dict[str, bytes], task: str) -> list[dict[str, str]]:
    """A file by hand: it has no escapes, so a line is a row and a TAB ends a field."""
    [content] = [content for name, content in states.items() if f"-{task}-" in name]
    header, *rows = (line.split("\t") for line in content.decode().splitlines())
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.mark.parametrize(
    "task", ["auth_user", "student_courseenrollment", "student_languageproficiency", "teams"]
)
def test_every_line_is_counted(landed, states, task):
    wrong = len(IMPOSSIBLE) if task == "teams" else 0
    counted = landed.rows(
        "select rows_read, rows_landed, rows_quarantined, rows_filtered from ops.landings "
        "where table_name = ? and scope = ?",
        task, ENTITY,
    )  # fmt: skip
    read = len(lines(states, task))
    assert counted == [(read, read - wrong, wrong, 0)]
    assert read == 4


def test_all_five_are_known_and_landed(landed, states):
    outcomes = landed.rows("select member, entity, outcome from ops.package_members order by member")
    assert outcomes == [(f"{ARCHIVE[:-4]}/{name}.gpg", ENTITY, "landed") for name in states]


def test_enrolments_are_as_they_stand(landed, states):
    rows = landed.rows("select id, course_id, created, mode from staging_edx.student_courseenrollment")
    wanted = [
        (int(row["id"]), row["course_id"], datetime.fromisoformat(row["created"]), row["mode"])
        for row in lines(states, "student_courseenrollment")
    ]
    assert sorted(rows) == wanted
    assert {row[1] for row in rows} == {COURSE}
    assert [row[3] for row in sorted(rows)] == ["honor", "audit", "verified", "honor"]


def test_accounts_keep_their_dates_and_nothing_that_names_them(landed, states):
    people = lines(states, "auth_user")
    rows = landed.rows("select * from staging_edx.auth_user")
    joined = [row[0] for row in landed.rows("select date_joined from staging_edx.auth_user")]
    assert sorted(joined) == sorted(datetime.fromisoformat(row["date_joined"]) for row in people)
    values = {str(value) for row in rows for value in row}
    for person in people:
        for column in ("username", "first_name", "last_name", "email", "password"):
            assert person[column] not in values, column


def test_languages_are_as_they_stand(landed, states):
    rows = landed.rows("select id, code from staging_edx.student_languageproficiency")
    wanted = [(int(row["id"]), row["code"]) for row in lines(states, "student_languageproficiency")]
    assert sorted(rows) == wanted


def test_days_that_no_calendar_has_are_refused_and_others_read(landed, states):
    """edX wrote a month of one figure in one of them, which is a day all the same."""
    rows = dict(landed.rows("select id, last_activity_at from staging_edx.teams"))
    assert rows == {
        1: datetime(2014, 10, 31, 21, 32, 17),
        4: datetime(2015, 1, 31, 21, 32, 17),
    }
    refused = landed.rows("select table_name, position, column_name from ops.quarantine order by position")
    assert refused == [("teams", number, "last_activity_at") for number in sorted(IMPOSSIBLE)]


def test_the_structure_is_one_chapter(landed, states):
    [text] = [content for name, content in states.items() if name.endswith(".json")]
    [(block, document)] = json.loads(text).items()
    rows = landed.rows("select block_id, category from staging_edx.course_structure")
    assert rows == [(block, document["category"])]
