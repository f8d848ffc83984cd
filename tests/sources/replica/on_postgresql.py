"""A database on the tests' PostgreSQL pair, and readers of its standby."""

from __future__ import annotations

from typing import Any

from pipelines.errors import SourceError
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import Reader, open_reader
from pipelines.sources.replica.reader import Select
from tests.landing.tables import column
from tests.servers.postgresql import PostgreSql
from tests.sources.replica import refusals

SECRETS = ("clerks-own-word", "Quillfeather")


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


def unguarded(
    server: PostgreSql, database: str, url: str | None = None, settings: Settings | None = None, **more
) -> Reader:
    given = {"url": url or server.url(database), "ca_file": server.ca_file, **more}
    return open_reader("shop", "main", InstanceSettings.model_validate(given), settings or Settings())


def refused(server: PostgreSql, kind: type[SourceError], says: str, act, *args) -> SourceError:
    return refusals.refused((server.password("reader"), *SECRETS), kind, says, act, *args)
