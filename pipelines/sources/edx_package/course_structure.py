"""The blocks of a course: one JSON object `{block_id: {category, children, metadata}}`, one row a block."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from pipelines.contracts import TableContract
from pipelines.errors import TableMismatch
from pipelines.sources.edx_package.file_read import FileRead
from pipelines.sources.edx_package.header import BYTE_ORDER_MARK, places_of_columns
from pipelines.sources.edx_package.text_rows import in_batches
from pipelines.sources.edx_package.times import plain_time

MAX_BYTES = 128 << 20
_METADATA = ("display_name", "graded", "format", "due", "start", "end")
COLUMNS = ("block_id", "category", "parent_id", "position", *_METADATA)
_TIMES = ("due", "start", "end")

_Pairs = list[tuple[str, Any]]


class CourseStructureRead(FileRead):
    """One pass over one course structure. Its own metadata only, nothing inherited; `position` counts from 1
    among siblings. A block that is only named as a child is no row. A block that two name as theirs is the
    first one's. Raises TableMismatch when the file is no JSON object or larger than 128 MB.
    """

    def __init__(self, blocks: Iterable[bytes], contract: TableContract, entity: str) -> None:
        super().__init__(contract, entity)
        self._blocks = blocks

    def batches(self) -> Iterator[pa.RecordBatch]:
        text = self._whole()
        if self.empty:
            return
        pairs = self._parsed(text)
        self.rows_read = len(pairs)
        wanted = list(places_of_columns(self, list(COLUMNS), {}))
        self.undeclared = []  # what stands in COLUMNS is our choice, not the file's
        yield from in_batches(self, wanted, self._rows(pairs, wanted))

    def _whole(self) -> bytes:
        held = bytearray()
        for block in self.counted(self._blocks):
            held += block
            if len(held) > MAX_BYTES:
                raise self._mismatch(f"is larger than {MAX_BYTES >> 20} MB")
        return bytes(held.removeprefix(BYTE_ORDER_MARK))

    def _parsed(self, text: bytes) -> _Pairs:
        """The pairs of the outermost object, one that is there twice included."""
        outermost: _Pairs = []

        def remember(pairs: _Pairs) -> dict[str, Any]:
            outermost[:] = pairs
            return dict(pairs)

        try:
            decoded = text.decode(errors="replace")
            self.replaced = int("\ufffd" in decoded and "\ufffd".encode() not in text)
            document = json.loads(decoded, object_pairs_hook=remember)
        except (ValueError, RecursionError):
            raise self._mismatch("is no valid JSON") from None
        if not isinstance(document, dict):
            raise self._mismatch("is no JSON object of blocks")
        return outermost if document else []

    def _mismatch(self, what: str) -> TableMismatch:
        table = f"{self.contract.platform}.{self.contract.name}"
        return TableMismatch(
            f"A file of {table} {what}.", "Its last good snapshot stays; ask edX for the file again."
        )

    def _rows(
        self, pairs: _Pairs, wanted: list[str]
    ) -> Iterator[tuple[int, list[str | None]] | None]:  # fmt: skip
        places = _places(pairs)
        for number, (block_id, block) in enumerate(pairs, 1):
            if not isinstance(block, dict):
                self.refuse(number, "shape", "", json.dumps({block_id: block}).encode())
                yield None
                continue
            parent, position = places.get(block_id, (None, None))
            values = {"block_id": block_id, "category": _text(block.get("category")), "parent_id": parent,
                      "position": position, **_metadata(block)}  # fmt: skip
            yield number, [values[name] for name in wanted]


def _places(pairs: _Pairs) -> dict[str, tuple[str, str]]:
    """Child -> its parent and its place among that one's children."""
    places: dict[str, tuple[str, str]] = {}
    for block_id, block in pairs:
        children = block.get("children") if isinstance(block, dict) else None
        for place, child in enumerate(children if isinstance(children, list) else [], 1):
            if isinstance(child, str):
                places.setdefault(child, (block_id, str(place)))
    return places


def _metadata(block: dict[str, Any]) -> dict[str, str | None]:
    given = block.get("metadata")
    given = given if isinstance(given, dict) else {}
    values = {name: _text(given.get(name)) for name in _METADATA}
    return values | {name: plain_time(value) for name in _TIMES if (value := values[name])}


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)
