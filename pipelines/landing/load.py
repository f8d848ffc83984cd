"""One dlt load package a platform instance: staged files in, rows in `staging_<platform>` out.

dlt's working folder is a cache: it is thrown away before every load, so that no package left pending
by a killed run can be loaded instead of today's rows (dlt retries it first and ignores new data). The
schema comes back from the warehouse, and what a killed load left there is settled by the ledger.
"""

from __future__ import annotations

import shutil
import traceback
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipelines.errors import LandingError, WarehouseError
from pipelines.landing.destinations import destination
from pipelines.landing.hints import dlt_columns
from pipelines.landing.outcome import TableOutcome
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse
from pipelines.warehouse.duckdb import storage_error

Stage = Callable[[TableOutcome], None]
Merge = dict[str, object]
UPSERT: Merge = {"disposition": "merge", "strategy": "upsert"}
# where most of a table may change at once: an upsert of 600,000 rows needs more than 400 MB, this does not
DELETE_INSERT: Merge = {"disposition": "merge", "strategy": "delete-insert", "deduplicated": True}
# files that never landed have nothing to replace; files issued again replace their rows
APPEND: Merge = {"disposition": "append"}
REPLACE_FILES: Merge = {"disposition": "merge", "strategy": "delete-insert", "deduplicated": True}
_OURS = Path(__file__).parents[1]


class Package:
    """Extract → normalise → load of one platform instance, in steps the ledger stands between."""

    def __init__(
        self, settings: Settings, warehouse: Warehouse, platform: str, schema: str, *, merges: Merge = UPSERT
    ) -> None:
        self._warehouse, self._schema = warehouse, schema
        self._name = f"land_{platform}"
        self._folder = settings.work_folder.resolve() / "dlt"
        settings.apply_to_libraries()
        self._destination = destination(settings, warehouse, schema)
        if self._destination.merges and merges["disposition"] == "merge":
            merges = merges | {"strategy": self._destination.merges, "deduplicated": True}
        self._how, self._merges = merges, False
        self._pipeline = self._fresh_pipeline()

    def extract(self, outcomes: list[TableOutcome], stage: Stage) -> None:
        """Runs `stage` for every table inside dlt's extract step, where the load id is known."""
        resources = [self._resource(outcome, stage) for outcome in outcomes]
        with self._translated("extracted"):
            self._pipeline.extract(resources, loader_file_format="parquet")

    def commit(self) -> None:
        """Normalises (a file link) and loads; afterwards the load id is in `_dlt_loads`.

        Filling empty tables needs little memory, but DuckDB takes all it may; a merge needs what it takes.
        """
        sparing = nullcontext() if self._merges else self._warehouse.with_half_the_memory()
        with self._translated("loaded"), sparing:
            self._pipeline.normalize()
            self._pipeline.load(raise_on_failed_jobs=True)

    @property
    def warnings(self) -> list[str]:
        """What a run is to be told of how rows were loaded."""
        return self._destination.warnings

    def discard(self) -> None:
        """Drops whatever is pending, committed nowhere."""
        shutil.rmtree(self._folder / self._name, ignore_errors=True)

    def _fresh_pipeline(self) -> Any:
        import dlt

        shutil.rmtree(self._folder / self._name, ignore_errors=True)
        pipeline = dlt.pipeline(
            self._name,
            pipelines_dir=str(self._folder),
            destination=self._destination.dlt,
            dataset_name=self._schema,
        )
        with self._translated("restored"):
            pipeline.sync_destination()
        return pipeline

    def _resource(self, outcome: TableOutcome, stage: Stage) -> Any:
        import dlt
        from dlt.common.storages.load_package import load_package_state

        def rows() -> Iterator[Any]:
            outcome.load_id = load_package_state()["load_id"]
            try:
                stage(outcome)
            except WarehouseError as refused:
                outcome.error, outcome.files = refused, []
            for path in outcome.files:
                yield dlt.mark.with_file_import(str(path), "parquet", pq.read_metadata(path).num_rows)

        return dlt.resource(
            rows,
            name=outcome.contract.name,
            columns=dlt_columns(outcome, lengths=self._warehouse.engine == "sqlserver"),
            write_disposition=self._disposition(outcome.contract.name),
        )

    def _disposition(self, table: str) -> Any:
        """Merge by key; an empty table is simply filled, which spares the merge its scratch copy."""
        empty = not self._warehouse.has_table(self._schema, table) or not self._warehouse.value(
            f'select case when exists (select 1 from {self._schema}."{table}") then 1 else 0 end'
        )
        self._merges = self._merges or not (empty or self._how is APPEND)
        return {"disposition": "replace"} if empty else self._how

    def _translated(self, doing: str) -> Any:
        return _Translated(self._name, doing, self._warehouse.disk)


class _Translated:
    """dlt's exceptions to ours; their texts hold file paths and statements, never shown to a user."""

    def __init__(self, package: str, doing: str, path: Path) -> None:
        self._package, self._doing, self._path = package, doing, path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, failed: BaseException | None, trace: object) -> None:
        if failed is None or isinstance(failed, (WarehouseError, KeyboardInterrupt, SystemExit)):
            return
        told = _told(failed)
        if told:
            raise told from None
        text = _chain(failed)
        if "No space left" in text or "max_temp_directory_size" in text or "File too large" in text:
            raise storage_error(OSError(text), self._path) from None
        if "OutOfMemory" in type(_root(failed)).__name__:
            raise LandingError(
                f"{self._package} needed more memory than WAREHOUSE_MEMORY_LIMIT allows.",
                "Nothing of it counts as landed. Raise the limit and run again.",
            ) from None
        raise LandingError(
            f"{self._package} could not be {self._doing} by dlt ({_what_and_where(_root(failed))}).",
            "Nothing of it counts as landed. Run again; if it stays, report it with this sentence.",
        ) from failed


def _root(failed: BaseException) -> BaseException:
    while failed.__cause__ is not None:
        failed = failed.__cause__
    return failed


def _told(failed: BaseException | None) -> WarehouseError | None:
    """Our own sentence within dlt's exceptions: what the warehouse said, or a value that fits nowhere."""
    while failed is not None:
        if isinstance(failed, WarehouseError):
            return failed
        within = (failed.args[0] if failed.args else None, getattr(failed, "client_exception", None))
        told = next((it for it in within if isinstance(it, WarehouseError)), None)
        if told:
            return told
        failed = failed.__cause__ or failed.__context__
    return None


def _what_and_where(failed: BaseException) -> str:
    """The kind of failure and the line of ours it came through; its text may hold values."""
    lines = [
        f" at {Path(frame.filename).relative_to(_OURS.parent)}:{frame.lineno}"
        for frame in traceback.extract_tb(failed.__traceback__)
        if Path(frame.filename).is_relative_to(_OURS)
    ]
    return type(failed).__name__ + (lines[-1] if lines else "")


def _chain(failed: BaseException | None) -> str:
    texts = []
    while failed is not None:
        texts.append(str(failed))
        failed = failed.__cause__ or failed.__context__
    return "\n".join(texts)
