"""The sample Moodle site: same rows every time, the contract's columns, every kind of dirt it promises."""

import random
import sqlite3
from datetime import datetime
from typing import Any

import pytest

from pipelines.contracts import contract_path, load_contract
from scripts.sample_sources.moodle import NEVER_LANDS, write_moodle
from scripts.sample_sources.moodle_schema import TABLES
from scripts.sample_sources.moodle_site import epoch

AS_OF = datetime(2026, 7, 31)
CONTACTS = [f"head{number}@school{number}.sch.uk" for number in range(40)]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    path = tmp_path_factory.mktemp("sample") / "moodle.sqlite"
    write_moodle(path, 1, AS_OF, CONTACTS)
    database = sqlite3.connect(path)
    yield database
    database.close()


def one(site: sqlite3.Connection, query: str, *values: object) -> Any:
    return site.execute(query, values).fetchone()[0]


def test_same_scale_and_clock_give_the_same_site(site, tmp_path):
    state = random.getstate()
    write_moodle(tmp_path / "again.sqlite", 1, AS_OF, CONTACTS)
    again = sqlite3.connect(tmp_path / "again.sqlite")
    assert list(again.iterdump()) == list(site.iterdump())
    assert random.getstate() == state, "the sample must not move the global random state"


def test_scale_multiplies_people_courses_and_events(site, tmp_path):
    write_moodle(tmp_path / "three.sqlite", 3, AS_OF, CONTACTS)
    larger = sqlite3.connect(tmp_path / "three.sqlite")
    for table in ("mdl_user", "mdl_course", "mdl_user_enrolments", "mdl_logstore_standard_log"):
        count = f"select count(*) from {table}"
        assert 2.5 < one(larger, count) / one(site, count) < 3.5, table


def test_every_contract_column_exists_with_the_type_the_contract_states(site):
    contract = load_contract(contract_path("moodle"))
    assert set(contract.tables) == set(TABLES)
    for table in contract.tables.values():
        types = {row[1]: row[2].split("(")[0] for row in site.execute(f"pragma table_info({table.name})")}
        stated = {c.name: c.source_type for c in table.columns if not c.derive}
        assert {name: types.get(name) for name in stated} == stated, table.name


def test_columns_that_never_land_are_filled(site):
    texts = "\n".join(site.iterdump())
    assert [token for token in NEVER_LANDS if token not in texts] == []


def test_contacts_of_other_platforms_have_accounts(site):
    met = [email for (email,) in site.execute("select email from mdl_user") if email in CONTACTS]
    assert len(met) >= 30


@pytest.mark.parametrize("as_of", [AS_OF, datetime(2026, 1, 15), datetime(2025, 9, 2)])
def test_nothing_happens_after_the_sample_s_clock(as_of, tmp_path):
    write_moodle(tmp_path / "moodle.sqlite", 1, as_of, [])
    site = sqlite3.connect(tmp_path / "moodle.sqlite")
    for table, column in (
        ("mdl_logstore_standard_log", "timecreated"), ("mdl_grade_grades", "timemodified"),
        ("mdl_user_lastaccess", "timeaccess"), ("mdl_assign_grades", "timemodified"),
        ("mdl_user", "lastaccess"),
        ("mdl_course_completions", "timecompleted"), ("mdl_user_enrolments", "timemodified"),
    ):  # fmt: skip
        assert one(site, f"select max({column}) from {table}") < epoch(as_of), (table, column)


def test_log_covers_four_academic_years(site):
    first = epoch(datetime(2022, 9, 1))
    years = one(
        site,
        "select count(distinct (timecreated - ?) / 31557600) from mdl_logstore_standard_log where "
        "timecreated > ?",
        first, first,
    )  # fmt: skip
    assert years == 4


DIRT = {
    "deleted account with the e-mail in its username and names kept":
        "select 1 from mdl_user where deleted = 1 and username like '%@%.%' and email not like '%@%' and "
        "firstname <> ''",
    "username used again":
        "select 1 from mdl_user new join mdl_user old on old.deleted = 1 and old.username like "
        "new.username || '@%'",
    "attempt, completion and grade of a deleted account":
        "select 1 from mdl_user u join mdl_quiz_attempts a on a.userid = u.id join mdl_course_completions c "
        "on c.userid = u.id join mdl_grade_grades g on g.userid = u.id where u.deleted = 1",
    "no enrolment of a deleted account":
        "select 1 where not exists (select 1 from mdl_user u join mdl_user_enrolments e on e.userid = u.id "
        "where u.deleted = 1)",
    "e-mail of two accounts": "select 1 from mdl_user group by email having count(*) > 1",
    "test account with a learner's role":
        "select 1 from mdl_user u join mdl_role_assignments r on r.userid = u.id and r.roleid = 5 "
        "where u.username like 'tool_generator%'",
    "role given twice":
        "select 1 from mdl_role_assignments group by userid, contextid, roleid having count(distinct "
        "component) > 1",
    "learner's role by another short name":
        "select 1 from mdl_role where archetype = 'student' and shortname <> 'student'",
    "enrolment without a method":
        "select 1 from mdl_user_enrolments u left join mdl_enrol e on e.id = u.enrolid where e.id is null",
    "role without a context":
        "select 1 from mdl_role_assignments r left join mdl_context c on c.id = r.contextid where c.id is "
        "null",
    "grade without an item":
        "select 1 from mdl_grade_grades g left join mdl_grade_items i on i.id = g.itemid where i.id is null",
    "attempt without a quiz":
        "select 1 from mdl_quiz_attempts a left join mdl_quiz q on q.id = a.quiz where q.id is null",
    "event of a course that is gone":
        "select 1 from mdl_logstore_standard_log l left join mdl_course c on c.id = l.courseid "
        "where l.courseid > 1 and c.id is null",
    "overridden grade": "select 1 from mdl_grade_grades where overridden > 0 and finalgrade <> rawgrade",
    "rescaled grade":
        "select 1 from mdl_grade_grades g join mdl_grade_items i on i.id = g.itemid "
        "where i.itemtype = 'mod' and g.rawgrademax <> i.grademax and g.finalgrade = round(g.rawgrade / "
        "2, 5)",
    "total with a maximum of its own":
        "select 1 from mdl_grade_grades g join mdl_grade_items i on i.id = g.itemid "
        "where i.itemtype = 'course' and g.rawgrademax <> i.grademax",
    "assignment not graded": "select 1 from mdl_assign_grades where grade = -1",
    "preview": "select 1 from mdl_quiz_attempts where preview = 1",
    "open attempt": "select 1 from mdl_quiz_attempts where state = 'inprogress' and sumgrades is null",
    "two methods":
        "select 1 from mdl_user_enrolments u join mdl_enrol e on e.id = u.enrolid "
        "group by u.userid, e.courseid having count(*) > 1",
    "completed, total overridden, unenrolled":
        "select 1 from mdl_course_completions c join mdl_grade_items i on i.courseid = c.course "
        "join mdl_grade_grades g on g.itemid = i.id and g.userid = c.userid and g.overridden > 0 "
        "where c.timecompleted > 0 and i.itemtype = 'course' "
        "and c.userid not in (select userid from mdl_user_enrolments)",
    "suspended": "select 1 from mdl_user_enrolments where status = 1",
    "no end as the largest number": "select 1 from mdl_user_enrolments where timeend = 2147483647",
    "ended": f"select 1 from mdl_user_enrolments where timeend between 1 and {epoch(AS_OF)}",
    "not begun": f"select 1 from mdl_user_enrolments where timestart > {epoch(AS_OF)}",
    "team submission": "select 1 from mdl_assign_submission where userid = 0 and groupid > 0",
    "reopened submission": "select 1 from mdl_assign_submission where latest = 0",
    "text in a number": "select 1 from mdl_forum_posts where typeof(wordcount) = 'text'",
    "NUL character": "select 1 from mdl_cohort where instr(name, char(0)) > 0",
    "character outside the basic plane": "select 1 from mdl_course where unicode(fullname) > 65535",
    "multi-language tags": "select 1 from mdl_course where fullname like '{mlang %'",
    "hundreds in one second":
        "select 1 from mdl_logstore_standard_log group by timecreated having count(*) >= 300",
    "time stepping back":
        "select 1 from mdl_logstore_standard_log a join mdl_logstore_standard_log b on b.id = a.id + 1 "
        "where b.timecreated < a.timecreated",
    "nobody": "select 1 from mdl_logstore_standard_log where userid = -1",
    "guest": "select 1 from mdl_logstore_standard_log where userid = 1",
    "anonymous": "select 1 from mdl_logstore_standard_log where anonymous = 1",
    "logged in as somebody": "select 1 from mdl_logstore_standard_log where realuserid is not null",
    "identifier in details": "select 1 from mdl_logstore_standard_log where other like '%@pupils.%'",
    "person's id in the clear": "select 1 from mdl_context where contextlevel = 30 and instanceid > 0",
}  # fmt: skip


@pytest.mark.parametrize("kind", DIRT)
def test_promised_dirt_is_there(site, kind):
    assert site.execute(DIRT[kind]).fetchone() is not None


def test_steps_back_in_time_are_small_and_ties_stay_in_one_second(site):
    gap = one(
        site,
        "select max(a.timecreated - b.timecreated) from mdl_logstore_standard_log a "
        "join mdl_logstore_standard_log b on b.id = a.id + 1 where b.timecreated < a.timecreated",
    )
    assert 0 < gap <= 60
