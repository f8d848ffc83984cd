"""The case table on a SQL Server: its address, its connection, one statement at a time, nothing kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pipelines.warehouse.sqlserver import driver
from tests.dbt_project.dialect_cases import Ask

EXAMPLE = "mssql://user:password@host:1433/database?TrustServerCertificate=yes"
_DEFAULTS = {"Encrypt": "yes", "TrustServerCertificate": "no"}


def connection_string(url: str) -> str:
    """ODBC's words of an address like `EXAMPLE`; words after the question mark are the driver's own."""
    parts = urlsplit(url)
    if parts.scheme != "mssql" or not parts.hostname or not parts.path.strip("/"):
        raise ValueError(f"the address of the SQL Server for tests is no {EXAMPLE}")
    words = {
        "Server": f"tcp:{parts.hostname},{parts.port or 1433}",
        "Database": unquote(parts.path.strip("/")),
        "UID": unquote(parts.username or ""),
        "PWD": unquote(parts.password or ""),
        **_DEFAULTS,
        **dict(parse_qsl(parts.query)),
    }
    return driver.connection_string(words)


@contextmanager
def connected(url: str) -> Iterator[Ask]:
    """A session whose every statement is undone, with the settings that dbt-sqlserver's sessions have."""
    import mssql_python

    mssql_python.pooling(enabled=False)
    connection = mssql_python.connect(connection_string(url), autocommit=False)
    try:
        yield lambda sql: _ask(connection, sql)
    finally:
        connection.rollback()
        connection.close()


def _ask(connection: Any, sql: str) -> Any:
    """The first value of the first row. An error leaves no transaction open behind it."""
    cursor = connection.cursor()
    try:
        cursor.execute(sql)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row is not None else None
    except Exception:
        connection.rollback()
        raise
    finally:
        cursor.close()
