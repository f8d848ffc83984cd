"""The statements that make columns of text of a block of lines: items, and the elements of their lists.

A value is read where its declared descriptor is, and nowhere else: what has another descriptor is refused, an
absent attribute and NULL are both NULL, and `_nulls` says which was which. Casts, pseudonyms and the rest are
the classifier's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.contracts import Column, TableContract
from pipelines.sources.dynamodb_export.fetch import ItemFetch
from pipelines.sources.dynamodb_export.paths import maps_above, pointer
from pipelines.sources.dynamodb_export.values import SCALARS, SETS, micros, value_of
from pipelines.warehouse.quoting import literal

FATE, OFFSET, CHANGE, WRITTEN, NULLS, FILE, ELEMENT = (
    "_fate", "_offset", "_change", "_written_micros", "_nulls", "_file_key", "element"
)  # fmt: skip
OURS = frozenset([OFFSET, CHANGE, WRITTEN, NULLS, FILE, ELEMENT])
_NULL = literal('{"NULL":true}')


@dataclass(frozen=True)
class Shape:
    """A kind of line: where the item is, where its key is if it is gone, and when it was written (`{v}`)."""

    image: str
    keys: str | None = None
    written: tuple[str, ...] = ()
    table: str | None = None


ITEM = Shape("/Item")
CHANGED = Shape("/NewImage", "/Keys", ("/Metadata/WriteTimestampMicros/N", "/Metadata/WriteTimestampMicros"))
STREAMED = Shape(
    "/dynamodb/NewImage", "/dynamodb/Keys",
    ("/dynamodb/ApproximateCreationDateTime", "/dynamodb/ApproximateCreationDateTimePrecision"), "/tableName",
)  # fmt: skip


class _Reading:
    """Pointers that are read in one go, and the SQL of each one's text: `read(…)` for values.

    What stands where there is no value, `read.there(…)`, is only looked at in lines that lack one, and NULL
    in all others: to write an object out costs as much as to read a line.
    """

    def __init__(self) -> None:
        self._values: list[str] = []
        self._there: list[str] = []

    def __call__(self, at: str) -> str:
        return _place("v", self._values, at)

    def there(self, at: str) -> str:
        return _place("t", self._there, at)

    def ctes(self, document: str, columns: str, source: str) -> str:
        """CTEs that end in `read`: `columns` of the source, `v` and `t`; `v` is NULL for what is no JSON."""
        lacking = f"list_count(v) < {len(self._values)}"
        return (
            f"valued as (select {columns}, {document} as document, {_listed(document, self._values)} as v "
            f"from {source}), read as (select *, "
            f"case when {lacking} then {_listed('document', self._there or [''])} end as t from valued)"
        )


def _place(name: str, pointers: list[str], at: str) -> str:
    if at not in pointers:
        pointers.append(at)
    return f"{name}[{pointers.index(at) + 1}]"


def _listed(document: str, pointers: list[str]) -> str:
    return f"try(json_extract_string({document}, [{', '.join(map(literal, pointers))}]))"


def path_of(column: Column) -> str:
    """The attribute of a column; its own name where the contract gives no path."""
    paths = column.payload.paths.get("any", ()) if column.payload else ()
    return paths[0] if paths else column.name


class ItemStatement:
    """One row a line: text of each fetched column, `_change`, `_written_micros`, `_nulls`, and `_fate`."""

    def __init__(self, contract: TableContract, fetch: ItemFetch, shape: Shape) -> None:
        self._columns = [column for column in contract.fetched if column.name not in OURS]
        self._shape, self._fetch, self._read = shape, fetch, _Reading()
        self._types = {path_of(column): str(column.source_type) for column in self._columns}

    def sql(self, block: str) -> str:
        """`$written`: micros of an item of a full export; `$table`: what a stream record must name."""
        made = {column.name: self._value(column) for column in self._columns}
        made |= {CHANGE: self._change(), WRITTEN: f"cast({self._written()} as varchar)"}
        made[NULLS] = nulls(self._read, self._shape.image, self._columns)
        fate = f"case {' '.join(self._fates())} end"
        listed = ", ".join(f'{value} as "{name}"' for name, value in made.items())
        return (
            f"with {self._read.ctes('raw', OFFSET, f'{block} where raw is not null')} "
            f"select {OFFSET}, {listed}, {fate} as {FATE} from read"
        )

    def _value(self, column: Column) -> str:
        path = path_of(column)
        value = value_of(column, self._read, self._shape.image + pointer(path))
        if self._shape.keys and path in self._fetch.key:
            return f"coalesce({value}, {value_of(column, self._read, self._shape.keys + pointer(path))})"
        return value

    def _change(self) -> str:
        if not self._shape.keys:
            return "'item'"
        # a line that lacks nothing has an image, too
        gone = f"t is not null and {self._read.there(self._shape.image)} is null"
        return f"case when {gone} then 'delete' else 'put' end"

    def _written(self) -> str:
        if not self._shape.written:
            return "$written"
        first, second = (self._read(at) for at in self._shape.written)
        if self._shape is CHANGED:
            return f"try_cast(coalesce({first}, {second}) as bigint)"
        return micros(first, second)

    def _fates(self) -> Iterable[str]:
        yield "when v is null then 'not_json'"
        if self._shape.table:
            yield f"when coalesce({self._read(self._shape.table)}, '') <> $table then 'other_table'"
        for name in self._fetch.key:
            places = [image + pointer(name) for image in (self._shape.image, self._shape.keys) if image]
            lacking = " and ".join(f"{self._read.there(place)} is null" for place in places)
            yield f"when t is not null and {lacking} then 'no_key'"
        yield f"when {self._written()} is null then 'no_write_time'"
        yield from other_types(self._read, self._shape.image, self._columns)


class ElementStatement:
    """One row an element of a list: where its line begins, its place, its columns, `_fate` and itself."""

    def __init__(self, contract: TableContract, fetch: ItemFetch, shape: Shape) -> None:
        self._columns = [column for column in contract.fetched if column.name not in OURS]
        self._list = shape.image + pointer(str(fetch.list)) + "/L"
        self._read = _Reading()

    def count(self, block: str) -> str:
        """How many elements there are, counted without taking the lists apart."""
        return (
            f"select coalesce(sum(try(json_array_length(raw, {literal(self._list)}))), 0) from {block} "
            "where raw is not null"
        )

    def sql(self, block: str) -> str:
        made = {column.name: value_of(column, self._read, self._at(column)) for column in self._columns}
        made[NULLS] = nulls(self._read, "/M", self._columns)
        fates = list(other_types(self._read, "/M", self._columns))
        if any(path_of(column) != "." for column in self._columns):
            fates.insert(0, f"when t is not null and {self._read.there('/M')} is null then 'not_a_map'")
        fate = f"case {' '.join(fates)} end"
        listed = ", ".join(f'{value} as "{name}"' for name, value in made.items())
        items = f"try(cast(json_extract(raw, {literal(self._list)}) as json[]))"
        return (
            f"with lists as (select {OFFSET}, {items} as items from {block} where raw is not null), "
            f"taken as (select {OFFSET}, unnest(items) as item, generate_subscripts(items, 1) as {ELEMENT} "
            "from lists where items is not null), "
            f"{self._read.ctes('cast(item as varchar)', f'{OFFSET}, {ELEMENT}', 'taken')} "
            f"select {OFFSET}, {ELEMENT}, {listed}, {fate} as {FATE}, document as item from read"
        )

    @staticmethod
    def _at(column: Column) -> str:
        return "" if path_of(column) == "." else "/M" + pointer(path_of(column))


def keys_sql(block: str, maps: list[str]) -> str:
    """Which attributes the maps at these pointers hold: sets of names, and how many lines have each set.

    NULL for what is no JSON; a condition on it would read every line twice.
    """
    listed = ", ".join(map(literal, maps))
    return (
        f"select names, count(*) from (select try(json_keys(raw, [{listed}])) as names from {block}) "
        "group by names"
    )


def nulls(read: _Reading, image: str, columns: list[Column]) -> str:
    """Names of the columns whose attribute says NULL, with commas between; nothing where none does."""
    given = [
        f"case when {read.there(_there(image, column))} = {_NULL} then {literal(column.name)} end"
        for column in columns
        if path_of(column) != "."
    ]
    listed = f"nullif(concat_ws(',', {', '.join(given)}), '')"
    return f"case when t is not null then {listed} end" if given else "cast(null as varchar)"


def other_types(read: _Reading, image: str, columns: list[Column]) -> Iterable[str]:
    """Refusals: an attribute with another descriptor than its contract says, or on a way that is no map."""
    passed: set[str] = set()
    for column in columns:
        there = _there(image, column)
        for at, descriptor in maps_above(there.removeprefix(image)) if image else []:
            if at not in passed:
                passed.add(at)
                above = read.there(image + at)
                yield (
                    f"when {above} <> {_NULL} and not starts_with({above}, '{{\"{descriptor}\":') "
                    f"then 'not_of_type:{column.name}'"
                )
        kind = str(column.source_type)
        if kind in SCALARS or kind in SETS or kind in ("M", "L"):
            value = read(f"{there}/{kind}")
            given = f" and {read.there(there)} <> {_NULL}" if there else ""
            yield f"when {value} is null{given} then 'not_of_type:{column.name}'"
            if kind in SETS:
                listed = f"coalesce(try(json_type({value})), '') = 'ARRAY'"
                yield f"when {value} is not null and not {listed} then 'not_of_type:{column.name}'"


def _there(image: str, column: Column) -> str:
    return "" if path_of(column) == "." else image + pointer(path_of(column))
