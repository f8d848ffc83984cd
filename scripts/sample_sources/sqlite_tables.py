"""Rows of a sample's tables, collected in writing order and put into a SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]


class SqliteTables:
    """`tables` is name → columns in SQLite's types; a row may still be changed until all is written."""

    def __init__(self, tables: Mapping[str, str]) -> None:
        self.tables = tables
        self.rows: dict[str, list[Row]] = {table: [] for table in tables}

    def write(self, connection: sqlite3.Connection) -> None:
        """Creates the tables in an empty database and fills them; a row lacks what is NULL."""
        for table, declaration in self.tables.items():
            connection.execute(f"CREATE TABLE {table} ({declaration})")
            columns = [part.split()[0] for part in declaration.split(",")]
            marks = ", ".join("?" for _ in columns)
            rows = ([row.get(column) for column in columns] for row in self.rows[table])
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        connection.commit()
