"""Every suite as it is asked of SQL Server keeps the rules that SQL for both engines keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import pytest

from expectations import written
from expectations.dialects import DIALECTS
from expectations.expected import UNEXPECTED_ROWS, Suite
from expectations.suite import Scope, mart_suite, staging_suite
from pipelines.contracts import contract_path, load_contract
from scripts.lint_tsql.findings import findings
from scripts.lint_tsql.names import Names
from scripts.lint_tsql.statement import Statement

SQLSERVER = DIALECTS["sqlserver"]
SCOPE = Scope(datetime(2026, 7, 31, 6), ("1.5", "2.5"), SQLSERVER)
PLATFORMS = ("subscriptions", "classroom", "moodle", "bookshelf", "reading", "edx", "drops")
MARTS = sorted(path.stem for path in (written.FOLDER / "marts").glob("*.yml"))
_CATALOGUE = (
    dict.fromkeys(("TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME", "DATA_TYPE"), "nvarchar(128)")
    | dict.fromkeys(("CHARACTER_MAXIMUM_LENGTH", "NUMERIC_PRECISION", "NUMERIC_SCALE"), "int")
    | dict.fromkeys(("DATETIME_PRECISION", "ORDINAL_POSITION"), "int")
)
_THERE = {
    "VARCHAR": "nvarchar(200)", "BOOLEAN": "bit", "DOUBLE": "float", "TIMESTAMP": "datetime2(6)",
    "INTEGER": "int", "HUGEINT": "decimal(38, 0)",
}  # fmt: skip


def asked(suite: Suite, columns: Mapping[str, str]) -> Iterator[Statement]:
    """The suite's own queries as SQLAlchemy sends them, names and types resolved."""
    for expected in suite.expected:
        if expected.expect == UNEXPECTED_ROWS:
            names = Names()
            names.add(suite.relation, columns)
            names.add("INFORMATION_SCHEMA.COLUMNS", _CATALOGUE)
            query = str(expected.arguments["unexpected_rows_query"]).format(batch=suite.relation)
            sql = Statement(suite.relation, expected.name, query.replace("\\:", ":"), kind="test")
            names.resolve(sql)
            yield sql


def broken_rules(suite: Suite, columns: Mapping[str, str]) -> list[str]:
    return [str(finding) for sql in asked(suite, columns) for finding in findings(sql)]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_suites_of_a_platform_are_t_sql(platform):
    contract = load_contract(contract_path(platform))
    found = []
    for table in contract.tables.values():
        columns = {
            column.name: SQLSERVER.declared(table, column) for column in table.landed
        } | SQLSERVER.added
        found += broken_rules(staging_suite(contract, table, columns, SCOPE), columns)

    assert found == []


def test_the_suites_of_all_marts_are_t_sql(marts):
    found = []
    for relation in MARTS:
        columns = {name: _THERE.get(kind, kind) for name, kind in marts.types(*relation.split(".")).items()}
        found += broken_rules(mart_suite(relation, columns, SCOPE), columns)

    assert found == []
