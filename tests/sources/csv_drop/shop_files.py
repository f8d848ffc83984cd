"""A small table and its files, read in blocks of any size."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pipelines.contracts import Column, TableContract
from pipelines.sources.csv_drop import CsvFetch, CsvRead
from pipelines.sources.edx_package import POSITION

DROPPED = datetime(2026, 7, 6, 9, 30)
NAMES = ("code", "title", "sold_on")


def _column(name: str, kind: str) -> Column:
    return Column(name, kind, None, None, None, True, "none", kind, "For a test.")


CONTRACT = TableContract(
    "shop", "sales", ("code",), None, None, None,
    (_column("code", "text"), _column("title", "text"), _column("sold_on", "date")), "For a test.",
)  # fmt: skip


def in_blocks(content: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def reading(content: bytes, size: int = 1 << 20, encoding: str | None = None, **fetch: Any) -> CsvRead:
    made = CsvFetch.model_validate({"rows": "some", **fetch})
    return CsvRead(in_blocks(content, size), CONTRACT, made, DROPPED, encoding)


def rows_of(read: CsvRead) -> list[tuple[Any, ...]]:
    """Position and cells of every row that came, and the counts that must add up."""
    rows = [
        (row[POSITION], *(row[name] for name in NAMES))
        for batch in read.batches()
        for row in batch.to_pylist()
    ]
    assert read.rows_read == len(rows) + len(read.refused) + read.rows_empty
    return rows
