"""One platform instance, one load package: stage its tables, commit, recount, close the ledger."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from pipelines.errors import WarehouseError
from pipelines.landing.bench import Bench, OnRows
from pipelines.landing.commit import commit
from pipelines.landing.ledger import record_load
from pipelines.landing.load import Package
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.plan import Instance
from pipelines.landing.quarantine import Seal
from pipelines.landing.stage import stage_table
from pipelines.settings import Settings
from pipelines.sources.replica import PacedReader, Reader, SourceLoad, Timekeeper, open_reader


def fresh_folder(it: Instance) -> Path:
    """The instance's empty work folder; what a killed run left in it goes."""
    folder = it.settings.work_folder.resolve() / "landing" / it.plan.contract.platform / it.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def guarded(reader: Reader, settings: Settings, keeper: Timekeeper) -> None:
    """The reader's guard; a source that does not answer is asked again, one that refuses is not."""
    for attempt in Retrying(
        retry=retry_if_exception(lambda failed: getattr(failed, "retryable", False)),
        stop=stop_after_attempt(settings.connect_attempts),
        wait=wait_exponential(max=30),
        sleep=keeper.sleep,
        reraise=True,
    ):
        with attempt:
            reader.guard()


class InstanceLanding:
    """The landing of one instance; `outcomes` is filled table by table."""

    def __init__(self, instance: Instance, seal: Seal, on_rows: OnRows) -> None:
        self._it, self._seal, self._on_rows = instance, seal, on_rows
        self.outcomes: list[TableOutcome] = []
        self.load: SourceLoad | None = None

    def run(self) -> None:
        """Fetches every table of the contract. Raises a SourceError when the instance cannot be read."""
        it = self._it
        engine = open_reader(it.plan.contract.platform, it.name, it.where, it.settings)
        reader = PacedReader(engine, it.where, it.keeper)
        self.load = reader.load
        try:
            guarded(reader, it.settings, it.keeper)
            tables = [TableOutcome(table, it.name) for table in it.plan.contract.tables.values()]
            self.land(tables, self._stage_from(reader))
        finally:
            reader.close()
            with suppress(WarehouseError):  # a full disk must not hide the sentence that says so
                record_load(it.warehouse, it.run_id, reader.load)

    def land(self, tables: list[TableOutcome], stage: Callable[[Bench, TableOutcome], None]) -> None:
        """Stages the tables and commits them as one package."""
        it, folder = self._it, fresh_folder(self._it)
        bench = Bench(it.settings, it.warehouse, it.plan.contract.schema, it.plan.key, folder, self._on_rows)
        package = Package(it.settings, it.warehouse, it.plan.contract.platform, it.plan.contract.schema)
        self.outcomes = tables
        package.extract(tables, lambda outcome: stage(bench, outcome))
        commit(it, self._seal, package, tables, to_load=any(outcome.files for outcome in tables))
        shutil.rmtree(folder, ignore_errors=True)

    def _stage_from(self, reader: Reader) -> Callable[[Bench, TableOutcome], None]:
        def stage(bench: Bench, outcome: TableOutcome) -> None:
            name = outcome.contract.name
            physical = self._it.plan.config.physical_name(name, self._it.where.table_prefix)
            stage_table(bench, reader, physical, self._it.plan.config.tables[name], outcome)

        return stage
