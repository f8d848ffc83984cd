"""Touched partitions: which UTC days of a table a load changed, by fingerprints before and after.

A fingerprint is (row count, sum of row hashes). A day that differs from what the last load left was
touched, whether rows came, changed, moved to another day or went; right by construction, at the cost
of a scan of two columns.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.contracts import TableContract
from pipelines.landing.ledger import utc_now
from pipelines.warehouse import Warehouse
from pipelines.warehouse.interface import Engine

# sums of bigints: DuckDB's have room for more, SQL Server's must be given it
_HASH_SUM = {"duckdb": "sum(_row_hash)", "sqlserver": "sum(cast(_row_hash as decimal(38, 0)))"}
_EPOCH_DAY = {
    "duckdb": "cast(make_timestamp({} * 1000000) as date)",
    "sqlserver": "cast(dateadd(day, cast(floor({} / 86400.0) as int), cast('1970-01-01' as date)) as date)",
}


def partition_date(contract: TableContract, engine: Engine = "duckdb") -> str:
    """SQL for the UTC day of a staging row."""
    column = f'"{contract.partition_column}"'
    if contract.partition_unit == "epoch_seconds":
        # what lies beyond the years 1 to 9999 (milliseconds, say) belongs to no day
        day = _EPOCH_DAY[engine].format(column)
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
    day = partition_date(contract, warehouse.engine)
    column = f'"{contract.partition_column}"' if contract.partition_unit == "date" else day
    now = (
        f"select {day} as partition_date, count(*) as row_count, {_HASH_SUM[warehouse.engine]} as hash_sum "
        f'from {schema}."{contract.name}"{_among(column, days, "where")} group by {day}'
    )
    known = f"platform = ? and table_name = ?{_among('partition_date', days, 'and')}"
    record = _record_there if warehouse.engine == "sqlserver" else _record_here
    warehouse.in_transaction(lambda: record(warehouse, contract, load_id, now, known))


def _record_here(warehouse: Warehouse, contract: TableContract, load_id: str, now: str, known: str) -> None:
    """By statements of DuckDB, within it."""
    here = [contract.platform, contract.name]
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


def _record_there(warehouse: Warehouse, contract: TableContract, load_id: str, now: str, known: str) -> None:
    """The same on a server: its table is read once, and of its days only those that differ are written."""
    here = {"platform": contract.platform, "table_name": contract.name}
    places = list(here.values())
    columns = "partition_date, row_count, hash_sum"
    before = _by_day(
        warehouse.rows(f"select {columns} from ops.partition_fingerprints where {known}", places)
    )
    after = _by_day(warehouse.rows(now))
    touched = [day for day in {**before, **after} if before.get(day) != after.get(day)]
    warehouse.insert(
        "ops.touched_partitions",
        [{"load_id": load_id, **here, "partition_date": day, "detected_at": utc_now()} for day in touched],
    )
    gone = [day for day in touched if day in before]
    warehouse.execute(
        "delete from ops.partition_fingerprints where platform = ? and table_name = ? and "
        f"(partition_date in {warehouse.among('date')} or (partition_date is null and 1 = ?))",
        [*places, [day for day in gone if day], int(None in gone)],
    )
    warehouse.insert(
        "ops.partition_fingerprints",
        [
            # the driver binds no integer past 64 bits
            {**here, "partition_date": day, "row_count": after[day][0], "hash_sum": Decimal(after[day][1])}
            for day in touched
            if day in after
        ],
    )


def _by_day(rows: list[tuple[Any, ...]]) -> dict[date | None, tuple[int, int]]:
    return {day: (int(count), int(hashes or 0)) for day, count, hashes in rows}


def _among(column: str, days: set[date] | None, word: str) -> str:
    if days is None:
        return ""
    listed = ", ".join(f"cast('{day.isoformat()}' as date)" for day in sorted(days))
    return f" {word} {column} in ({listed})" if listed else f" {word} 1 = 0"
