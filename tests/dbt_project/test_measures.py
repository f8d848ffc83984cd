"""Every number in a mart is described as a measure, or is said to be none: `docs/metrics.md`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb

from scripts.metrics.registry import Registry, read_registry

PROJECT = Path(__file__).parents[2] / "dbt_project"
NUMBERS = """
    SELECT table_name || '.' || column_name FROM information_schema.columns
    WHERE table_schema IN ('core', 'customer_insight', 'course_activity')
        AND NOT ends_with(column_name, '_id')
        AND (data_type LIKE 'DECIMAL%' OR data_type IN ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT',
            'UBIGINT', 'FLOAT', 'DOUBLE'))
"""


def numbers(warehouse: Path) -> set[str]:
    with closing(duckdb.connect(warehouse, read_only=True)) as connection:
        return {column for (column,) in connection.execute(NUMBERS).fetchall()}


def said_to_be_none(registry: Registry) -> set[str]:
    return {str(column) for column in registry.columns if column.meta.get("measure") is False}


def test_every_number_in_a_mart_is_a_measure_or_said_to_be_none(built_warehouse):
    registry, found = read_registry(PROJECT), numbers(built_warehouse)
    assert len(found) > 30
    silent = found - registry.measured_columns(("measure", "rule")) - said_to_be_none(registry)
    # An entry in macros/measures, or config: {meta: {unit: …}} or {meta: {measure: false}} at the column.
    assert sorted(silent) == []


def test_what_is_said_to_be_no_measure_is_a_number(built_warehouse):
    assert said_to_be_none(read_registry(PROJECT)) <= numbers(built_warehouse)


def test_a_plain_measure_is_a_number(built_warehouse):
    plain = {str(column) for column in read_registry(PROJECT).plain_columns()}
    assert plain <= numbers(built_warehouse)
