"""What staging has of the rows that a read is compared with, as a relation of the local DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from pipelines.contracts import TableContract
from pipelines.landing.destinations.sqlserver.batches import json_batches
from pipelines.landing.destinations.sqlserver.fields import Field, field_of
from pipelines.landing.destinations.sqlserver.statements import Relation, select_by_key
from pipelines.landing.hints import column_hint
from pipelines.warehouse import Warehouse

FEW = 20_000  # keys of a read for which rows are asked one by one, where all of them would have to be brought
_ASKED = "_asked_for"


def known_rows(
    warehouse: Warehouse,
    schema: str,
    contract: TableContract,
    columns: Sequence[str],
    instance: str,
    read: str | None,
) -> str:
    """With these columns and `_instance`; on DuckDB the table itself. `read`: the relation whose keys are all
    that is asked for, None where every row of the instance is.
    """
    if warehouse.engine != "duckdb" and read:
        names = ", ".join(f'"{name}"' for name in contract.key)
        keys = warehouse.connection.execute(
            f"select distinct {names} from {read} limit {FEW + 1}"
        ).to_arrow_table()
        if keys.num_rows <= FEW:
            return _asked(warehouse, Relation(schema, contract.name), contract, columns, instance, keys)
    return warehouse.brought(schema, contract.name, [*columns, "_instance"], instance)


def _asked(
    warehouse: Warehouse,
    table: Relation,
    contract: TableContract,
    columns: Sequence[str],
    instance: str,
    keys: pa.Table,
) -> str:
    fields = [_field(contract, name) for name in contract.key]
    wanted = [_field(contract, name) for name in columns]
    sql = select_by_key(table, wanted, fields)
    found: list[tuple[Any, ...]] = []
    for batch in json_batches(keys, fields):
        found += warehouse.rows(sql, [instance, batch])
    made: list[Sequence[Any]] = list(zip(*found, strict=True)) if found else [()] * len(wanted)
    arrays = [pa.array(values, field.arrow) for values, field in zip(made, wanted, strict=True)]
    rows = pa.table([*arrays, pa.array([instance] * len(found), pa.string())], names=[*columns, "_instance"])
    warehouse.connection.register("_found", rows)
    warehouse.local.execute(f"create or replace table {_ASKED} as select * from _found")
    warehouse.connection.unregister("_found")
    return _ASKED


def _field(contract: TableContract, name: str) -> Field:
    if name == "_row_hash":
        return field_of({"name": name, "data_type": "bigint"})
    return field_of(column_hint(contract, contract.column(name), lengths=True))
