"""What `holds` promises is found when it is broken: each kind once, in words and with how many rows."""

from __future__ import annotations

import json
import shutil
from contextlib import closing

import duckdb
import pytest

from tests.dbt_project.landing_stand_in import dbt

BROKEN = """
insert into intermediate.programmes select * from intermediate.programmes;
insert into intermediate.product_platforms values ('NEW', 'moodle'), ('OTHER', null);
insert into intermediate.activity_labels values ('moodle', 'x', null, '-'), ('moodle', 'y', 'PLAYED', '-');
insert into core.dim_dates (date_day) values (null);
insert into customer_insight.fct_trials (trial_key, school_key) values ('t', 'nobody');
"""


@pytest.fixture(scope="module")
def found(built_warehouse, tmp_path_factory):
    """Test → promise → wrong rows, of all that are broken, after rows went in that no model made."""
    home = tmp_path_factory.mktemp("broken")
    shutil.copy(built_warehouse, home / "warehouse.duckdb")
    with closing(duckdb.connect(home / "warehouse.duckdb")) as warehouse:
        warehouse.execute(BROKEN)
    said = dbt(home, "test", "--select", "test_name:holds", WAREHOUSE_AS_OF="2026-07-31 06:00:00")
    assert said.returncode == 1
    results = json.loads((home / "dbt" / "run_results.json").read_text())["results"]
    with closing(duckdb.connect(home / "warehouse.duckdb")) as warehouse:
        return {
            result["unique_id"].split(".")[2]: (
                result["failures"], dict(warehouse.execute(result["compiled_code"]).fetchall())
            )
            for result in results
            if result["status"] == "fail"
        }  # fmt: skip


def test_a_key_that_several_rows_have(found):
    failures, promises = found["programmes_holds"]
    assert set(promises) == {"key of programme_id, course_number"}
    assert failures == promises["key of programme_id, course_number"] > 0


def test_a_second_row_of_what_is_unique_and_a_row_without_it(found):
    assert found["product_platforms_holds"] == (2, {"unique platform": 1, "filled platform": 1})


def test_a_value_that_is_not_listed_and_one_that_is_missing(found):
    assert found["activity_labels_holds"] == (2, {"filled label": 1, "listed label": 1})


def test_a_key_without_a_value(found):
    assert found["dim_dates_holds"] == (1, {"key of date_day": 1})


def test_a_row_that_refers_to_none(found):
    _, promises = found["fct_trials_holds"]
    assert promises["school_key refers to dim_schools"] == 1


def test_whatever_nobody_broke_holds(found):
    assert len(found) == 5
