"""The edX sample's dirt: as much of every kind as `edx_expected` says."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date, datetime

import pytest

from scripts.sample_sources.edx import NEVER_LANDS
from scripts.sample_sources.edx_dirt import (
    CCX,
    ENGY1,
    ENGY2,
    ENGY_CAP,
    FORMULA,
    LEAD2,
    NOBODY,
    STRANGE_NAMES,
    WEEKS,
    WIDE_STATE,
)
from scripts.sample_sources.edx_expected import EXPECTED
from scripts.sample_sources.edx_writer import Table, studentmodule_file
from tests.scripts.edx_packages_read import Packages, read

FIRST, SECOND, LAST = WEEKS
KEYS = {
    "user_id_map": ("hash_id",),
    "student_courseaccessrole": ("user_id", "role"),
    "django_comment_client_role_users": ("user_id", "name"),
    "course_groups_cohortmembership": ("user_id", "name"),
    "grades_persistentcoursegrade": ("user_id",),
    "grades_persistentsubsectiongrade": ("user_id", "usage_key"),
}


@pytest.mark.parametrize("day", WEEKS)
def test_rows_to_be_quarantined_are_as_many_as_expected(packages, day):
    found: Counter[tuple[str, str]] = Counter()
    for entity, task, file in packages.files(day):
        found[entity, task] += len(file.odd)
        for row in file.dicts:
            dates = [
                value for value in row.values() if re.fullmatch(r"\d{4}-\d\d?-\d\d? [\d:.]+", value or "")
            ]
            found[entity, task] += any(not possible(text) for text in dates)
            found[entity, task] += task == "course_groups_cohortmembership" and row["name"] is None
    assert +found == EXPECTED[day].quarantined


def possible(moment: str) -> bool:
    try:
        return bool(datetime.fromisoformat(moment))
    except ValueError:
        return False


@pytest.mark.parametrize("day", WEEKS)
def test_rows_that_come_twice_are_as_many_as_expected(packages, day):
    found = Counter(
        (entity, task)
        for entity, task, file in packages.files(day)
        for count in Counter(map(tuple, file.rows)).values()
        if count > 1
    )
    assert found == EXPECTED[day].duplicated


@pytest.mark.parametrize(("before", "day"), [(FIRST, SECOND), (SECOND, LAST)])
def test_rows_that_go_and_come_back_are_as_many_as_expected(packages, before, day):
    old, new, first = keys(packages, before), keys(packages, day), keys(packages, FIRST)
    gone = {file: len(rows - new[file]) for file, rows in old.items() if file in new}
    back = {file: len((rows - old.get(file, rows)) & first.get(file, set())) for file, rows in new.items()}
    assert {file: count for file, count in gone.items() if count} == EXPECTED[day].deleted
    assert {file: count for file, count in back.items() if count} == EXPECTED[day].returned


def keys(packages: Packages, day: date) -> dict[tuple[str, str], set[tuple]]:
    found: dict[tuple[str, str], set[tuple]] = {
        (entity, task): {tuple(row[name] for name in KEYS.get(task, ("id",))) for row in file.dicts}
        for entity, task, file in packages.files(day)
    }
    for name, content in packages.week(day).items():
        if name.endswith("-course_structure-prod-analytics.json"):
            found[name.partition("-course_structure")[0], "course_structure"] = set(json.loads(content))
    return found


@pytest.mark.parametrize("day", WEEKS)
def test_members_of_every_other_kind_are_there(packages, day):
    week, expected = packages.week(day), EXPECTED[day]
    for name in (*expected.failed, *expected.unknown, *expected.of_edge, *expected.not_in_subset):
        assert week[name], name
    assert all(week[name] == b"" for name in expected.zero_bytes)
    assert all(week[name].count(b"\n") == 1 for name in expected.header_only)
    for entity in expected.absent_entities:
        assert not any(name.startswith(entity) for name in week)
    kinds = Counter("failed" in name for name in week)
    assert kinds[True] == len(expected.failed)
    assert {name for name in week if "examples" in name} == set(expected.unknown)
    assert ("UniX-Lead2x-1T2026-teams-prod-analytics.sql" in week) == (day != LAST)


def test_headers_change_over_the_weeks(packages):
    assert packages.file(FIRST, LEAD2, "user_id_map").columns == ["hash_id", "id", "username"]
    assert packages.file(SECOND, LEAD2, "user_id_map").columns == ["hash_id", "user_id", "username"]
    assert "state" not in packages.file(FIRST, LEAD2, "auth_userprofile").columns
    ordered, other = (
        packages.file(day, ENGY1, "certificates_generatedcertificate") for day in (LAST, SECOND)
    )
    assert other.columns == ordered.columns[::-1]
    assert other.dicts[0] == ordered.dicts[0]
    assert packages.file(LAST, LEAD2, "student_courseenrollment").columns[-1] == "upgrade_deadline"
    assert "allow_certificate" in packages.file(FIRST, ENGY_CAP, "auth_userprofile").columns
    assert "organization_protected" not in packages.file(FIRST, ENGY2, "teams").columns


def test_strange_texts_survive_the_writer(packages):
    names = {row["name"] for row in packages.file(LAST, LEAD2, "auth_userprofile").dicts}
    assert names >= set(STRANGE_NAMES) - {"NULL"} | {None}
    assert FORMULA in packages.spread(LAST, "auth_user", "first_name")
    assert FORMULA in packages.spread(LAST, "course_groups_cohortmembership", "name")
    assert "Gro\ufffde Gruppe" in packages.spread(LAST, "course_groups_cohortmembership", "name")
    raw = packages.week(LAST)[f"{LEAD2}-auth_userprofile-prod-analytics.sql"]
    assert b"first line\rsecond line" in raw
    assert b"a NUL \x00 in it" in raw
    assert b"C:\\\\temp\\\\new\\r\\n\\tand a tab" in raw


def test_one_profile_file_is_quoted_as_in_rfc_4180(packages):
    for entity, quoted in ((ENGY1, True), (LEAD2, False)):
        metas = [row["meta"] for row in packages.file(LAST, entity, "auth_userprofile").dicts if row["meta"]]
        assert metas
        assert all(meta.startswith('"{""') and meta.endswith('}"') for meta in metas) == quoted
        texts = (json.loads(meta[1:-1].replace('""', '"') if quoted else meta) for meta in metas)
        assert all("old_names" in text for text in texts)


def test_states_are_wide_raw_and_broken(packages):
    file = packages.file(LAST, LEAD2, "courseware_studentmodule")
    assert file.odd == []
    states = [row["state"] for row in file.dicts if row["module_type"] == "problem"]
    assert max(len(state or "") for state in states) > WIDE_STATE > 131_072
    assert states[1:4] == ['{\n "attempts": 1,\n "done": true\n}', '{"attempts":\t1}', None]
    assert "\\ud83e \\u0000" in (states[4] or "")
    whole = [state for state in states[6:] if state]
    assert all(json.loads(state)["attempts"] == 1 for state in whole)


def test_studentmodule_keeps_raw_characters_behind_a_backslash():
    table = Table(("id", "state"))
    table.add(1, 'a\\n "b"\tc\nd')
    table.add(2, None)
    content = studentmodule_file(table)
    assert content == b'id\tstate\n1\ta\\\\n "b"\\\tc\\\nd\n2\tNULL\n'
    assert read(content).rows == [[b"1", b'a\\n "b"\tc\nd'], [b"2", None]]


def test_a_ccx_has_files_of_its_own(packages):
    enrolled = packages.file(LAST, CCX, "student_courseenrollment").dicts
    assert {row["course_id"] for row in enrolled} == {"ccx-v1:UniX+Lead2x+1T2026+ccx@12"}
    assert {row["user_id"] for row in enrolled} == {
        row["id"] for row in packages.file(LAST, CCX, "auth_user").dicts
    }


def test_an_enrolment_of_nobody(packages):
    enrolled = {row["user_id"] for row in packages.file(LAST, LEAD2, "student_courseenrollment").dicts}
    assert enrolled - {row["id"] for row in packages.file(LAST, LEAD2, "auth_user").dicts} == {str(NOBODY)}


def test_what_must_never_land_is_there(packages):
    whole = b"".join(packages.week(LAST).values()).decode("utf-8", "replace")
    assert all(text in whole for text in NEVER_LANDS)
