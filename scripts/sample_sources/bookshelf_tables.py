"""Tables of the sample bookshelf, in SQLite's types, and the shelf that collects their rows."""

from __future__ import annotations

from typing import Any

from scripts.sample_sources.sqlite_tables import Row, SqliteTables

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


class Shelf(SqliteTables):
    """Rows of every table in writing order. Times are ISO text in UTC, seconds, no zone."""

    def __init__(self) -> None:
        super().__init__(TABLES)

    def add(self, table: str, key: str | None = None, **values: Any) -> Row:
        """Enters a row, under the next number if `key` names one, and returns it; it may still change."""
        numbered = {key: len(self.rows[table]) + 1} if key else {}
        row: Row = {**numbered, **values}
        self.rows[table].append(row)
        return row
