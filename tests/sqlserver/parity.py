"""Relations of two engines as texts that are equal where the data is."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from tests.sqlserver.server import Server

# Of a load, and of the moment of a build; everything else is data.
_OF_A_LOAD = frozenset({"_dlt_load_id", "_dlt_id"})


def on_server(server: Server, *schemas: str) -> dict[str, list[str]]:
    """Every table's rows, sorted as texts, by `schema.table`; tables of dlt's own left out."""
    found = {}
    for name, columns in server.tables(*schemas).items():
        if "._dlt" not in name:
            kept = sorted(column for column in columns if column not in _OF_A_LOAD)
            schema, table = name.split(".", 1)
            listed = ", ".join(f"[{column}]" for column in kept)
            found[name] = _texts(kept, server.ask(f"select {listed} from [{schema}].[{table}]"))
    return found


def on_duckdb(path: Path, *schemas: str) -> dict[str, list[str]]:
    """The same of a DuckDB file."""
    found = {}
    with closing(duckdb.connect(path, read_only=True)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        listed = connection.execute(
            "select table_schema, table_name, list(column_name) from information_schema.columns"
            " where list_contains(?, table_schema) and not starts_with(table_name, '_dlt') group by all",
            [list(schemas)],
        ).fetchall()
        for schema, table, columns in listed:
            kept = sorted(column for column in columns if column not in _OF_A_LOAD)
            asked = ", ".join(f'"{column}"' for column in kept)
            rows = connection.execute(f'select {asked} from "{schema}"."{table}"').fetchall()
            found[f"{schema}.{table}"] = _texts(kept, rows)
    return found


def differences(one: dict[str, list[str]], other: dict[str, list[str]]) -> dict[str, object]:
    """By relation: how many rows only the one and only the other has, and one row of each."""
    found: dict[str, object] = {}
    for name in sorted(one.keys() | other.keys()):
        left, right = one.get(name), other.get(name)
        if left is None or right is None:
            found[name] = "missing in the " + ("first" if left is None else "second")
        elif left != right:
            only_left, only_right = _without(left, right), _without(right, left)
            found[name] = (left[0], len(only_left), len(only_right), only_left[:1], only_right[:1])
    return found


def _without(rows: list[str], others: Iterable[str]) -> list[str]:
    known = set(others)
    return [row for row in rows if row not in known]


def _texts(columns: list[str], rows: Iterable[tuple[Any, ...]]) -> list[str]:
    return [" | ".join(columns), *sorted(" | ".join(map(_text, row)) for row in rows)]


def _text(value: Any) -> str:
    """A value without what only its type in Python adds: a float's last digits, a decimal's last zeros."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float | Decimal | int):
        return f"{Decimal(str(value)).normalize():.12g}" if isinstance(value, float) else _exact(Decimal(value))
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    return "NULL" if value is None else str(value)


def _exact(value: Decimal) -> str:
    """A whole number or a decimal; one of up to 15 digits reads as the float it may be on the other engine."""
    return f"{value.normalize():.12g}" if len(value.as_tuple().digits) <= 15 else f"{value:f}"
