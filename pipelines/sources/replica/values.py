"""Python values to Arrow, where values come as Python: SQLite rows and opened quarantine payloads."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pyarrow as pa


def to_arrow(values: Sequence[Any]) -> pa.Array:
    """One column of one batch: int64 or double where every value is one, text where it is UTF-8, else bytes.

    A number among texts becomes its text: nothing is cast at the source, where 'abc' would turn into 0.
    """
    kinds = {type(value) for value in values} - {type(None)}
    if kinds == {int}:
        with suppress(OverflowError):  # an unsigned bigint from quarantine goes on as its text
            return pa.array(values, pa.int64())
    if kinds == {float}:
        return pa.array(values, pa.float64())
    raw = pa.array([to_bytes(value) for value in values])
    try:
        return raw.cast(pa.string())
    except pa.ArrowInvalid:
        return raw


def to_bytes(value: Any) -> bytes | None:
    """A value's text in UTF-8, whatever type it came in: 12, '12' and b'12' are the same."""
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return (repr(value) if isinstance(value, float) else str(value)).encode()
