"""What a warehouse does, whichever engine it is on. Statements are SQL of that engine, `?` by position."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

import duckdb

Engine = Literal["duckdb", "sqlserver"]
Listed = Literal["text", "date"]
Parameters = Sequence[Any] | dict[str, Any]
_Result = TypeVar("_Result")


class Warehouse(ABC):
    """An open warehouse. `place` names it in sentences: a file, or a database on a server.

    `local` is the DuckDB in which Arrow batches and Parquet files are classified and compared: on DuckDB the
    warehouse itself, on SQL Server one of this process in the work folder. `place` never holds a secret.
    """

    engine: Engine
    place: str

    @property
    @abstractmethod
    def local(self) -> Warehouse:
        """The DuckDB for Arrow and Parquet."""

    @property
    @abstractmethod
    def connection(self) -> duckdb.DuckDBPyConnection:
        """DuckDB's own connection of `local`."""

    @property
    @abstractmethod
    def disk(self) -> Path:
        """A file on the disk that DuckDB writes to, for sentences about that disk."""

    @abstractmethod
    def answered(self, sql: str, parameters: Parameters = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Names of the columns, and the rows in Python's types, the same on both engines."""

    @abstractmethod
    def execute(self, sql: str, parameters: Parameters = ()) -> None:
        """A statement without rows."""

    @abstractmethod
    def insert(self, table: str, records: list[dict[str, Any]]) -> None:
        """Appends records (all with the same keys) to a table of ours."""

    @abstractmethod
    def types(self, schema: str, table: str) -> dict[str, str]:
        """Column names and their types in the engine's words, in order; none where there is no such table."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """All statements within hold, or none."""

    @abstractmethod
    def brought(
        self, schema: str, table: str, columns: Sequence[str] | None = None, instance: str | None = None
    ) -> str:
        """The quoted name of a relation of `local` with these columns (default: all) of a landed table.

        On DuckDB that is the table itself, with rows of every instance: who asks still names the instance.
        On SQL Server it is a copy of now, of that instance's rows, good until it is brought again.
        """

    @abstractmethod
    def among(self, kind: Listed = "text") -> str:
        """What follows `in`: one parameter, a Python list. `where day in {among("date")}`."""

    @abstractmethod
    def close(self) -> None:
        """Gives back what is open; a warehouse that is closed answers nothing."""

    def caveats(self) -> list[str]:
        """What of this warehouse a run warns of."""
        return []

    def in_transaction(self, work: Callable[[], _Result]) -> _Result:
        """What `work` returns, done wholly or not at all; done anew where the engine says to try again."""
        with self.transaction():
            return work()

    @contextmanager
    def with_half_the_memory(self) -> Iterator[None]:
        """The local DuckDB may use half of its memory while this is open."""
        with self.local.with_half_the_memory():
            yield

    def rows(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        return self.answered(sql, parameters)[1]

    def records(self, sql: str, parameters: Parameters = ()) -> list[dict[str, Any]]:
        """The same rows by the names of their columns."""
        names, rows = self.answered(sql, parameters)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        rows = self.rows(sql, parameters)
        return rows[0][0] if rows else None

    def has_table(self, schema: str, table: str) -> bool:
        return bool(self.types(schema, table))

    def columns(self, schema: str, table: str) -> list[str]:
        return list(self.types(schema, table))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
