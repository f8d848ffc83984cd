"""Staging follows its contract: columns take their new type without loss, or the table says that they cannot.

dlt keeps the type a column was made with and casts into it in silence: 1.3333 would land as 1.33.
"""

from __future__ import annotations

from pipelines.contracts import META_COLUMNS, Column, TableContract
from pipelines.errors import LandingError
from pipelines.landing.destinations.sqlserver.fields import field_of
from pipelines.landing.hints import column_hint
from pipelines.warehouse import Warehouse

_ALTER = {"duckdb": "{} type {}", "sqlserver": "{} {} null"}


def follow_contract(warehouse: Warehouse, schema: str, contract: TableContract) -> None:
    """Alters what differs in staging and in dlt's scratch copy of it; empties columns that land no more.

    Raises LandingError, with nothing altered, when a landed value would not survive.
    """
    wanted = {column.name: type_there(warehouse, contract, column) for column in contract.landed}
    types = warehouse.types(schema, contract.name)
    changed = [
        column
        for column in contract.landed
        if _plain(types.get(column.name, wanted[column.name])) != _plain(wanted[column.name])
    ]
    for column in changed:
        before_and_after = (types[column.name], wanted[column.name])
        _refuse_loss(warehouse, f'{schema}."{contract.name}"', column, before_and_after, contract)
    for place in (schema, f"_dlt_merge_{schema}") if changed else ():
        there = warehouse.types(place, contract.name)
        for column in (column for column in changed if column.name in there):
            new = _ALTER[warehouse.engine].format(f'"{column.name}"', wanted[column.name])
            warehouse.execute(f'alter table {place}."{contract.name}" alter column {new}')
    for name in sorted(set(types) - set(wanted) - set(META_COLUMNS)):
        # it may have become an identifier: rows that are read no more must not keep it
        warehouse.execute(f'update {schema}."{contract.name}" set "{name}" = null where "{name}" is not null')


def type_there(warehouse: Warehouse, contract: TableContract, column: Column) -> str:
    """The column's type in staging, in the words of the engine."""
    if warehouse.engine == "duckdb":
        return column.duckdb_type
    return field_of(column_hint(contract, column, lengths=True)).type


def _plain(type_name: str) -> str:
    return type_name.lower().replace(" ", "")


def _refuse_loss(
    warehouse: Warehouse, table: str, column: Column, types: tuple[str, str], contract: TableContract
) -> None:
    before, after = types
    name = f'"{column.name}"'
    back = f"try_cast(try_cast({name} as {after}) as {before})"
    lost = f"{back} is null or {back} <> {name}"
    if warehouse.engine == "sqlserver" and after.startswith("nvarchar"):
        # a blank that is cut off would be no difference there
        lost = f"{lost} or datalength({back}) <> datalength({name})"
    count = warehouse.value(f"select count(*) from {table} where {name} is not null and ({lost})")
    if count:
        raise LandingError(
            f"{contract.platform}: {contract.name}.{column.name} is now {after.lower()} in its "
            f"contract, but {count} values in staging ({before.lower()}) do not fit; nothing was changed.",
            f"Put the contract back, or drop {table} to land the table anew.",
        )
