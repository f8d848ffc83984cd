"""One load of daily logs: files are read, staged one by one, and committed together."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from datetime import date
from pathlib import Path

from pipelines.contracts import TableContract
from pipelines.errors import LoginRefused, SourceError, SourceUnreachable
from pipelines.landing.bench import Bench, OnRows, write_empty
from pipelines.landing.columns import follow_contract
from pipelines.landing.commit import commit
from pipelines.landing.instance import fresh_folder
from pipelines.landing.load import APPEND, REPLACE_FILES, Package
from pipelines.landing.logs.stage import LogStage
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.plan import Instance
from pipelines.landing.quarantine import Seal
from pipelines.landing.register import PackageObject
from pipelines.warehouse.quoting import literal


class LogLoad:
    """The landing of some files; `outcomes` has one entry a file, in their order."""

    Opened = Callable[[str], Iterator[bytes]]

    def __init__(self, it: Instance, seal: Seal, on_rows: OnRows, contract: TableContract) -> None:
        self._it, self._seal, self._contract = it, seal, contract
        self._schema = it.plan.contract.schema
        folder = fresh_folder(it)
        self._bench = Bench(it.settings, it.warehouse, self._schema, it.plan.key, folder, on_rows)
        self._rows_before: Counter[str] = Counter()
        self.outcomes: list[TableOutcome] = []

    def run(self, files: list[PackageObject], opened: LogLoad.Opened) -> None:
        """Reads and commits the files; one that cannot be read stops no other and has its error."""
        self.outcomes = [self._outcome(file) for file in files]
        again = self._landed_before()
        load = TableOutcome(self._contract, self._it.name, mode="file")
        merges = REPLACE_FILES if again else APPEND
        platform = self._it.plan.contract.platform
        package = Package(self._it.settings, self._it.warehouse, platform, self._schema, merges=merges)
        package.extract([load], lambda it: self._stage(it, [file.snapshot_date for file in files], opened))
        for outcome in self.outcomes:
            outcome.error = outcome.error or load.error
        commit(self._it, self._seal, package, self.outcomes, to_load=bool(load.files))
        shutil.rmtree(self._bench.folder, ignore_errors=True)

    def _outcome(self, file: PackageObject) -> TableOutcome:
        outcome = TableOutcome(self._contract, self._it.name, mode="file")
        outcome.file_key = outcome.scope = file.key
        outcome.partitions = set()
        return outcome

    def _landed_before(self) -> dict[str, set[date]]:
        """Days by file, of the events of these files in staging now: a file issued again may leave them."""
        table = self._contract.name
        if not self._it.warehouse.has_table(self._schema, table):
            return {}
        keys = [outcome.file_key for outcome in self.outcomes]
        rows = self._it.warehouse.rows(
            f'select _file_key, event_date, count(*) from {self._schema}."{table}" '
            f"where _instance = ? and _file_key in {self._it.warehouse.among()} "
            "group by _file_key, event_date",
            [self._it.name, keys],
        )
        days: dict[str, set[date]] = {}
        for key, day, count in rows:
            days.setdefault(key, set()).add(day)
            self._rows_before[key] += count
        for outcome in self.outcomes:
            outcome.partitions = set(days.get(str(outcome.file_key), ()))
        return days

    def _stage(self, load: TableOutcome, days: list[date], opened: LogLoad.Opened) -> None:
        follow_contract(self._bench.warehouse, self._schema, self._contract)
        fetch = self._it.plan.config.files[self._contract.name]
        stage = LogStage(self._bench, fetch, load)
        gone: SourceError | None = None
        for number, (outcome, day) in enumerate(zip(self.outcomes, days, strict=True)):
            outcome.load_id, path = load.load_id, self._bench.folder / f"{number}.parquet"
            try:
                if gone:
                    raise gone
                stage.stage(_blocks(opened, str(outcome.file_key)), day, outcome, path)
            except SourceError as refused:
                path.unlink(missing_ok=True)
                outcome.refuse(refused)
                if isinstance(refused, (LoginRefused, SourceUnreachable)):
                    gone = refused  # the store would not give the others either
                continue
            if outcome.rows_to_land:
                load.files.append(path)
            elif outcome.rows_read and self._rows_before[str(outcome.file_key)]:
                outcome.rows_deleted = self._rows_before[str(outcome.file_key)]
                self._bury(outcome, path)
                load.files.append(path)
        if not load.files and not self._bench.warehouse.has_table(self._schema, self._contract.name):
            load.files = [self._bench.folder / "empty.parquet"]
            write_empty(self._bench, self._contract, load.files[0], positions=False)

    def _bury(self, outcome: TableOutcome, path: Path) -> None:
        """Writes one row that takes the place of all that landed of the file before, and does not land."""
        own = {"_file_key": literal(str(outcome.file_key))}
        listed = [
            f'cast({own.get(column.name, "null")} as {column.duckdb_type}) as "{column.name}"'
            for column in self._contract.landed
        ]
        listed += [f"{literal(outcome.instance)} as _instance", "cast(0 as bigint) as _row_hash"]
        listed += [f"'{outcome.load_id}' as _dlt_load_id", "true as _deleted"]
        self._bench.warehouse.local.execute(f"copy (select {', '.join(listed)}) to '{path}' (format parquet)")


def _blocks(opened: LogLoad.Opened, key: str) -> Callable[[], Generator[bytes, None, None]]:
    def blocks() -> Generator[bytes, None, None]:
        yield from opened(key)

    return blocks
