"""SQL Server's catalogue (`sys`, `information_schema`) and its functions, as views and macros of DuckDB.

Object ids are made from names, so a renamed table has another one. Declared types are kept as comments of
the columns; what DuckDB does not have (indexes without a constraint, properties, users) in tables `sys._…`.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

_HERE = Path(__file__).parent
_UNITS = ["year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond"]


def install(connection: duckdb.DuckDBPyConnection, version: str, referential: bool, edition: int = 3) -> None:
    """Makes the catalogue in the current database, `version` being its serverproperty('ProductVersion')."""
    connection.execute("create schema dbo; create schema sys")
    for name in ("catalogue", "information_schema", *(["referential"] if referential else []), "functions"):
        connection.execute((_HERE / f"{name}.sql").read_text(encoding="utf-8"))
    for unit in _UNITS:
        span = f"date_diff('{unit}', cast(a as timestamp), cast(b as timestamp))"
        connection.execute(f"create macro sys.date_span_{unit}(a, b) as {span}")
    said = {
        "productversion": version, "productmajorversion": version.split(".", maxsplit=1)[0],
        "edition": "Developer Edition (64-bit)", "engineedition": str(edition),
        "collation": "Latin1_General_100_BIN2", "servername": "standin", "machinename": "standin",
    }  # fmt: skip
    cases = " ".join(f"when '{name}' then '{value}'" for name, value in said.items())
    connection.execute(f"create macro sys.serverproperty(p) as case lower(p) {cases} end")
