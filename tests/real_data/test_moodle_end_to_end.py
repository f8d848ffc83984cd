"""The real Moodle through the command, alone in its warehouse; marts compared with SQL on its own tables."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.real_data.conftest import LEARNERS


@pytest.fixture(scope="module")
def by_course(home, said, moodle_server) -> Callable[[str, str], tuple[dict, dict]]:
    """Answers the same question of the marts and of the source, each a number a course."""

    def ask(of_marts: str, of_source: str) -> tuple[dict, dict]:
        marts = home.marts(
            f"select cast(r.course_id as bigint), {of_marts} from course_activity.moodle_completions as m "
            "join core.dim_course_runs as r on r.course_run_key = m.course_run_key "
            "where m.is_enrolled group by all"
        )
        source = moodle_server.execute(of_source, "moodle")
        return {row[0]: row[1] for row in marts if row[1]}, {row[0]: row[1] for row in source if row[1]}

    return ask


def test_the_whole_way_ends_well(home, said, moodle_server):
    assert said.code == 0, said.everything
    assert said.sentences == []
    counts = said.counts("moodle")
    assert counts["read"] == counts["landed"] + counts["quarantined"] + counts["filtered"]
    assert counts["read"] > 111_653
    assert home.unbalanced() == []
    schemas = {row[0] for row in home.marts("select distinct table_schema from information_schema.tables")}
    assert schemas == {"core", "course_activity", "main"}


def test_enrolments_of_every_course(by_course):
    marts, source = by_course(
        "count(*)", f"select courseid, count(distinct person) from ({LEARNERS}) l group by courseid"
    )
    assert marts == source
    assert sum(marts.values()) > 800


def test_enrolments_view_holds_the_same_people(home, said, moodle_server):
    [(rows, people)] = home.marts(
        "select count(*), count(distinct person_key) from course_activity.course_enrolments"
    )
    [(expected_rows, expected_people)] = moodle_server.execute(
        f"select count(distinct person, courseid), count(distinct person) from ({LEARNERS}) l", "moodle"
    )
    assert (rows, people) == (expected_rows, expected_people)


def test_completions_of_every_course(by_course):
    marts, source = by_course(
        "count(*) filter (where m.is_completed)",
        f"select l.courseid, count(distinct l.person) from ({LEARNERS}) l join mdl_course_completions cc "
        "on cc.userid = l.userid and cc.course = l.courseid where cc.timecompleted > 0 group by l.courseid",
    )
    assert marts == source
    assert sum(marts.values()) > 50


@pytest.mark.parametrize(
    ("of_marts", "of_source"),
    [
        ("count(m.course_grade)", "count(distinct l.person)"),
        ("sum(m.course_grade)", "sum(g.finalgrade)"),
        (
            "round(sum(m.grade_percent), 4)",
            "round(sum(100 * (g.finalgrade - g.rawgrademin) / (g.rawgrademax - g.rawgrademin)), 4)",
        ),
    ],
)
def test_grades_of_every_course(by_course, of_marts, of_source):
    """The course's total, on the range kept with the learner's grade (docs/decisions/022)."""
    marts, source = by_course(
        of_marts,
        f"select l.courseid, {of_source} from ({LEARNERS}) l "
        "join mdl_grade_items i on i.courseid = l.courseid and i.itemtype = 'course' "
        "join mdl_grade_grades g on g.itemid = i.id and g.userid = l.userid "
        "where g.finalgrade is not null group by l.courseid",
    )
    assert marts.keys() == source.keys()
    assert len(marts) > 5
    for course, number in marts.items():
        assert abs(Decimal(str(number)) - Decimal(str(source[course]))) < Decimal("0.01"), course


def test_a_second_run_has_nothing_to_do(home, said):
    again = home.command("run")
    assert again.code == 0, again.everything
    assert again.counts("moodle")["landed"] == 0
    assert "build and checks skipped" in again.out


def test_no_name_address_or_login_is_told_or_logged(home, said, moodle_server):
    rows = moodle_server.execute(
        "select username, email, concat(firstname, ' ', lastname) from mdl_user", "moodle"
    )
    names = {str(value).lower() for row in rows for value in row if len(str(value)) > 7}
    texts = [said.everything, *(path.read_text() for path in (home.folder / "logs").iterdir())]
    assert len(names) > 2000
    assert moodle_server.password() not in "".join(texts)
    for text in texts:
        assert [name for name in names if name in text.lower()] == []
