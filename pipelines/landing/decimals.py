"""Decimals that arrive as text become decimals in Arrow: a tenth of what the same casts cost in SQL."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contracts import Column, TableContract


def with_decimals(batch: pa.Table, contract: TableContract) -> pa.Table:
    """The batch with each column of decimals as such, where all its texts are numbers that fit exactly.

    A column where one does not goes on as text: the casts say which row is refused. So does one with an `e`,
    which is how a double writes itself, and one whose text a condition or a derivation looks at.
    """
    for column in _plain_decimals(contract):
        at = batch.schema.get_field_index(column.name)
        texts = batch.column(at)
        if pa.types.is_string(texts.type) and texts.null_count < len(texts) and not _any_exponent(texts):
            try:
                exact = texts.cast(pa.decimal128(int(column.precision or 38), int(column.scale or 0)))
            except pa.ArrowInvalid:
                continue
            batch = batch.set_column(at, column.name, exact)
    return batch


def _plain_decimals(contract: TableContract) -> list[Column]:
    looked_at: set[str | None] = set()
    for column in contract.landed:
        looked_at |= {c.column for c in (column.blank_when, column.retired_when) if c}
        looked_at.add(column.derived_from)
    return [
        column
        for column in contract.landed
        if column.kind == "decimal" and not column.derive and column.name not in looked_at
    ]


def _any_exponent(texts: pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.match_substring(texts, "e", ignore_case=True)).as_py())
