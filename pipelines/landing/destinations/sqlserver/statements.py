"""The statements of a load into SQL Server. Names are quoted, values are parameters, no MERGE anywhere.

Each has a reviewed text in tests/landing/destinations/sqlserver/statements/.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.landing.destinations.sqlserver.fields import Field
from pipelines.warehouse.quoting import literal, quoted

SCRATCH = "_copy_"
PLACE = "_place"  # of a row in its file: what a sample is read back by
_LONGEST_NAME = 128
_BYTES = "varbinary(1700)"  # of the longest key; no server knows every collation by name


@dataclass(frozen=True)
class Relation:
    """A table of the warehouse, by names as they are written there."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{quoted(self.schema)}.{quoted(self.name)}"


def scratch_for(table: Relation, mark: str) -> Relation:
    """A name that no other load has; `mark` is what makes it so."""
    room = _LONGEST_NAME - len(SCRATCH) - len(mark) - 1
    return Relation(table.schema, f"{SCRATCH}{table.name[:room]}_{mark}")


def create_scratch(scratch: Relation, fields: Sequence[Field]) -> str:
    """No defaults, no keys, and every column may be NULL: a value lands as it is sent or not at all."""
    listed = [f"{quoted(field.name)} {field.type} null" for field in fields]
    return _listed(f"create table {scratch} (", [f"{quoted(PLACE)} bigint not null", *listed], ")")


def drop(scratch: Relation) -> str:
    """Where it may be gone already."""
    return f"drop table if exists {scratch}"


def move(scratch: Relation, table: Relation, fields: Sequence[Field]) -> str:
    """All rows of a scratch table that was found to be right."""
    names = _names(fields)
    return f"insert into {table} ({names})\nselect {names}\nfrom {scratch}"


def measures(scratch: Relation, fields: Sequence[Field]) -> str:
    """One row, the counts and sums that `Measured` makes of what was sent, in its order."""
    listed = ["count_big(*)"]
    for field in fields:
        name = quoted(field.name)
        listed += [f"count_big({name})", *_measures(field, name)]
    return _listed("select", listed, f"from {scratch}")


def _measures(field: Field, name: str) -> list[str]:
    ends = [f"min({name})", f"max({name})"]
    if field.kind == "bigint":
        return [f"sum(cast({name} as decimal(38, 0)))"]
    if field.kind == "decimal":
        return [f"sum(cast({name} as decimal(38, {field.scale})))"]
    if field.kind == "bool":
        return [f"sum(cast({name} as bigint))"]
    if field.kind == "double":
        return [f"sum({name})", *ends]
    return ends if field.kind in ("date", "timestamp") else []


def sample(scratch: Relation, fields: Sequence[Field], step: int) -> str:
    """Every `step`-th row, in the order of the file."""
    place = quoted(PLACE)
    return _listed(
        "select",
        [place, *(quoted(field.name) for field in fields)],
        f"from {scratch}\nwhere {place} % {step} = 0\norder by {place}",
    )


def insert_batch(table: Relation, fields: Sequence[Field]) -> str:
    """One parameter: a JSON list of objects whose entries are `c0`, `c1` … in the order of the fields."""
    taken = [_from_json(field) for field in fields]
    read = [
        f"{quoted(field.name)} {'varchar(max)' if field.kind == 'binary' else field.type} '$.c{at}'"
        for at, field in enumerate(fields)
    ]
    return "\n".join(
        [f"insert into {table} ({_names(fields)})", _listed("select", taken, "from openjson(?)"),
         _listed("with (", read, ")")]
    )  # fmt: skip


def _from_json(field: Field) -> str:
    """Bytes travel as hexadecimal digits."""
    name = quoted(field.name)
    return f"convert(varbinary(max), {name}, 2)" if field.kind == "binary" else name


def delete_replaced(table: Relation, loaded: Relation, keys: Sequence[Field]) -> str:
    """Rows whose key was loaded anew. Texts must agree to the letter, whatever the database's collation."""
    same = []
    for field in keys:
        old, new = f"{table}.{quoted(field.name)}", f"s.{quoted(field.name)}"
        same.append(f"{new} = {old}")
        if field.kind == "text":
            same.append(f"cast({new} as {_BYTES}) = cast({old} as {_BYTES})")
    return f"delete from {table} where exists (select 1 from {loaded} as s where {' and '.join(same)})"


def insert_loaded(table: Relation, loaded: Relation, fields: Sequence[Field], deleted: str | None) -> str:
    """What was loaded, but for tombstones: rows whose column `deleted` is set."""
    names = _names(fields)
    living = f" where {quoted(deleted)} is null or {quoted(deleted)} = 0" if deleted else ""
    return f"insert into {table} ({names}) select {names} from {loaded}{living}"


def select_by_key(table: Relation, fields: Sequence[Field], keys: Sequence[Field]) -> str:
    """Two parameters: an instance, and keys as `json_batches` has them. A key that only the collation takes
    for one of these comes, too.
    """
    read = [f"{quoted(field.name)} {field.type} '$.c{at}'" for at, field in enumerate(keys)]
    same = " and ".join(f"k.{quoted(field.name)} = s.{quoted(field.name)}" for field in keys)
    listed = [f"s.{quoted(field.name)}" for field in fields]
    asked = _listed(
        "    select 1\n    from openjson(?)\n    with (", [f"    {one}" for one in read], "    ) as k"
    )
    return (
        _listed("select", listed, f'from {table} as s\nwhere s."_instance" = ? and exists (\n')
        + f"{asked}\n    where {same}\n)"
    )


def leftovers(schema: str) -> str:
    """Scratch tables that a killed load left behind."""
    return (
        "select TABLE_NAME\nfrom INFORMATION_SCHEMA.TABLES\n"
        f"where TABLE_SCHEMA = {text(schema)} and substring(TABLE_NAME, 1, {len(SCRATCH)}) = {text(SCRATCH)}"
    )


def text(value: str) -> str:
    """A literal of any characters."""
    return f"N{literal(value)}"


def _names(fields: Sequence[Field]) -> str:
    return ", ".join(quoted(field.name) for field in fields)


def _listed(head: str, items: Sequence[str], tail: str) -> str:
    lines = ",\n".join(f"    {item}" for item in items)
    return f"{head}\n{lines}\n{tail}"
