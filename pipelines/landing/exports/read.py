"""A block of lines as columns of text, for a table of items and the tables of its lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contracts import PlatformContract, TableContract
from pipelines.landing.classify import Refused
from pipelines.landing.lines import BLOCK, block_of, line_at, told
from pipelines.landing.outcome import TableOutcome
from pipelines.sources.dynamodb_export import ItemFetch
from pipelines.sources.dynamodb_export.paths import maps_above, pointer
from pipelines.sources.dynamodb_export.statement import (
    ELEMENT,
    FATE,
    FILE,
    OFFSET,
    WRITTEN,
    ElementStatement,
    ItemStatement,
    Shape,
    keys_sql,
    path_of,
)
from pipelines.sources.edx_log import LogLines
from pipelines.warehouse import Warehouse

_ITEM = "item"
_NOT_OURS = "other_table"


@dataclass(frozen=True)
class ItemTables:
    """A table of items and those of its lists, with how each is fetched."""

    contract: TableContract
    fetch: ItemFetch
    lists: tuple[tuple[TableContract, ItemFetch], ...]

    @classmethod
    def of(cls, platform: PlatformContract, fetches: dict[str, ItemFetch], name: str) -> ItemTables:
        lists = tuple((platform.tables[one], it) for one, it in fetches.items() if it.of == name)
        return cls(platform.tables[name], fetches[name], lists)

    @property
    def contracts(self) -> tuple[TableContract, ...]:
        return self.contract, *(contract for contract, _ in self.lists)


class ItemReader:
    """Reads blocks of one shape; `parameters` are `written` and `table` where the statement has them."""

    def __init__(
        self, warehouse: Warehouse, tables: ItemTables, shape: Shape, parameters: dict[str, object]
    ) -> None:
        self._connection, self._parameters = warehouse.connection, parameters
        self._items = ItemStatement(tables.contract, tables.fetch, shape).sql(BLOCK)
        self._lists = [ElementStatement(contract, fetch, shape) for contract, fetch in tables.lists]
        self._maps = _Maps(tables, shape)
        self.unknown: Counter[str] = Counter()

    def rows(self, read: LogLines, outcomes: list[TableOutcome]) -> Iterator[tuple[TableOutcome, pa.Table]]:
        """For each table the good rows of the block as text; the others are counted, or kept."""
        items, *lists = outcomes
        items.rows_read += read.rows
        if read.blank:
            items.filtered["blank"] += read.blank
        items.refused += [_refused(items, line.offset, line.reason, line.raw) for line in read.refused]
        if read.cut_free:
            items.repairs["_line", "not_alone"] += read.cut_free
        with block_of(self._connection, read.lines):
            found = self._told(self._items)
            self.unknown += self._maps.unknown(self._told(self._maps.sql))
            yield items, self._items_of(found, read.lines, items)
            for statement, outcome in zip(self._lists, lists, strict=True):
                yield outcome, self._elements(statement, outcome)

    def _items_of(self, found: pa.Table, lines: pa.Table, outcome: TableOutcome) -> pa.Table:
        if found[FATE].null_count < found.num_rows:
            odd = found.filter(pc.is_valid(found[FATE]))
            others = pc.sum(pc.equal(odd[FATE], _NOT_OURS)).as_py() or 0
            if others:
                outcome.filtered[_NOT_OURS] += others
            for place, fate in zip(odd[OFFSET].to_pylist(), odd[FATE].to_pylist(), strict=True):
                if fate != _NOT_OURS:
                    outcome.refused.append(_refused(outcome, place, fate, line_at(lines, place)))
            found = found.filter(pc.is_null(found[FATE]))
        return found.drop_columns([FATE])

    def _elements(self, statement: ElementStatement, outcome: TableOutcome) -> pa.Table:
        counted = self._told(statement.count(BLOCK)).column(0)[0].as_py()
        outcome.rows_read += int(counted)
        found = self._told(statement.sql(BLOCK))
        if found[FATE].null_count < found.num_rows:
            for row in (
                found.filter(pc.is_valid(found[FATE])).select([OFFSET, ELEMENT, FATE, _ITEM]).to_pylist()
            ):
                kept = _refused(outcome, row[OFFSET], row[FATE], row[_ITEM].encode())
                kept.payload[ELEMENT] = row[ELEMENT]
                outcome.refused.append(kept)
            found = found.filter(pc.is_null(found[FATE]))
        return found.drop_columns([FATE, _ITEM])

    def _told(self, sql: str) -> pa.Table:
        return told(self._connection, sql, self._parameters)


class _Maps:
    """Which attributes a line has that no column names, in the item itself and in its declared maps."""

    def __init__(self, tables: ItemTables, shape: Shape) -> None:
        paths = [pointer(path_of(column)) for column in tables.contract.columns if _is_attribute(column.name)]
        paths += [pointer(str(fetch.list)) for _, fetch in tables.lists]
        self._known = {"": set[str]()}
        for path in paths:
            steps = path.split("/")
            self._known[""].add(steps[1])
            for above, descriptor in maps_above(path):
                if descriptor == "M":
                    inner = f"{above}/M"
                    self._known.setdefault(inner, set()).add(path.removeprefix(inner).split("/")[1])
        self.sql = keys_sql(BLOCK, [shape.image + at for at in self._known])

    def unknown(self, sets: pa.Table) -> Counter[str]:
        """Paths of attributes nobody declared, with how many lines have each."""
        found: Counter[str] = Counter()
        for names, count in zip(sets["names"].to_pylist(), sets.column(1).to_pylist(), strict=True):
            for at, known in zip(self._known, names or (), strict=bool(names)):
                place = ".".join(at.split("/")[1::2])
                for name in known or ():
                    if name.replace("~", "~0").replace("/", "~1") not in self._known[at]:
                        found[f"{place}.{name}" if place else name] += count
        return found


def _is_attribute(name: str) -> bool:
    return name not in (FILE, OFFSET, WRITTEN, ELEMENT, "_change", "_nulls")


def _refused(outcome: TableOutcome, offset: int, fate: str, line: bytes) -> Refused:
    """A line that is no row of its table waits until its file comes anew."""
    reason, _, column = fate.partition(":")
    return Refused(
        offset, reason, column, {"_line": line, OFFSET: offset, FILE: outcome.file_key}
    )  # fmt: skip
