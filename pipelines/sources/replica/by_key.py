"""Rows asked for by their keys: those that a sweep listed and no window ever held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa

from pipelines.contracts import TableContract
from pipelines.sources.config import TableFetch
from pipelines.sources.replica.interruptions import from_the_start
from pipelines.sources.replica.reader import Reader, Select, SourceTable

KEYS_PER_STATEMENT = 200


def rows_by_key(
    reader: Reader,
    contract: TableContract,
    fetch: TableFetch,
    source: SourceTable,
    keys: Sequence[Sequence[Any]],
) -> Iterator[pa.RecordBatch] | None:
    """Rows with these keys, each the values of its columns as the source gave them (a source that compares
    blind to case may add some). None when a value cannot be written into a statement: bytes, floats.
    """
    written = [[_literal(reader, value) for value in key] for key in keys]
    if any(value is None for key in written for value in key):
        return None
    names = [reader.expression(contract.column(name), source.columns[name]) for name in contract.key]
    columns = tuple(
        (reader.expression(column, source.columns[column.name]), column.name) for column in contract.fetched
    )
    filters = (fetch.row_filter,) if fetch.row_filter else ()
    parts = [written[at : at + KEYS_PER_STATEMENT] for at in range(0, len(written), KEYS_PER_STATEMENT)]
    selects = [Select(source.name, columns, (*filters, _among(names, part))) for part in parts]
    return (batch for select in selects for batch in _whole(reader, select))


def _whole(reader: Reader, select: Select) -> list[pa.RecordBatch]:
    """A few rows at once, so that a statement that was interrupted can be sent again."""
    return from_the_start(reader.wait, lambda: list(reader.stream(select)))


def _among(names: list[str], keys: Sequence[Sequence[str | None]]) -> str:
    if len(names) == 1:
        return f"{names[0]} in ({', '.join(str(value) for (value,) in keys)})"
    pairs = (
        " and ".join(f"{name} = {value}" for name, value in zip(names, key, strict=True)) for key in keys
    )
    return " or ".join(f"({pair})" for pair in pairs)


def _literal(reader: Reader, value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return reader.text(str(value)) if isinstance(value, (str, UUID, date)) else None
