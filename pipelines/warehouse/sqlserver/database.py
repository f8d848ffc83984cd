"""The warehouse in a database of SQL Server: one session, our transactions, DuckDB's types of values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import duckdb
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from pipelines.errors import WarehouseError
from pipelines.settings import Settings
from pipelines.warehouse.duckdb import DuckDbWarehouse
from pipelines.warehouse.interface import Engine, Listed, Parameters, Warehouse
from pipelines.warehouse.sqlserver.driver import Session, failures, load_driver
from pipelines.warehouse.sqlserver.errors import connection_error, not_loaded, statement_error
from pipelines.warehouse.sqlserver.features import collation_caveat
from pipelines.warehouse.sqlserver.local import drop_local, open_local
from pipelines.warehouse.sqlserver.system import prepare
from pipelines.warehouse.sqlserver.target import place, secret_string, unsafe
from pipelines.warehouse.sqlserver.values import in_duckdb, received, sent, spelled

_LOCK_SECONDS = 60
_ATTEMPTS = 5
_ROWS_A_BATCH = 1000
_ROWS_BROUGHT = 20_000
# One by one, since a server of the T-SQL kind may not know each. Dates are read the same in any language.
# `xact_abort` stays off: to bind a NULL the driver asks the server for the column's type, passes over a
# failure of that, and the transaction would be gone without a word. `transaction` undoes it on any error.
_SESSION = (
    "set language us_english",
    "set dateformat ymd",
    "set xact_abort off",
    f"set lock_timeout {_LOCK_SECONDS * 1000}",
)
# in capitals: in a database of a binary collation these names have no other form
_COLUMNS = """\
select COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION,
    coalesce(NUMERIC_SCALE, DATETIME_PRECISION)
from INFORMATION_SCHEMA.COLUMNS
where TABLE_SCHEMA = ? and TABLE_NAME = ?
order by ORDINAL_POSITION"""
_Result = TypeVar("_Result")


class SqlServerWarehouse(Warehouse):
    """One session, which no other process of ours shares. `read_only` undoes whatever a statement did."""

    engine: Engine = "sqlserver"

    def __init__(self, session: Session, settings: Settings, *, read_only: bool = False) -> None:
        self.session = session
        self.place = place(settings)
        self._settings, self._read_only = settings, read_only
        self._local: DuckDbWarehouse | None = None
        self._brought: dict[tuple[str, str, tuple[str, ...], str | None], str] = {}
        self._within = False

    @property
    def local(self) -> DuckDbWarehouse:
        if self._local is None:
            self._local = open_local(self._settings)
        return self._local

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        return self.local.connection

    @property
    def disk(self) -> Path:
        return self.local.path

    def answered(self, sql: str, parameters: Parameters = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        given = sent(_by_position(parameters))
        names, rows = self._tried(sql, lambda: self._undone(lambda: self.session.answered(sql, given)))
        return names, received(rows)

    def execute(self, sql: str, parameters: Parameters = ()) -> None:
        given = sent(_by_position(parameters))
        self._tried(sql, lambda: self._undone(lambda: self.session.run(sql, given)))

    def insert(self, table: str, records: list[dict[str, Any]]) -> None:
        """In batches, all of them or none."""
        if not records:
            return
        names = list(records[0])
        listed, places = ", ".join(f'"{name}"' for name in names), ", ".join("?" for _ in names)
        sql = f"insert into {table} ({listed}) values ({places})"
        rows = [sent([record[name] for name in names]) for record in records]

        def in_batches() -> None:
            for start in range(0, len(rows), _ROWS_A_BATCH):
                with self._translated(sql):
                    self.session.run_many(sql, rows[start : start + _ROWS_A_BATCH])

        if self._within:
            in_batches()
        else:
            self.in_transaction(in_batches)

    def types(self, schema: str, table: str) -> dict[str, str]:
        found = self.rows(_COLUMNS, [schema, table])
        return {str(name): spelled(str(kind), *sizes) for name, kind, *sizes in found}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One that a deadlock ended is not done anew here: `in_transaction` does that."""
        with self._translated("begin transaction"):
            self.session.run("begin transaction")
        self._within = True
        try:
            yield
            with self._translated("commit transaction"):
                self.session.run("commit transaction")
        except BaseException:
            # fails where the error has undone it already, or has ended the connection and the transaction
            with suppress(*self.session.failures):
                self.session.run("rollback transaction")
            raise
        finally:
            self._within = False

    def in_transaction(self, work: Callable[[], _Result]) -> _Result:
        for attempt in _again():
            with attempt, self.transaction():
                result = work()
        return result

    def brought(
        self, schema: str, table: str, columns: Sequence[str] | None = None, instance: str | None = None
    ) -> str:
        types = self.types(schema, table)
        names = tuple(columns or types)
        key = (schema, table, names, instance)
        relation = self._brought.setdefault(key, f'"brought_{len(self._brought) + 1}"')
        listed = ", ".join(f'"{name}" {in_duckdb(types[name])}' for name in names)
        self.local.execute(f"create or replace table {relation} ({listed})")
        asked = ", ".join(f'"{name}"' for name in names)
        where, given = (" where _instance = ?", (instance,)) if instance else ("", ())
        sql = f'select {asked} from "{schema}"."{table}"{where}'
        with self._translated(sql):
            for batch in self.session.batches(sql, given, size=_ROWS_BROUGHT):
                self.connection.register("_batch", batch)
                self.local.execute(f"insert into {relation} select * from _batch")
                self.connection.unregister("_batch")
        return relation

    def driver_connection(self) -> Any:
        """One more connection, as the driver has it: for SQLAlchemy, which closes it."""
        return open_session(self._settings).connection

    def among(self, kind: Listed = "text") -> str:
        wanted = "date" if kind == "date" else "nvarchar(4000)"
        return f"(select cast([value] as {wanted}) from openjson(?))"

    def caveats(self) -> list[str]:
        return [said for said in (unsafe(self._settings), collation_caveat(self)) if said]

    def close(self) -> None:
        self.session.close()
        if self._local is not None:
            drop_local(self._local)
            self._local = None

    def _tried(self, sql: str, ask: Callable[[], _Result]) -> _Result:
        """Once within a transaction, whose beginning is gone with a deadlock; else again, as a whole."""
        if self._within:
            with self._translated(sql):
                return ask()
        for attempt in _again():
            with attempt, self._translated(sql):
                result = ask()
        return result

    def _undone(self, ask: Callable[[], _Result]) -> _Result:
        if not self._read_only:
            return ask()
        self.session.run("begin transaction")
        try:
            return ask()
        finally:
            with suppress(*self.session.failures):
                self.session.run("rollback transaction")

    @contextmanager
    def _translated(self, sql: str) -> Iterator[None]:
        try:
            yield
        except self.session.failures as failed:
            raise statement_error(self.place, _doing(sql), self.session.last_error(), failed) from None


def open_database(settings: Settings, *, read_only: bool = False) -> SqlServerWarehouse:
    """A session on the database. Raises SettingsError, or WarehouseUnreachable with the reason."""
    return SqlServerWarehouse(open_session(settings), settings, read_only=read_only)


def open_session(settings: Settings) -> Session:
    """One more session, for what must not share the warehouse's: a lock held for a run, a bulk copy."""
    where, string = settings.sqlserver, secret_string(settings)
    prepare(settings)
    try:
        driver = load_driver()
    except ImportError:
        raise not_loaded() from None
    try:
        session = Session(driver, string, where.ca_file, settings.connect_timeout, settings.statement_timeout)
    except failures(driver) as failed:
        raise connection_error(place(settings), where.user, failed) from None
    for statement in _SESSION:
        with suppress(*session.failures):
            session.run(statement)
    return session


def _again() -> Retrying:
    return Retrying(
        retry=retry_if_exception(
            lambda failed: isinstance(failed, WarehouseError) and bool(failed.facts.get("again"))
        ),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.1, max=2),
        reraise=True,
    )


def _by_position(parameters: Parameters) -> Sequence[Any]:
    if isinstance(parameters, dict):
        raise TypeError("parameters have names on DuckDB only")
    return parameters


def _doing(sql: str) -> str:
    """The statement without its values: its first words, up to the first name of a table."""
    words = re.sub(r"'[^']*'", "'…'", " ".join(sql.split()))
    found = re.match(
        r"(?:(?:insert into|delete from|update|create \w+|alter table|drop \w+|truncate table) \S+)",
        words,
        re.I,
    )
    if found:
        return found[0]
    asked = re.search(r"^(select|with)\b.*?\bfrom (?!\()(\S+)", words, re.I)
    return f"select from {asked[2]}" if asked else " ".join(words.split()[:2])
