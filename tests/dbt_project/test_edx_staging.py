"""Staging models of edX on rows in landed form: keys of runs, empty texts, flags, a model for every table."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.contracts import contract_path, load_contract
from tests.dbt_project.landing_stand_in import PROJECT_ROOT, dbt, stand_in_warehouse

MODELS = PROJECT_ROOT / "dbt_project" / "models" / "staging" / "edx"
MACROS = PROJECT_ROOT / "dbt_project" / "macros" / "edx"
EVENTS = "tracking_events"
MACRO = re.compile(r"\{\{ (edx_\w+)\(")
SOURCE = re.compile(r"source\('edx', '(\w+)'\)")
RUN, OLD_RUN = "UniX-Demo1x-1T2018", "UniX-Old-1-2013_Fall"
KEYS = {
    "course-v1:UniX+Demo1x+1T2018": RUN,
    "UniX/Old-1/2013_Fall": OLD_RUN,
    "ccx-v1:UniX+Demo1x+1T2018+ccx@12": "UniX-Demo1x-1T2018-ccx-12",
    "": None,
}
# letter → passing now, letter known
LETTERS = {"": (None, False, True), "Pass": ("Pass", True, True), None: (None, False, False)}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse file after the staging models of edX were built and their tests passed."""
    home = tmp_path_factory.mktemp("edx")
    stand_in_warehouse(home, {"edx": told()})
    report = dbt(
        home, "build", "--select", "staging.edx", "--indirect-selection", "cautious",
        WAREHOUSE_PLATFORMS="edx", WAREHOUSE_AS_OF="2024-03-31 06:00:00",
    )  # fmt: skip
    assert report.returncode == 0, report.stdout[-4000:]
    assert "edx_enrollments_refer_to_users_by_user_id" in report.stdout
    assert re.search(r"WARN=1 ERROR=0", report.stdout), report.stdout[-400:]
    return home / "warehouse.duckdb"


def told() -> dict[str, list[dict[str, str]]]:
    """An account in two runs, an enrolment without its account, every form of course id and of letter."""
    account = {"id": "k:1", "account_kind": "learner", "is_active": "1"}
    enrolment = {"course_id": "course-v1:UniX+Demo1x+1T2018", "created": "2018-01-01", "is_active": "1"}
    return {
        "auth_user": [{"_entity": RUN, **account}, {"_entity": OLD_RUN, **account}],
        "auth_userprofile": [
            {"_entity": RUN, "user_id": "k:1", "gender": " ", "level_of_education": "b", "country": ""}
        ],
        "student_courseenrollment": [
            {"_entity": RUN, "id": "1", "user_id": "k:1", "mode": "verified", **enrolment},
            {"_entity": RUN, "id": "2", "user_id": "k:2", "mode": "audit", **enrolment},
            {"_entity": OLD_RUN, "id": "1", "user_id": "k:1", "mode": "honor", **enrolment},
        ],
        "student_courseaccessrole": [
            {"_entity": RUN, "user_id": "k:9", "role": f"staff {number}", "course_id": course_id}
            for number, course_id in enumerate(KEYS)
        ],
        "grades_persistentcoursegrade": [
            {"_entity": RUN, "user_id": "k:1", "course_id": f"run {letter}", "percent_grade": "0.7",
             **({} if letter is None else {"letter_grade": letter})}
            for letter in LETTERS
        ],
        "course_structure": [
            {"_entity": RUN, "block_id": "root", "category": "course", "display_name": "Demo"},
            {"_entity": RUN, "block_id": "week", "category": "chapter", "parent_id": "root", "position": "0"},
        ],
    }  # fmt: skip


def asked(warehouse: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(duckdb.connect(warehouse, read_only=True)) as connection:
        return connection.execute(query).fetchall()


def test_every_landed_table_has_one_model_with_all_that_landed():
    """Tracking events have one for all lines and one for each family with fields of its own."""
    tables = load_contract(contract_path("edx")).tables
    read: dict[str, list[str]] = {name: [] for name in tables}
    for path in MODELS.glob("*.sql"):
        (table,) = SOURCE.findall(path.read_text())
        read[table].append(path.read_text() + "".join(map(text_of_macro, MACRO.findall(path.read_text()))))
    assert [name for name, models in read.items() if len(models) != 1] == [EVENTS]
    for name, table in tables.items():
        words = set(re.findall(r"\w+", " ".join(read[name])))
        assert not {column.name for column in table.landed} - words, name


def text_of_macro(name: str) -> str:
    path = MACROS / f"{name}.sql"
    return path.read_text() if path.exists() else ""


def test_a_course_run_has_one_key_whatever_the_age_of_its_id(warehouse):
    rows = asked(warehouse, "select course_id, course_key from staging.stg_edx__course_access_roles")
    assert dict(rows) == KEYS


def test_an_empty_letter_means_that_the_grade_does_not_pass(warehouse):
    rows = asked(warehouse, "select course_id, letter_grade, is_passing, is_letter_known "
                            "from staging.stg_edx__course_grades")  # fmt: skip
    assert {course_id: tuple(flags) for course_id, *flags in rows} == {
        f"run {letter}": flags for letter, flags in LETTERS.items()
    }


def test_what_nobody_said_is_empty(warehouse):
    columns = "gender, level_of_education, country_code"
    (row,) = asked(warehouse, f"select {columns} from staging.stg_edx__profiles")
    assert row == (None, "b", None)


def test_an_account_has_a_row_for_each_of_its_runs(warehouse):
    rows = asked(warehouse, "select entity from staging.stg_edx__users where user_id = 'k:1' order by entity")
    assert rows == [(RUN,), (OLD_RUN,)]
