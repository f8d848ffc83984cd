"""What every replica engine must offer, and the SELECT statements all of them share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import sleep

import pyarrow as pa

from pipelines.contracts import Column, TableContract
from pipelines.errors import TableMismatch
from pipelines.warehouse.quoting import literal

BATCH_ROWS = 12_500


@dataclass(frozen=True)
class Select:
    """One SELECT: quoted expressions with their aliases, conditions joined by AND, order, row limit."""

    table: str
    expressions: tuple[tuple[str, str], ...]
    conditions: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    rows: int | None = None


@dataclass(frozen=True)
class SourceTable:
    """A table as the source describes it: column name to type, and its unique keys."""

    name: str
    columns: dict[str, str]
    unique_keys: frozenset[frozenset[str]] = field(default_factory=frozenset)


class Reader(ABC):
    """One verified connection target. Subclasses add an engine's quoting, casts and catalogue."""

    engine: str
    quote_mark: str
    connections_held: int = 1  # from the guard to close()
    connections_per_read: int = 0  # more for as long as a stream lasts, where rows take a way of their own

    def __init__(self, place: str) -> None:
        self.place = place
        self.connections_opened = 0  # an engine counts each one it opens

    @abstractmethod
    def guard(self) -> None:
        """Connects once; proves login, TLS, read-only and replica. Raises a SourceError."""

    @abstractmethod
    def describe(self, table: str) -> SourceTable:
        """Columns and unique keys of a table; no columns when it does not exist."""

    @abstractmethod
    def clock(self) -> datetime:
        """The source's own time, UTC without zone: windows end by it, never by ours."""

    @abstractmethod
    def stream(self, select: Select) -> Iterator[pa.RecordBatch]:
        """Rows as Arrow batches of at most BATCH_ROWS. Raises a SourceError, never a driver's."""

    @abstractmethod
    def expression(self, column: Column, source_type: str) -> str:
        """The lossless form in which a column is selected."""

    def exact_time(self, moves: str) -> str:
        """How a time cursor is selected so that the next page can go on from it: as it is, where what arrives
        has every digit; else in a form whose `text` compares equal."""
        return moves

    @abstractmethod
    def same_type(self, declared: str, offered: str) -> bool:
        """Whether a column still has the type its contract names."""

    def indexed(self, table: str) -> frozenset[str] | None:
        """Columns that an index of the table begins with; None where that cannot be known."""
        return None

    def lag(self) -> float | None:
        """Seconds this replica is behind its primary; None when it cannot be known, or it is no replica.

        Raises SourceUnreachable when replication has stopped, so that no number would be true.
        """
        return None

    def connections(self) -> tuple[int, int] | None:
        """Connections in use at the server, everybody's, and how many it allows; None when unknown."""
        return None

    def wait(self, seconds: float) -> None:
        """Before an interrupted read is tried again."""
        sleep(seconds)

    @abstractmethod
    def close(self) -> None:
        """Releases whatever is held; called once at the end of a platform's landing."""

    def greatest(self, columns: Sequence[str]) -> str:
        """The greatest of several quoted columns, NULLs aside; NULL where all are. It keeps their type, needs
        no GREATEST (SQL Server 2022) and no subquery, which may not stand in an aggregate."""
        found = columns[0]
        for column in columns[1:]:
            found = f"case when {found} is null or {column} > {found} then {column} else {found} end"
        return found

    def quote(self, name: str) -> str:
        return self.quote_mark + name.replace(self.quote_mark, self.quote_mark * 2) + self.quote_mark

    def text(self, value: str | bytes) -> str:
        """A text literal of exactly these characters (or bytes, where they are not UTF-8)."""
        if isinstance(value, bytes):
            return f"cast(x'{value.hex()}' as text)"
        return literal(value)

    def sql(self, select: Select) -> str:
        """The statement's text; identifiers quoted, literals written by us as numbers or ISO times."""
        listed = ", ".join(f"{expression} as {self.quote(alias)}" for expression, alias in select.expressions)
        text = f"select {listed} from {self.quote(select.table)}"
        if select.conditions:
            text += " where " + " and ".join(f"({condition})" for condition in select.conditions)
        if select.order:
            text += " order by " + ", ".join(select.order)
        return text + (f" limit {select.rows}" if select.rows else "")


def check_table(reader: Reader, contract: TableContract, source: SourceTable) -> list[str]:
    """Compares a contract with the source's own description.

    Returns the columns the source offers and the contract does not name (the drift report).
    Raises TableMismatch with both lists when a table, column or type is not as declared.
    """
    if not source.columns:
        raise TableMismatch(
            f"{reader.place} has no table {source.name} (contract: {contract.platform}.{contract.name}).",
            "Check the database, the table prefix and the login's SELECT rights.",
        )
    missing = [column.name for column in contract.fetched if column.name not in source.columns]
    if missing:
        raise TableMismatch(
            f"{reader.place}: {source.name} lacks {', '.join(missing)}; "
            f"it offers {', '.join(sorted(source.columns))}.",
            f"Change the contract of {contract.name} or ask the platform's team.",
        )
    changed = [
        f"{column.name} (contract {column.source_type}, now {source.columns[column.name]})"
        for column in contract.fetched
        if not reader.same_type(column.source_type or "", source.columns[column.name])
    ]
    if changed:
        raise TableMismatch(
            f"{reader.place}: {source.name} changed the type of {', '.join(changed)}.",
            f"Change the contract of {contract.name} once the new type is understood.",
        )
    declared = {column.name for column in contract.columns}
    return sorted(set(source.columns) - declared)
