"""What was sent by bulk copy, against what the server says arrived: counts, sums, ends, and a sample of rows.

The client's own count proves nothing: some servers answer its questions wrongly and still report success.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.landing.destinations.sqlserver.fields import Field
from pipelines.landing.destinations.sqlserver.statements import PLACE

ALL_READ_BACK = 500  # rows: a smaller load is read back whole, of a larger one about as many
_DIGITS = 60  # Python rounds a sum to 28 otherwise
_CLOSE = 1e-9  # sums of doubles depend on their order


def sample_step(rows: int) -> int:
    """Of how many rows one is read back."""
    return max(1, rows // ALL_READ_BACK)


class Measured:
    """Grows chunk by chunk with what is sent; says what of it the server does not have as it was."""

    def __init__(self, fields: Sequence[Field], rows: int) -> None:
        self._fields = fields
        self.step = sample_step(rows)
        self._rows = 0
        self._counts = [0] * len(fields)
        self._sums: list[Any] = [0] * len(fields)
        self._ends: list[tuple[Any, Any]] = [(None, None)] * len(fields)
        self._sample: list[pa.Table] = []

    def add(self, chunk: pa.Table) -> pa.Table:
        """The chunk as it is to be sent: with the place of each row."""
        places = pa.array(np.arange(self._rows, self._rows + chunk.num_rows))
        numbered = chunk.add_column(0, PLACE, places)
        self._sample.append(numbered.filter(pc.equal(_modulo(places, self.step), 0)))
        for at, field in enumerate(self._fields):
            self._measure(at, field, chunk[field.name])
        self._rows += chunk.num_rows
        return numbered

    def _measure(self, at: int, field: Field, values: pa.ChunkedArray) -> None:
        self._counts[at] += len(values) - values.null_count
        if field.kind in ("bigint", "decimal", "bool", "double"):
            with localcontext(prec=_DIGITS):
                self._sums[at] += _sum(field, values)
        if field.kind in ("double", "date", "timestamp"):
            ends = pc.min_max(values).as_py()
            low, high = self._ends[at]
            self._ends[at] = (_least(low, ends["min"]), _greatest(high, ends["max"]))

    def expected(self) -> list[Any]:
        """In the order of `statements.measures`; a sum or an end of no value is None."""
        said: list[Any] = [self._rows]
        for at, field in enumerate(self._fields):
            said.append(self._counts[at])
            if field.kind in ("bigint", "decimal", "bool", "double"):
                said.append(self._sums[at] if self._counts[at] else None)
            if field.kind in ("double", "date", "timestamp"):
                said += self._ends[at]
        return said

    def difference(self, arrived: Sequence[Any]) -> str | None:
        """Which column came otherwise, by the server's own aggregates."""
        names = ["the number of rows"]
        for field in self._fields:
            names += [f"column {field.name}"] * (1 + _more(field))
        if len(arrived) != len(names):
            return "the number of columns"
        for name, sent, there in zip(names, self.expected(), arrived, strict=True):
            if not _same(sent, there):
                return name
        return None

    def sample_difference(self, rows: Sequence[Sequence[Any]]) -> str | None:
        """Which column of the rows read back is not as it was sent."""
        sent = pa.concat_tables(self._sample)
        if len(rows) != sent.num_rows:
            return "the number of rows"
        columns = [sent[name].to_pylist() for name in sent.column_names]
        for number, row in enumerate(rows):
            for at, name in enumerate(sent.column_names):
                if _plain(row[at]) != columns[at][number]:
                    return f"column {name}"
        return None


def _more(field: Field) -> int:
    return {"bigint": 1, "decimal": 1, "bool": 1, "double": 3, "date": 2, "timestamp": 2}.get(field.kind, 0)


def _sum(field: Field, values: pa.ChunkedArray) -> Any:
    """Exact but for doubles: a sum of bigints has room for more than a bigint."""
    if field.kind == "double":
        return pc.sum(values).as_py() or 0.0
    if field.kind == "bool":
        return pc.sum(values).as_py() or 0
    wide = values.cast(pa.decimal128(38, field.scale))
    return pc.sum(wide).as_py() or 0


def _modulo(places: pa.Array, step: int) -> pa.Array:
    return pc.subtract(places, pc.multiply(pc.divide(places, step), step))


def _same(sent: Any, there: Any) -> bool:
    if sent is None or there is None:
        return sent is None and there is None
    if isinstance(sent, float):
        return not math.isfinite(sent) or math.isclose(sent, float(there), rel_tol=_CLOSE, abs_tol=_CLOSE)
    if isinstance(sent, (int, Decimal)):
        return Decimal(sent) == Decimal(str(there))
    return bool(sent == there)


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, (bytearray, memoryview)) else value


def _least(one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else min(one, other)


def _greatest(one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else max(one, other)
