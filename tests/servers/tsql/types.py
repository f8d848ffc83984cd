"""SQL Server's types in DuckDB's words and back: of casts and columns, of results, of declared columns."""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

from tests.servers.tsql.values import MAX, Kind, kind_named

_PLAIN = {
    "BIT": "BOOLEAN", "BOOLEAN": "BOOLEAN", "TINYINT": "UTINYINT", "UTINYINT": "UTINYINT", "SMALLINT": "SMALLINT",
    "INT": "INTEGER", "BIGINT": "BIGINT", "FLOAT": "DOUBLE", "DOUBLE": "DOUBLE", "REAL": "FLOAT",
    "DATE": "DATE", "TIME": "TIME", "DATETIME": "TIMESTAMP", "DATETIME2": "TIMESTAMP",
    "SMALLDATETIME": "TIMESTAMP", "TIMESTAMP": "TIMESTAMP", "TIMESTAMPTZ": "TIMESTAMPTZ",
    "TIMESTAMPLTZ": "TIMESTAMPTZ", "VARBINARY": "BLOB", "BINARY": "BLOB", "IMAGE": "BLOB",
    "UNIQUEIDENTIFIER": "UUID", "UUID": "UUID", "MONEY": "DECIMAL(19, 4)", "NVARCHAR": "VARCHAR",
    "VARCHAR": "VARCHAR", "CHAR": "VARCHAR", "NCHAR": "VARCHAR", "TEXT": "VARCHAR", "NTEXT": "VARCHAR",
    "NAME": "VARCHAR", "XML": "VARCHAR",
}  # fmt: skip
TEXTS = {"NVARCHAR", "VARCHAR", "CHAR", "NCHAR", "TEXT", "NAME"}
INTEGERS = {"TINYINT", "UTINYINT", "SMALLINT", "INT", "BIGINT"}


def in_duckdb(kind: exp.DataType) -> str:
    """DuckDB's type of a type of T-SQL. Raises KeyError for one that is not known."""
    name = kind.this.name if hasattr(kind.this, "name") else str(kind.this)
    if name in ("DECIMAL", "NUMERIC"):
        digits = [part.name for part in kind.expressions] or ["18", "0"]
        return f"DECIMAL({digits[0]}, {digits[1] if len(digits) > 1 else 0})"
    if name == "USERDEFINED":
        return "VARCHAR" if "sysname" in kind.sql().lower() else _PLAIN[kind.sql().upper()]
    return _PLAIN[name]


def length(kind: exp.DataType) -> int | None:
    """Characters that a text may have; None for any number, and for other types."""
    name = getattr(kind.this, "name", "")
    if name not in TEXTS or not kind.expressions:
        return None
    word = kind.expressions[0].name
    return int(word) if word.isdigit() else None


def of_parameter(kind: Kind) -> str:
    """DuckDB's type of a parameter."""
    if kind.name == "int":
        return {1: "UTINYINT", 2: "SMALLINT", 4: "INTEGER", 8: "BIGINT"}[kind.size]
    if kind.name == "decimal":
        return f"DECIMAL({kind.precision}, {kind.scale})"
    return {
        "bit": "BOOLEAN", "float": "DOUBLE", "guid": "UUID", "date": "DATE", "time": "TIME",
        "datetime": "TIMESTAMP", "datetime2": "TIMESTAMP", "datetimeoffset": "TIMESTAMPTZ",
        "nvarchar": "VARCHAR", "varchar": "VARCHAR", "varbinary": "BLOB",
    }[kind.name]  # fmt: skip


_RESULTS = {
    "BOOLEAN": Kind("bit", 1), "UTINYINT": Kind("int", 1), "TINYINT": Kind("int", 2), "SMALLINT": Kind("int", 2),
    "USMALLINT": Kind("int", 4), "INTEGER": Kind("int", 4), "UINTEGER": Kind("int", 8),
    "BIGINT": Kind("int", 8), "DOUBLE": Kind("float", 8), "FLOAT": Kind("float", 4), "DATE": Kind("date"),
    "TIME": Kind("time", 0, 0, 6), "TIMESTAMP": Kind("datetime2", 0, 0, 6),
    "TIMESTAMP WITH TIME ZONE": Kind("datetimeoffset", 0, 0, 6), "UUID": Kind("guid", 16),
    '"NULL"': Kind("int", 4), "NULL": Kind("int", 4),
}  # fmt: skip
_BIGGEST = 2**63


def of_result(duckdb_type: str, values: list[Any]) -> Kind:
    """The type in which a result's column is sent: short text and bytes where every value is."""
    if duckdb_type in _RESULTS:
        return _RESULTS[duckdb_type]
    if found := re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", duckdb_type):
        return Kind("decimal", 0, int(found[1]), int(found[2]))
    if duckdb_type in ("HUGEINT", "UBIGINT", "UHUGEINT"):
        fits = all(value is None or -_BIGGEST <= value < _BIGGEST for value in values)
        return Kind("int", 8) if fits else Kind("decimal", 0, 38, 0)
    if duckdb_type == "BLOB":
        return Kind("varbinary", 8000 if all(len(value or b"") <= 8000 for value in values) else MAX)
    short = all(len(str(value or "")) <= 2000 for value in values)
    return Kind("nvarchar", 8000 if short else MAX)


def declared(duckdb_type: str, said: str | None) -> str:
    """The T-SQL name of a table's column: as it was declared, or what its DuckDB type stands for."""
    if said:
        return said
    if duckdb_type.startswith("DECIMAL"):
        return duckdb_type.lower().replace(" ", "")
    return {
        "BOOLEAN": "bit", "UTINYINT": "tinyint", "TINYINT": "smallint", "SMALLINT": "smallint",
        "INTEGER": "int", "BIGINT": "bigint", "HUGEINT": "decimal(38,0)", "DOUBLE": "float", "FLOAT": "real",
        "DATE": "date", "TIME": "time(6)", "TIMESTAMP": "datetime2(6)", "BLOB": "varbinary(max)",
        "TIMESTAMP WITH TIME ZONE": "datetimeoffset(6)", "UUID": "uniqueidentifier",
    }.get(duckdb_type, "nvarchar(max)")  # fmt: skip


def kind_of_column(duckdb_type: str, said: str | None) -> Kind:
    return kind_named(declared(duckdb_type, said))
