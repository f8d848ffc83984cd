"""Rows as JSON, 5,000 at a time, for `insert … select … from openjson(?)`: any server takes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import pyarrow as pa

from pipelines.landing.destinations.sqlserver.fields import Field

ROWS = 5_000
_BYTES = 8 << 20  # of values, about, in one statement


def json_batches(chunk: pa.Table, fields: Sequence[Field]) -> Iterator[str]:
    """`[{"c0": …, "c1": …}, …]`; a NULL has no entry, which OPENJSON reads as NULL. Wide rows come fewer."""
    rows_at_once = max(1, min(ROWS, _BYTES * chunk.num_rows // max(1, chunk.nbytes)))
    for start in range(0, chunk.num_rows, rows_at_once):
        part = chunk.slice(start, rows_at_once)
        columns = [_values(part[field.name], field) for field in fields]
        names = [f"c{at}" for at in range(len(fields))]
        rows = [
            {name: value for name, value in zip(names, row, strict=True) if value is not None}
            for row in zip(*columns, strict=True)
        ]
        yield orjson.dumps(rows).decode()


def _values(values: pa.ChunkedArray, field: Field) -> list[Any]:
    """As JSON has them: decimals as text, so that no digit is lost, bytes as hexadecimal digits."""
    if field.kind == "decimal":
        return values.cast(pa.string()).to_pylist()
    if field.kind == "binary":
        return [None if value is None else value.hex() for value in values.to_pylist()]
    return values.to_pylist()
