"""What dbt would have built for these tests, and how it is looked at."""

from __future__ import annotations

from pipelines.runner.marts import Mart
from pipelines.warehouse import Warehouse

PEOPLE = Mart("core", "dim_people", "build_core", ("person_key", "school_key", "note"), ("person_key",))
DAYS = Mart("course_activity", "fct_days", "build_course_activity", ("school_key",), ("person_key", "email"))
MARTS = [PEOPLE, DAYS]


def build(warehouse: Warehouse) -> None:
    for schema in ("build_core", "build_course_activity"):
        warehouse.execute(f"create schema {schema}")
    warehouse.execute(
        "create table build_core.dim_people (person_key nvarchar(40), school_key bigint, note nvarchar(max))"
    )
    warehouse.execute("insert into build_core.dim_people values (N'a', 1, N'first'), (N'b', 2, N'first')")
    warehouse.execute(
        "create view build_course_activity.fct_days as "
        "select person_key, school_key from build_core.dim_people"
    )


def built_anew(warehouse: Warehouse, said: str) -> None:
    """The build after: the table says something else, and the view with it has one row less."""
    warehouse.execute("delete from build_core.dim_people where person_key = N'b'")
    warehouse.execute("update build_core.dim_people set note = ?", [said])


def relations(warehouse: Warehouse) -> set[str]:
    """`schema.name` of every table and view but the builds."""
    listed = warehouse.rows("select TABLE_SCHEMA, TABLE_NAME from INFORMATION_SCHEMA.TABLES")
    return {f"{schema}.{name}" for schema, name in listed if not schema.startswith("build_")}


def read(warehouse: Warehouse) -> tuple[str, list[str], int]:
    """Which run the marts are of, what the people's mart says, and how many rows the other has."""
    return (
        warehouse.value("select run_id from core.about"),
        [note for (note,) in warehouse.rows("select note from core.dim_people order by person_key")],
        warehouse.value("select count(*) from course_activity.fct_days"),
    )
