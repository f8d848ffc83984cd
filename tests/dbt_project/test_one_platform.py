"""A deployment with one platform only builds what that platform has (the other: `test_scenarios`)."""

from __future__ import annotations

from tests.dbt_project.conftest import relations_of
from tests.dbt_project.landing_stand_in import dbt, stand_in_warehouse


def test_moodle_alone_builds_its_marts_and_passes_every_test(tmp_path):
    account = {"id": "k:1", "deleted": "0", "email": "k:mail", "account_kind": "learner"}
    stand_in_warehouse(tmp_path, {"moodle": {"mdl_user": [account]}})
    report = dbt(tmp_path, "build", WAREHOUSE_PLATFORMS="moodle", WAREHOUSE_AS_OF="2026-07-31 06:00:00")
    assert report.returncode == 0, report.stdout[-4000:]
    built = relations_of(tmp_path / "warehouse.duckdb")
    assert {"dim_dates", "dim_people", "dim_course_runs"} <= set(built["core"])
    assert not {"dim_schools", "dim_products"} & set(built["core"])
    assert "customer_insight" not in built
