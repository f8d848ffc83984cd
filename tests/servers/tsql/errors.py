"""DuckDB's errors by the numbers that SQL Server would give them."""

from __future__ import annotations

import re

import duckdb

from tests.servers.tsql.tokens import SqlError

_BY_TEXT = (
    (r"Current transaction is aborted", 3930, "The current transaction cannot be committed; roll it back.", True),  # noqa: E501 - a table reads by the line
    (r"violates (?:primary key|unique) constraint|[Dd]uplicate key", 2627, "Violation of PRIMARY KEY constraint. Cannot insert duplicate key.", True),  # noqa: E501 - a table reads by the line
    (r"NOT NULL constraint failed", 515, "Cannot insert the value NULL into a column; column does not allow nulls.", True),  # noqa: E501 - a table reads by the line
    (r"CHECK constraint failed", 2628, "String or binary data would be truncated in a column.", True),
    (r"[Tt]ransaction conflict|write-write conflict|Conflict on", 1205, "Transaction was deadlocked on lock resources and has been chosen as the deadlock victim. Rerun the transaction.", True),  # noqa: E501 - a table reads by the line
    (r"with name (\S+) does not exist|Table with name (\S+)", 208, "Invalid object name '{0}'.", False),
    (r"already exists", 2714, "There is already an object of that name in the database.", False),
    (r"(?:Referenced column|column) \"([^\"]+)\" not found|does not have a column named \"([^\"]+)\"", 207, "Invalid column name '{0}'.", False),  # noqa: E501 - a table reads by the line
    (r"Could not convert|Conversion Error", 245, "Conversion failed.", False),
    (r"Out of Range", 8115, "Arithmetic overflow error.", False),
)  # fmt: skip


def numbered(wrong: Exception) -> SqlError:
    """SQL Server's number for an error of DuckDB, 50000 with DuckDB's own words where there is none."""
    text = str(wrong)
    for pattern, number, said, doomed in _BY_TEXT:
        if found := re.search(pattern, text):
            named = next((group for group in found.groups() if group), "")
            severity = 13 if number == 1205 else 14 if number == 2627 else 16
            return SqlError(number, said.format(named), severity, 1, doomed)
    return SqlError(
        50000, f"the stand-in's DuckDB: {text[:600]}", doomed=not isinstance(wrong, duckdb.BinderException)
    )
