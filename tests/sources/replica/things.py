"""A table `things` at a source, and what is read from it: for tests of readers without landing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipelines.contracts import Column, TableContract
from pipelines.sources.config import TableFetch
from pipelines.sources.replica import Reader, open_read
from pipelines.sources.replica.reader import Select
from pipelines.sources.replica.sqlite import SqliteReader
from tests.landing.tables import column, table

THINGS = table(column("id", "bigint", source_type="bigint"), column("at", "bigint", source_type="bigint"))


def contract(*columns: Column, **more: Any) -> TableContract:
    return table(column("id", "bigint", source_type="bigint"), *columns, **more)


def fetch(**words: Any) -> TableFetch:
    return TableFetch.model_validate(words)


def make(path: Path, ddl: str, rows: list[tuple[Any, ...]] = ()) -> Path:  # type: ignore[assignment]
    """A SQLite file with one table `things`, filled."""
    database = sqlite3.connect(path)
    database.executescript(ddl)
    if rows:
        places = ", ".join("?" for _ in rows[0])
        database.executemany(f"insert into things values ({places})", rows)
    database.commit()
    database.close()
    return path


@contextmanager
def sqlite_reader(path: Path) -> Iterator[SqliteReader]:
    reader = SqliteReader("shop/main", f"sqlite:///{path}")
    reader.guard()
    yield reader
    reader.close()


class Heard:
    """Keeps the text of every SELECT a reader is asked for, and gives up on a read that never ends."""

    def __init__(self, reader: Reader, at_most: int = 200) -> None:
        self.statements: list[str] = []
        stream = reader.stream

        def listening(select: Select) -> Any:
            self.statements.append(reader.sql(select))
            assert len(self.statements) <= at_most, "a read that does not end"
            return stream(select)

        reader.stream = listening  # type: ignore[method-assign]


def read(
    reader: Reader, of: TableContract, how: TableFetch, low: str | None = None, name: str = "things"
) -> tuple[str, list[dict[str, Any]]]:
    """The mode and all rows of one read, in the order they came."""
    opened = open_read(reader, of, how, reader.describe(name), low)
    return opened.mode, [row for batch in opened.batches for row in batch.to_pylist()]
