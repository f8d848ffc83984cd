"""dlt's client for SQL Server with our own way to load a Parquet file and our own merge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dlt.common.destination.client import HasFollowupJobs, RunnableLoadJob
from dlt.common.schema.utils import get_columns_names_with_prop, get_first_column_name_with_prop
from dlt.common.storages.load_package import ParsedLoadJobFileName
from dlt.destinations.exceptions import (
    DatabaseTerminalException,
    DatabaseTransientException,
    DatabaseUndefinedRelation,
)
from dlt.destinations.impl.mssql.mssql import MsSqlJobClient
from dlt.destinations.impl.mssql.sql_client import PyOdbcMsSqlClient
from dlt.destinations.sql_client import raise_database_error
from dlt.destinations.sql_jobs import SqlMergeFollowupJob

from pipelines.errors import WarehouseError
from pipelines.landing.destinations.sqlserver.copying import Route, load_file
from pipelines.landing.destinations.sqlserver.fields import Field, field_of
from pipelines.landing.destinations.sqlserver.statements import (
    Relation,
    delete_replaced,
    insert_loaded,
)

# of a statement about something that is not there: see pipelines/warehouse/sqlserver/errors.py
_NOT_THERE = frozenset({208, 2760, 3701, 4902, 15151})


class FileJob(RunnableLoadJob, HasFollowupJobs):
    """One Parquet file into the table it is for."""

    def run(self) -> None:
        client: Any = self._job_client
        table = Relation(client.sql_client.dataset_name, self.load_table_name)
        fields = fields_of(self._load_table)
        try:
            with client.route.open_session() as session:
                load_file(client.route, session, Path(self._file_path), table, fields)
        except WarehouseError as failed:
            raise _as_dlts(failed) from failed


def _as_dlts(failed: WarehouseError) -> Exception:
    """A deadlock's victim is tried again by dlt; of anything else, it cannot be known whether it was done."""
    again = failed.facts.get("again")
    return DatabaseTransientException(failed) if again else DatabaseTerminalException(failed)


class DeleteInsert(SqlMergeFollowupJob):
    """Rows with a loaded key go, loaded rows come, in one transaction; a server needs no MERGE."""

    @classmethod
    def generate_sql(cls, table_chain: Sequence[Any], sql_client: Any) -> list[str]:
        [table] = table_chain  # nothing we land is nested
        fields = {field.name: field for field in fields_of(table)}
        keys = get_columns_names_with_prop(table, "primary_key") or get_columns_names_with_prop(
            table, "merge_key"
        )
        target = Relation(sql_client.dataset_name, table["name"])
        loaded = Relation(sql_client.staging_dataset_name, table["name"])
        deleted = get_first_column_name_with_prop(table, "hard_delete")
        return [
            delete_replaced(target, loaded, [fields[name] for name in keys]),
            insert_loaded(target, loaded, list(fields.values()), deleted),
        ]


class SqlClient(PyOdbcMsSqlClient):
    """dlt's own statements, on a session as the warehouse's is: one driver, one way to verify a server.

    Each statement is sent by itself: of several in one, dlt passes over the failure of any but the first.
    """

    route: Route

    def open_connection(self) -> Any:
        self._conn = self.route.open_session()
        return self._conn

    @contextmanager
    def begin_transaction(self) -> Iterator[Any]:
        with self._conn.transaction():
            yield self

    @contextmanager
    @raise_database_error
    def execute_query(self, query: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
        names, rows = self._conn.answered(query.replace("%s", "?") if args else query, args)
        yield _Answer(names, rows)

    def has_dataset(self) -> bool:
        """In the catalogue's own letters: a database of a binary collation knows no `schema_name`."""
        found = self.execute_sql(
            "SELECT 1 FROM INFORMATION_SCHEMA.SCHEMATA WHERE SCHEMA_NAME = %s", self.dataset_name
        )
        return bool(found)

    @classmethod
    def _make_database_exception(cls, ex: Exception) -> Exception:
        if not isinstance(ex, WarehouseError):
            return ex
        if ex.facts.get("number") in _NOT_THERE:
            return DatabaseUndefinedRelation(ex)
        return _as_dlts(ex)

    @staticmethod
    def is_dbapi_exception(ex: Exception) -> bool:
        return isinstance(ex, WarehouseError)


class _Answer:
    """What dlt looks at of a cursor."""

    def __init__(self, names: list[str], rows: list[tuple[Any, ...]]) -> None:
        self.description = [(name,) for name in names] or None
        self._rows = iter(rows)

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(self._rows, None)

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self._rows)


class Client(MsSqlJobClient):
    """Loads Parquet files by `FileJob`; a subclass has the `route` of its warehouse."""

    route: Route

    def __init__(self, schema: Any, config: Any, capabilities: Any) -> None:
        super().__init__(schema, config, capabilities)
        old = self.sql_client
        self.sql_client = SqlClient(
            old.dataset_name, old.staging_dataset_name, config.credentials, capabilities
        )
        self.sql_client.route = self.route

    def create_load_job(self, table: Any, file_path: str, load_id: str, restore: bool = False) -> Any:
        if ParsedLoadJobFileName.parse(file_path).file_format == "parquet":
            return FileJob(file_path)
        return super().create_load_job(table, file_path, load_id, restore)

    def _create_merge_followup_jobs(self, table_chain: Sequence[Any]) -> list[Any]:
        return [DeleteInsert.from_table_chain(table_chain, self.sql_client)]

    def _get_storage_table_query_columns(self) -> list[str]:
        return [name.upper() for name in super()._get_storage_table_query_columns()]

    def _get_info_schema_columns_query(
        self, catalog_name: str | None, schema_name: str, folded_table_names: list[str]
    ) -> tuple[str, list[Any]]:
        """In the catalogue's own letters, as `has_dataset`."""
        listed = ", ".join(self._get_storage_table_query_columns())
        query = f"SELECT {listed} FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = %s"
        if folded_table_names:
            query += f" AND TABLE_NAME IN ({', '.join(['%s'] * len(folded_table_names))})"
        return f"{query} ORDER BY TABLE_NAME, ORDINAL_POSITION", [schema_name, *folded_table_names]


def fields_of(table: Any) -> list[Field]:
    """The columns of dlt's table, in their order; one of which no value was seen yet has no type there."""
    return [field_of(column) for column in table["columns"].values() if column.get("data_type")]
