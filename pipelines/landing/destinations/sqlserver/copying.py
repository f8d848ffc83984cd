"""One Parquet file into one table: verified bulk copy, or, where that cannot be trusted, batches of JSON.

Bulk copy has a connection of its own, outside any transaction, and what it sent stays whatever happens. So it
fills a scratch table that nobody reads; rows reach the table by one statement, after the server's own counts
agree with what was sent.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.errors import LandingError, WarehouseError
from pipelines.landing.destinations.sqlserver import canary
from pipelines.landing.destinations.sqlserver.batches import json_batches
from pipelines.landing.destinations.sqlserver.canary import CopySession
from pipelines.landing.destinations.sqlserver.fields import Field, fitting
from pipelines.landing.destinations.sqlserver.measured import Measured
from pipelines.landing.destinations.sqlserver.statements import (
    Relation,
    create_scratch,
    drop,
    insert_batch,
    measures,
    move,
    sample,
    scratch_for,
)

WORTH_A_COPY = 1_000  # rows; fewer are sooner there as one batch
COPY_SECONDS = 900  # for one chunk, a row group of the file


class NotTrusted(Exception):
    """A copy did not end as it should, and nothing of it has reached the table."""


class LoadSession(CopySession, Protocol):
    """The ordinary connection, with its transactions."""

    def transaction(self) -> AbstractContextManager[None]: ...


@dataclass
class Route:
    """How rows get to one server, and what a run is to be told about it."""

    server: str
    open_session: Callable[[], AbstractContextManager[LoadSession]]
    bulk: Literal["auto", "on", "off"] = "auto"
    warnings: list[str] = field(default_factory=list)

    def warn(self, why: str) -> None:
        sentence = (
            f"Rows went to {self.server} in batches instead of by bulk copy, which is slower: {why}. "
            "WAREHOUSE_SQLSERVER__BULK=off stops asking."
        )
        if sentence not in self.warnings:
            self.warnings.append(sentence)


def load_file(
    route: Route, session: LoadSession, path: Path, table: Relation, fields: Sequence[Field]
) -> None:
    """Adds the rows of a Parquet file to a table: all of them, or none.

    Raises LandingError when a value has no place in its column, or when only bulk copy is allowed
    (`bulk` is `on`) and cannot be trusted.
    """
    with pq.ParquetFile(path) as file:
        rows = file.metadata.num_rows
        if not rows:
            return
        if not _copied(route, session, file, table, fields, rows):
            _in_batches(session, _chunks(file, table, fields), table, fields)


def _chunks(file: pq.ParquetFile, table: Relation, fields: Sequence[Field]) -> Iterator[pa.Table]:
    """A row group at a time, each whole in memory: a copy that is fed lazily ends in success half-way."""
    wanted = [one.name for one in fields if one.name in file.schema_arrow.names]
    for number in range(file.num_row_groups):
        yield fitting(file.read_row_group(number, columns=wanted), fields, f"{table.schema}.{table.name}")


def _copied(
    route: Route,
    session: LoadSession,
    file: pq.ParquetFile,
    table: Relation,
    fields: Sequence[Field],
    rows: int,
) -> bool:
    """Whether the rows are in the table by bulk copy; the reason why not is a warning of the run."""
    if route.bulk == "off" or (route.bulk == "auto" and rows < WORTH_A_COPY):
        return False
    mark = secrets.token_hex(6)
    why = canary.why_not(
        route.server, route.open_session, scratch_for(Relation(table.schema, "canary"), mark)
    )
    if not why:
        try:
            _copy(session, file, scratch_for(table, mark), table, fields, rows)
            return True
        except NotTrusted as failed:
            why = str(failed)
    if route.bulk == "on":
        raise LandingError(
            f"Bulk copy into {table.name} on {route.server} cannot be trusted: {why}. Nothing of it landed.",
            "Set WAREHOUSE_SQLSERVER__BULK=auto, so that such rows go another way.",
        )
    route.warn(why)
    return False


def _copy(
    session: LoadSession,
    file: pq.ParquetFile,
    scratch: Relation,
    table: Relation,
    fields: Sequence[Field],
    rows: int,
) -> None:
    session.run(create_scratch(scratch, fields))
    try:
        _fill_and_check(session, file, scratch, table, fields, rows)
        with session.transaction():
            session.run(move(scratch, table, fields))
            session.run(drop(scratch))
    except BaseException:
        with suppress(Exception):  # the connection may be gone; the next load drops what is left
            session.run(drop(scratch))
        raise


def _fill_and_check(
    session: LoadSession,
    file: pq.ParquetFile,
    scratch: Relation,
    table: Relation,
    fields: Sequence[Field],
    rows: int,
) -> None:
    """Raises NotTrusted when the copy stops, or when what arrived is not what was sent."""
    measured = Measured(fields, rows)
    for chunk in _chunks(file, table, fields):
        numbered = measured.add(chunk)
        with _distrusted(table):
            session.copy(f"[{scratch.schema}].[{scratch.name}]", numbered, seconds=COPY_SECONDS)
    with _distrusted(table):
        [arrived] = session.rows(measures(scratch, fields))
        wrong = measured.difference(arrived) or measured.sample_difference(
            session.rows(sample(scratch, fields, measured.step))
        )
    if wrong:
        raise NotTrusted(f"after a copy into {table.name}, {wrong} was not what had been sent")


@contextmanager
def _distrusted(table: Relation) -> Iterator[None]:
    """Whatever failed: nothing is in the table yet, and the other way fails too if the server is at fault."""
    try:
        yield
    except Exception as failed:
        why = (
            f"error {failed.facts['number']}"
            if isinstance(failed, WarehouseError) and failed.facts.get("number")
            else type(failed).__name__
        )
        raise NotTrusted(f"a copy into {table.name} failed ({why})") from failed


def _in_batches(
    session: LoadSession, chunks: Iterator[pa.Table], table: Relation, fields: Sequence[Field]
) -> None:
    statement = insert_batch(table, fields)
    with session.transaction():
        for chunk in chunks:
            for batch in json_batches(chunk, fields):
                session.run(statement, [batch])
