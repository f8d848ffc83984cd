"""Staging follows its contract: columns take their new type without loss, or the table says that they cannot.

dlt keeps the type a column was made with and casts into it in silence: 1.3333 would land as 1.33.
"""

from __future__ import annotations

from pipelines.contracts import META_COLUMNS, Column, TableContract
from pipelines.errors import LandingError
from pipelines.warehouse import Warehouse


def follow_contract(warehouse: Warehouse, schema: str, contract: TableContract) -> None:
    """Alters what differs in staging and in dlt's scratch copy of it; empties columns that land no more.

    Raises LandingError, with nothing altered, when a landed value would not survive.
    """
    landed = {column.name: column for column in contract.landed}
    types = warehouse.types(schema, contract.name)
    changed = [
        column for name, column in landed.items() if types.get(name, column.duckdb_type) != column.duckdb_type
    ]
    for column in changed:
        _refuse_loss(warehouse, f'{schema}."{contract.name}"', column, types[column.name], contract)
    for place in (schema, f"_dlt_merge_{schema}") if changed else ():
        there = warehouse.types(place, contract.name)
        for column in (column for column in changed if column.name in there):
            new = f'"{column.name}" type {column.duckdb_type}'
            warehouse.execute(f'alter table {place}."{contract.name}" alter column {new}')
    for name in sorted(set(types) - set(landed) - set(META_COLUMNS)):
        # it may have become an identifier: rows that are read no more must not keep it
        warehouse.execute(f'update {schema}."{contract.name}" set "{name}" = null where "{name}" is not null')


def _refuse_loss(
    warehouse: Warehouse, table: str, column: Column, before: str, contract: TableContract
) -> None:
    name = f'"{column.name}"'
    back = f"try_cast(try_cast({name} as {column.duckdb_type}) as {before})"
    lost = warehouse.value(f"select count(*) from {table} where {back} is distinct from {name}")
    if lost:
        raise LandingError(
            f"{contract.platform}: {contract.name}.{column.name} is now {column.duckdb_type.lower()} in its "
            f"contract, but {lost} values in staging ({before.lower()}) do not fit; nothing was changed.",
            f"Put the contract back, or drop {table} to land the table anew.",
        )
