"""SQLite files: our own Arrow reader. Types are per value here, so each batch looks at its columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyarrow as pa

from pipelines.contracts import Column
from pipelines.errors import SourceUnreachable, SourceUnreadable
from pipelines.sources.replica.reader import BATCH_ROWS, Reader, Select, SourceTable
from pipelines.sources.replica.values import to_arrow


class SqliteReader(Reader):
    """Opens the file read-only; a file cannot be a primary in use through this URL."""

    engine = "sqlite"
    quote_mark = '"'
    connections_held = 0  # a file has no server to spare

    def __init__(self, place: str, url: str) -> None:
        super().__init__(place)
        # three slashes are a path from here, four an absolute one, as in SQLAlchemy's URLs
        self.path = Path(unquote(urlsplit(url).path).removeprefix("/"))
        self._connection: sqlite3.Connection | None = None

    def guard(self) -> None:
        if not self.path.is_file():
            raise SourceUnreachable(f"{self.place}: there is no file {self.path}.", "Check its URL.")
        with self._translated("opened"):
            self._open().execute("select count(*) from sqlite_master").fetchone()

    def describe(self, table: str) -> SourceTable:
        with self._translated("described"):
            listed = self._open().execute(f"pragma table_info({self.quote(table)})").fetchall()
        columns = {row[1].decode(): row[2].decode().lower() for row in listed}
        primary = frozenset(row[1].decode() for row in listed if row[5])
        # only INTEGER PRIMARY KEY is the row id itself; other keys may hold text in SQLite
        unique = [primary] if len(primary) == 1 and columns[next(iter(primary))] == "integer" else []
        return SourceTable(table, columns, frozenset(unique))

    def indexed(self, table: str) -> frozenset[str]:
        with self._translated("described"):
            primary = self._open().execute(f"pragma table_info({self.quote(table)})").fetchall()
            indexes = self._open().execute(f"pragma index_list({self.quote(table)})").fetchall()
            listed = [
                self._open().execute(f"pragma index_info({self.quote(index[1].decode())})").fetchone()
                for index in indexes
            ]
        found = {row[1].decode() for row in primary if row[5] == 1}
        return frozenset(found | {row[2].decode() for row in listed if row and row[2]})

    def clock(self) -> datetime:
        return datetime.now(UTC).replace(tzinfo=None, microsecond=0)

    def stream(self, select: Select) -> Iterator[pa.RecordBatch]:
        names = [alias for _, alias in select.expressions]
        with self._translated(f"read ({select.table})"):
            rows = self._open().execute(self.sql(select))
            while chunk := rows.fetchmany(BATCH_ROWS):
                arrays = [to_arrow(values) for values in zip(*chunk, strict=True)]
                yield pa.record_batch(arrays, names=names)

    def expression(self, column: Column, source_type: str) -> str:
        return self.quote(column.name)

    def same_type(self, declared: str, offered: str) -> bool:
        """Always: SQLite's declared types bind nobody, so each value is checked at classification instead."""
        return True

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True)
            self._connection.text_factory = bytes
        return self._connection

    @contextmanager
    def _translated(self, doing: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as failed:
            raise SourceUnreadable(
                f"{self.place}: {self.path} could not be {doing} ({type(failed).__name__}).",
                "Check that it is an SQLite file and that nobody is rewriting it.",
            ) from None
