"""The warehouse in a DuckDB file: opens it and the published marts, and runs statements on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from pipelines.errors import DiskFull, LandingError, UsageError, WarehouseError, WarehouseLocked
from pipelines.settings import Settings
from pipelines.warehouse.allocator import bound_allocator
from pipelines.warehouse.interface import Engine, Listed, Parameters, Warehouse

# 200 MB: at 100 MB a load of 12 texts of 800 bytes a row fails
_WIDE_ROWS_NEED = 200_000_000


class DuckDbWarehouse(Warehouse):
    """One open DuckDB file, or one in memory. Parameters may have names here (`$name`, a dict)."""

    engine: Engine = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection = connection
        self.path = path
        self.place = str(path)

    @property
    def local(self) -> DuckDbWarehouse:
        return self

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        return self._connection

    @property
    def disk(self) -> Path:
        return self.path

    def answered(self, sql: str, parameters: Parameters = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        with translated(self.path):
            rows = self.connection.execute(sql, parameters).fetchall()
        return [column[0] for column in self.connection.description or ()], rows

    def execute(self, sql: str, parameters: Parameters = ()) -> None:
        with translated(self.path):
            self.connection.execute(sql, parameters)

    def insert(self, table: str, records: list[dict[str, Any]]) -> None:
        """Appends records (all with the same keys) to a table of ours."""
        if not records:
            return
        names = list(records[0])
        places = ", ".join("?" for _ in names)
        with translated(self.path):
            self.connection.executemany(
                f"insert into {table} ({', '.join(names)}) values ({places})",
                [[record[name] for name in names] for record in records],
            )

    def types(self, schema: str, table: str) -> dict[str, str]:
        """Column names and their types, in order; none where there is no such table.

        Not from information_schema, which lists every column of every table to answer for one.
        """
        try:
            return dict(self.rows("select name, type from pragma_table_info(?)", [f'"{schema}"."{table}"']))
        except duckdb.CatalogException:
            return {}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.execute("begin transaction")
        try:
            yield
        except BaseException:
            self.connection.execute("rollback")
            raise
        self.execute("commit")

    @contextmanager
    def with_half_the_memory(self) -> Iterator[None]:
        """DuckDB may use half of its memory while this is open, but never less than wide rows need."""
        limit = int(self.value("select parse_formatted_bytes(current_setting('memory_limit'))"))
        half = max(limit // 2, min(limit, _WIDE_ROWS_NEED))
        self.execute(f"set memory_limit = '{half}B'")
        try:
            yield
        finally:
            self.execute(f"set memory_limit = '{limit}B'")

    def brought(
        self, schema: str, table: str, columns: Sequence[str] | None = None, instance: str | None = None
    ) -> str:
        return f'"{schema}"."{table}"'

    def among(self, kind: Listed = "text") -> str:
        return f"(select unnest(?::{'date' if kind == 'date' else 'varchar'}[]))"

    def close(self) -> None:
        self.connection.close()


def open_file(settings: Settings, *, read_only: bool = False) -> DuckDbWarehouse:
    """The warehouse file, spilling to the work folder beyond the memory limit.

    Raises WarehouseLocked when another process holds it longer than `lock_timeout`, and UsageError
    when a reader finds no file.
    """
    path = settings.warehouse_file
    if read_only and not path.exists():
        raise UsageError(f"There is no warehouse at {path} yet.", "Run `warehouse run` first.")
    return open_at(settings, path, read_only=read_only)


def open_at(settings: Settings, path: Path, *, read_only: bool = False) -> DuckDbWarehouse:
    """A DuckDB file, made if need be, waited for while somebody else has it open. Raises WarehouseLocked."""
    bound_allocator()
    path.parent.mkdir(parents=True, exist_ok=True)
    spill = settings.work_folder / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    config = {
        "memory_limit": settings.memory_limit,
        "temp_directory": str(spill),
        "preserve_insertion_order": "false",
        # DuckDB 1.5 knows a local file again by inode, size and second: one that was written anew under its
        # name within a second, as every landing does, would be read as it was before
        "enable_external_file_cache": "false",
    }
    for attempt in Retrying(
        retry=retry_if_exception_type(WarehouseLocked),
        stop=stop_after_delay(settings.lock_timeout),
        wait=wait_fixed(0.5),
        reraise=True,
    ):
        with attempt, translated(path):
            connection = _connect(path, config, read_only=read_only)
    return DuckDbWarehouse(connection, path)


def open_published_file(settings: Settings) -> DuckDbWarehouse:
    """The published marts, read only and closed to the outside (no files, no network)."""
    path = settings.published_file
    if not path.exists():
        raise UsageError(f"Nothing is published at {path} yet.", "Run `warehouse run` first.")
    config = {"enable_external_access": "false"}
    with translated(path):
        return DuckDbWarehouse(_connect(path, config, read_only=True), path)


def _connect(path: Path, config: dict[str, str], *, read_only: bool) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(path), read_only=read_only, config=config)  # type: ignore[arg-type]
    connection.execute("set TimeZone = 'UTC'")
    return connection


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns DuckDB's and the system's failures into ours: locked, disk full, anything else."""
    try:
        yield
    except (duckdb.IOException, OSError) as failed:
        raise storage_error(failed, path) from None
    except duckdb.OutOfMemoryException as failed:
        if "disk" in str(failed).lower() or "temp" in str(failed).lower():
            raise storage_error(failed, path) from None
        raise LandingError(
            f"DuckDB needed more memory than WAREHOUSE_MEMORY_LIMIT allows for {path.name}.",
            "Raise it and run again.",
        ) from None


def storage_error(failed: BaseException, path: Path) -> WarehouseError:
    """Which of our errors an I/O failure is; the driver's text is only searched, never passed on."""
    text = str(failed)
    if "No space left" in text or "max_temp_directory_size" in text or "File too large" in text:
        return DiskFull(
            f"The disk that holds {path.parent} is full.",
            "Free space there, then run again: nothing half-landed.",
        )
    if "set lock" in text or "Conflicting lock" in text:  # `lock` alone is in every block, too
        return WarehouseLocked(
            f"The warehouse file {path} is held by another process.",
            "Close what has it open (a `warehouse query --staging`, a notebook) and run again.",
        )
    return LandingError(
        f"The warehouse file {path} could not be read or written.",
        "Check the disk and the file's permissions.",
    )


def named_values(sql: str, values: Mapping[str, object]) -> dict[str, object]:
    """Those values that the statement names: DuckDB refuses to be given another."""
    return {name: value for name, value in values.items() if f"${name}" in sql}
