"""The tables of one instance: there, of the declared types, and what reading them costs the source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.contracts import PlatformContract, TableContract
from pipelines.errors import SourceError, SourceUnreachable
from pipelines.runner.doctor.finding import Finding, failure, good, warning
from pipelines.runner.doctor.known import Known
from pipelines.sources.config import SourceConfig, TableFetch
from pipelines.sources.replica import Reader
from pipelines.sources.replica.reader import Select, SourceTable, check_table
from pipelines.sources.replica.reading import page_key

LARGE = 100_000  # rows; below it nobody notices a table that is read whole


@dataclass
class Tables:
    """Walks the tables of one instance; costs are collected over them and told in one line each."""

    reader: Reader
    contract: PlatformContract
    config: SourceConfig
    instance: str
    prefix: str | None
    known: Known
    _unindexed: list[str] = field(default_factory=list)
    _unpaged: list[str] = field(default_factory=list)
    _whole: int = 0

    def examine(self) -> Iterator[Finding]:
        for name, table in self.contract.tables.items():
            try:
                yield from self._table(table, self.config.tables[name])
            except SourceUnreachable:  # the next table would say the same
                raise
            except SourceError as refused:
                yield failure(self.reader.place, name, refused)
        if self._whole:
            yield good(self.reader.place, "tables", f"{self._whole} tables are as their contract says")
        yield from self._costs()

    def _table(self, contract: TableContract, fetch: TableFetch) -> Iterator[Finding]:
        source = self.reader.describe(self.config.physical_name(contract.name, self.prefix))
        offered = check_table(self.reader, contract, source)
        self._whole += 1
        if fetch.row_filter:
            self._try_filter(source, fetch.row_filter)
        self._weigh(contract, fetch, source)
        if fresh := self._new(contract, offered):
            said = f"{contract.name} has new columns that its contract does not name: {{}}"
            advice = "Declare them, if only to say that they never land."
            yield warning(self.reader.place, "drift", said, advice, fresh)

    def _new(self, contract: TableContract, offered: list[str]) -> list[str]:
        """Columns the last landing did not see yet; before the first one nothing is new."""
        if not self.known.landed(contract.platform, self.instance):
            return []
        place = (contract.platform, self.instance, contract.name)
        return [name for name in offered if (*place, name) not in self.known.drift]

    def _try_filter(self, source: SourceTable, condition: str) -> None:
        """One row at most. Raises a SourceError where the filter is no condition of this table."""
        for _ in self.reader.stream(Select(source.name, (("1", "one"),), (condition,), rows=1)):
            pass

    def _weigh(self, contract: TableContract, fetch: TableFetch, source: SourceTable) -> None:
        if self.reader.engine == "sqlite":
            return  # a file of our own: nobody waits for it
        if self.known.rows.get((self.contract.schema, contract.name), LARGE) < LARGE:
            return
        if page_key(self.reader, contract, source) is None:
            self._unpaged.append(contract.name)
        leading = self.reader.indexed(source.name)
        if fetch.cursor and leading is not None:
            # the greatest of several columns is found by no index
            helped = len(fetch.cursor.names) == 1 and fetch.cursor.names[0] in leading
            self._unindexed += [] if helped else [contract.name]

    def _costs(self) -> Iterator[Finding]:
        if self._unindexed:
            said = "no index serves the cursor of {}: each look reads all of it"
            advice = "Ask for an index that begins with the cursor, or leave the cursor out if it is small."
            yield warning(self.reader.place, "index", said, advice, self._unindexed)
        if self._unpaged:
            said = "without a unique whole-number key there are no pages but one long statement for {}"
            advice = "Ask for such a key, or see that WAREHOUSE_STATEMENT_TIMEOUT is long enough."
            yield warning(self.reader.place, "pages", said, advice, self._unpaged)
