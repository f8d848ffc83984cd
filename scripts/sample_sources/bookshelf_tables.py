"""Tables of the sample bookshelf, in SQLite's types, and the shelf that collects their rows."""

from __future__ import annotations

import sqlite3
from typing import Any

TABLES = {
    "Accounts": "AccountId INTEGER, Email TEXT, DisplayName TEXT, AccountType TEXT, SchoolUrn TEXT,"
    " IsActive INTEGER, CreatedAt TEXT, UpdatedAt TEXT",
    "Books": "BookId INTEGER, Isbn TEXT, Title TEXT, Subject TEXT, KeyStage TEXT, ProductCode TEXT,"
    " PageCount INTEGER, PublishedOn TEXT, UpdatedAt TEXT",
    "Licences": "LicenceId INTEGER, SchoolUrn TEXT, ProductCode TEXT, Seats INTEGER, StartsOn TEXT,"
    " EndsOn TEXT, UpdatedAt TEXT",
    "Activations": "ActivationId INTEGER, LicenceId INTEGER, BookId INTEGER, AccountId INTEGER,"
    " ActivatedAt TEXT, RevokedAt TEXT, UpdatedAt TEXT",
    "ReadingSessions": "SessionId TEXT, AccountId INTEGER, BookId INTEGER, StartedAt TEXT, EndedAt TEXT,"
    " PagesRead INTEGER, SecondsActive INTEGER, Device TEXT, UpdatedAt TEXT",
}

Row = dict[str, Any]


class Shelf:
    """Rows of every table in writing order. Times are ISO text in UTC, seconds, no zone."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {table: [] for table in TABLES}

    def add(self, table: str, key: str | None = None, **values: Any) -> Row:
        """Enters a row, under the next number if `key` names one, and returns it; it may still change."""
        numbered = {key: len(self.rows[table]) + 1} if key else {}
        row: Row = {**numbered, **values}
        self.rows[table].append(row)
        return row

    def write(self, connection: sqlite3.Connection) -> None:
        """Creates the tables in an empty database and fills them; a row lacks what is NULL."""
        for table, declaration in TABLES.items():
            connection.execute(f"CREATE TABLE {table} ({declaration})")
            columns = [part.split()[0] for part in declaration.split(",")]
            marks = ", ".join("?" for _ in columns)
            rows = ([row.get(column) for column in columns] for row in self.rows[table])
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        connection.commit()
