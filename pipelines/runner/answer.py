"""`warehouse query`: one read-only statement, answered as a table, CSV or JSON."""

from __future__ import annotations

import csv
import json
import sys
from typing import Any, TextIO

import duckdb
from rich.console import Console
from rich.table import Table

from pipelines.errors import UsageError
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_published, open_warehouse
from pipelines.warehouse.sqlserver import SqlServerWarehouse
from pipelines.warehouse.sqlserver.questions import asked

FORMATS = ("table", "csv", "json")


def answer(settings: Settings, sql: str, *, staging: bool, form: str) -> None:
    """Prints the rows of `sql` on the published marts, or on the warehouse itself for operators.

    `sql` is in the engine's words: DuckDB's, or T-SQL. Raises UsageError with the engine's own sentence when
    the statement cannot be answered; SQL Server's only where it cannot quote a value of a row.
    """
    if form not in FORMATS:
        raise UsageError(f"There is no format `{form}`.", f"Use one of {', '.join(FORMATS)}.")
    opened = open_warehouse(settings, read_only=True) if staging else open_published(settings)
    with opened as warehouse:
        names, rows = _ask(warehouse, sql)
    {"table": _as_table, "csv": _as_csv, "json": _as_json}[form](names, rows, sys.stdout)


def _ask(warehouse: Warehouse, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    if isinstance(warehouse, SqlServerWarehouse):
        return asked(warehouse, sql)
    try:
        # DuckDB's own connection: what fails is told in its words
        cursor = warehouse.connection.execute(sql)
        return [column[0] for column in cursor.description or ()], cursor.fetchall()
    except duckdb.Error as refused:
        first = str(refused).strip().splitlines()[0]
        raise UsageError(
            f"The query cannot be answered: {first}", "`show all tables` lists what there is."
        ) from None


def _as_table(names: list[str], rows: list[tuple[Any, ...]], to: TextIO) -> None:
    table = Table(*names)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    width = None if to.isatty() else 200
    console = Console(file=to, highlight=False, markup=False, width=width)
    console.print(table)
    console.print(f"{len(rows)} row{'' if len(rows) == 1 else 's'}")


def _as_csv(names: list[str], rows: list[tuple[Any, ...]], to: TextIO) -> None:
    writer = csv.writer(to, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)


def _as_json(names: list[str], rows: list[tuple[Any, ...]], to: TextIO) -> None:
    json.dump(
        [dict(zip(names, row, strict=True)) for row in rows], to, default=str, indent=1, ensure_ascii=False
    )
    to.write("\n")
