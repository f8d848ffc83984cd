"""A contract as objects: platforms, their tables, their columns; checked when they were read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.errors import UsageError

META_COLUMNS = ("_instance", "_row_hash", "_dlt_load_id", "_deleted")


@dataclass(frozen=True)
class Condition:
    """`column` equals a literal, compared as text at the source's edge (`deleted` equals "1")."""

    column: str
    equals: str


@dataclass(frozen=True)
class Payload:
    """Where a column's value stands in a nested record, and what it must look like to land as it is.

    `paths` by family of records (`any`: all others), the first that holds something counts. `values`: the
    only ones that land, another is `otherwise` or nothing; `shape`: a pattern's name, another value lands as
    a keyed hash; `longer_than`: the length from which `name_too_long` is true.
    """

    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    otherwise: str | None = None
    shape: str | None = None
    longer_than: int | None = None


@dataclass(frozen=True)
class Column:
    """One declared column; `kind`, `length`, `precision`, `scale` are those of the landed value."""

    name: str
    kind: str
    length: int | None
    precision: int | None
    scale: int | None
    nullable: bool
    personal: str
    source_type: str | None
    description: str
    identifier: str | None = None
    nobody: tuple[str, ...] = ()
    blank_when: Condition | None = None
    derive: str | None = None
    derived_from: str | None = None
    rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    retired_when: Condition | None = None
    payload: Payload | None = None

    @property
    def lands(self) -> bool:
        """Only these classes reach the warehouse; a derived value is declared with its own class."""
        return self.personal in ("none", "pseudonym")

    @property
    def duckdb_type(self) -> str:
        plain = {"text": "VARCHAR", "bool": "BOOLEAN", "binary": "BLOB", "json": "VARCHAR"}
        if self.kind == "decimal":
            return f"DECIMAL({self.precision},{self.scale})"
        return plain.get(self.kind, self.kind.upper())


@dataclass(frozen=True)
class TableContract:
    """One table: what must land. `key` is unique within an instance."""

    platform: str
    name: str
    key: tuple[str, ...]
    version: str | None
    partition_column: str | None
    partition_unit: str | None
    columns: tuple[Column, ...]
    description: str

    @property
    def landed(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.lands)

    @property
    def fetched(self) -> tuple[Column, ...]:
        """The columns to read: landed ones, and those a derivation or a condition needs."""
        needed = {column.name for column in self.landed if not column.derive}
        for column in self.landed:
            conditions = (column.blank_when, column.retired_when)
            needed |= {condition.column for condition in conditions if condition}
            needed |= {column.derived_from} if column.derived_from else set()
        return tuple(column for column in self.columns if column.name in needed and not column.derive)

    @property
    def scope_column(self) -> str | None:
        """The column that says what a file replaces: of which course run a row is, or of which file."""
        names = {column.name for column in self.columns}
        return next((name for name in ("_entity", "_file_key") if name in names), None)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def fingerprint(self) -> str:
        """Changes when what lands changes, so that the table is read in full again."""
        return hashlib.sha256(repr((self.key, self.columns)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class PlatformContract:
    """All tables of one platform; `schema` is its staging schema."""

    platform: str
    schema: str
    tables: Mapping[str, TableContract]
    path: Path

    def table(self, name: str) -> TableContract:
        if name not in self.tables:
            raise UsageError(f"{self.platform} has no table {name} in its contract.", f"See {self.path}.")
        return self.tables[name]
