"""Contracts, keys and classified batches in memory, for tests that need no platform and no dlt."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.contracts import Column, TableContract
from pipelines.landing.classify import Classified, Classifier
from pipelines.landing.personal import PseudonymKey, pseudonym_key
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse
from pipelines.warehouse.duckdb import DuckDbWarehouse

SECRET = "5c" * 32
CLOCK = datetime(2026, 7, 31)
KEY_ID = "k7"
REFUSED = "refused"


def column(name: str, kind: str = "text", personal: str = "none", **more: Any) -> Column:
    """A column with every optional part left out unless named."""
    sizes: dict[str, Any] = {"length": None, "precision": None, "scale": None, "nullable": True}
    if kind == "decimal":
        sizes |= {"precision": 12, "scale": 2}
    given = {**sizes, "source_type": None, "description": "", **more}
    return Column(name=name, kind=kind, personal=personal, **given)


def table(*columns: Column, key: tuple[str, ...] = ("id",), **more: Any) -> TableContract:
    """A contract of these columns and, unless they name one, a whole-number key `id`."""
    own = columns if any(c.name in key for c in columns) else (column("id", "bigint"), *columns)
    given: dict[str, Any] = {"version": None, "partition_column": None, "partition_unit": None, **more}
    return TableContract(platform="shop", name="things", key=key, columns=own, description="", **given)


def key(secret: str = SECRET) -> PseudonymKey:
    settings = Settings(pseudonym_key=secret, pseudonym_key_id=KEY_ID)
    return pseudonym_key(settings, sample_source=False)


def in_memory() -> Warehouse:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    return DuckDbWarehouse(connection, Path("memory"))


def classify(
    warehouse: Warehouse,
    contract: TableContract,
    batch: pa.Table,
    instance: str = "main",
    load_id: str = "load-1",
    first: int = 0,
) -> Classified:
    return Classifier(warehouse, contract, instance, key(), load_id, CLOCK).classify(batch, first)


def batch_of(arrives: pa.DataType, values: list[Any], name: str = "value") -> pa.Table:
    """`id` 0, 1, … and one column of the given Arrow type."""
    return pa.table({"id": pa.array(range(len(values)), pa.int64()), name: pa.array(values, arrives)})


def landed(
    warehouse: Warehouse, kind: str, arrives: pa.DataType, values: list[Any], **more: Any
) -> list[Any]:
    """What each value became, REFUSED where its row was; every row is one or the other, none is both."""
    done = classify(warehouse, table(column("value", kind, **more)), batch_of(arrives, values))
    result: dict[int, Any] = dict(
        zip(done.landed["id"].to_pylist(), done.landed["value"].to_pylist(), strict=True)
    )
    for refused in done.refused:
        assert refused.position not in result
        assert refused.column == "value"
        result[refused.position] = REFUSED
    return [result[position] for position in range(len(values))]
