"""A database on the tests' PostgreSQL pair, and readers of its standby."""

from __future__ import annotations

from typing import Any

from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import Reader, open_reader
from pipelines.sources.replica.reader import Select
from tests.landing.tables import column
from tests.servers.postgresql import PostgreSql


def typed(name: str, kind: str, source_type: str, **more):
    return column(name, kind, source_type=source_type, **more)


def one(reader: Reader, expression: str) -> Any:
    """The value of an expression, read as the rows of a table are."""
    reader.sql = lambda select: f"select {expression} as id"  # type: ignore[method-assign]
    [value] = [row["id"] for batch in reader.stream(Select("it", ())) for row in batch.to_pylist()]
    return value


def at(postgresql: PostgreSql, database: str, settings: Settings | None = None, **more) -> Reader:
    """A reader of the standby that has passed its guard."""
    given = {"url": postgresql.url(database), "ca_file": postgresql.ca_file} | more
    opened = open_reader("shop", "main", InstanceSettings.model_validate(given), settings or Settings())
    opened.guard()
    return opened
