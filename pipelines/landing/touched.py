"""Touched partitions: which UTC days of a table a load changed, by fingerprints before and after.

A fingerprint is (row count, sum of row hashes). A day that differs from what the last load left was
touched, whether rows came, changed, moved to another day or went; right by construction, at the cost
of a scan of two columns.
"""

from __future__ import annotations

from datetime import date

from pipelines.contracts import TableContract
from pipelines.landing.ledger import utc_now
from pipelines.warehouse import Warehouse


def partition_date(contract: TableContract) -> str:
    """SQL for the UTC day of a staging row."""
    column = f'"{contract.partition_column}"'
    if contract.partition_unit == "epoch_seconds":
        # what lies beyond the years 1 to 9999 (milliseconds, say) belongs to no day
        day = f"cast(make_timestamp({column} * 1000000) as date)"
        return f"case when {column} between -62135596800 and 253402300799 then {day} end"
    return f"cast({column} as date)"


def record_touched(
    warehouse: Warehouse,
    schema: str,
    contract: TableContract,
    load_id: str,
    days: set[date] | None = None,
) -> None:
    """Writes the touched days of one table to `ops.touched_partitions` and refreshes its fingerprints.

    `days`: the only ones that can have been touched; None looks at all of them.
    """
    if not contract.partition_column or not warehouse.has_table(schema, contract.name):
        return
    column = (
        f'"{contract.partition_column}"' if contract.partition_unit == "date" else partition_date(contract)
    )
    within = _among(column, days, "where")
    now = (
        f"select {partition_date(contract)} as partition_date, count(*) as row_count, "
        f'sum(_row_hash) as hash_sum from {schema}."{contract.name}"{within} group by all'
    )
    here = [contract.platform, contract.name]
    known = f"platform = ? and table_name = ?{_among('partition_date', days, 'and')}"
    with warehouse.transaction():
        warehouse.execute(f"create or replace temp table _fingerprints as {now}")
        warehouse.execute(
            "insert into ops.touched_partitions "
            "select ?, ?, ?, coalesce(n.partition_date, o.partition_date), ? from _fingerprints as n "
            f"full join (select * from ops.partition_fingerprints where {known}) as o "
            "on n.partition_date is not distinct from o.partition_date "
            "where n.row_count is distinct from o.row_count or n.hash_sum is distinct from o.hash_sum",
            [load_id, *here, utc_now(), *here],
        )
        warehouse.execute(f"delete from ops.partition_fingerprints where {known}", here)
        warehouse.execute(
            "insert into ops.partition_fingerprints select ?, ?, partition_date, row_count, hash_sum "
            "from _fingerprints",
            here,
        )


def _among(column: str, days: set[date] | None, word: str) -> str:
    if days is None:
        return ""
    listed = ", ".join(f"date '{day.isoformat()}'" for day in sorted(days))
    return f" {word} {column} in ({listed})" if listed else f" {word} 1 = 0"
