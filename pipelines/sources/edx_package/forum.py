"""The forum: one document of MongoDB's extended JSON a line. What people wrote is never in a batch."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa

from pipelines.contracts import TableContract
from pipelines.sources.edx_package.file_read import FileRead
from pipelines.sources.edx_package.header import BYTE_ORDER_MARK, places_of_columns
from pipelines.sources.edx_package.lines import line_chunks
from pipelines.sources.edx_package.text_rows import in_batches
from pipelines.sources.edx_package.times import plain_time, time_of_milliseconds

_Document = dict[str, Any]


class ForumRead(FileRead):
    """One pass over one `.mongo` file. A line that is no JSON object is refused as `no_json`."""

    def __init__(self, blocks: Iterable[bytes], contract: TableContract, entity: str) -> None:
        super().__init__(contract, entity)
        self._blocks = blocks
        self._keys: dict[str, None] = {}

    def batches(self) -> Iterator[pa.RecordBatch]:
        wanted = list(places_of_columns(self, list(_COLUMNS), {}))
        self.undeclared = []
        yield from in_batches(self, wanted, self._rows(wanted))

    def _rows(self, wanted: list[str]) -> Iterator[tuple[int, list[str | None]] | None]:
        columns = [_COLUMNS[name] for name in wanted]
        for number, line in enumerate(self._lines(), 1):
            document = self._document(line)
            if document is None:
                self.refuse(number, "no_json", "", line)
                yield None
                continue
            self._note_keys(document)
            yield number, [column(document) for column in columns]

    def _lines(self) -> Iterator[bytes]:
        last = b""
        for chunk in line_chunks(self.counted_lines(self._blocks)):
            first = not last
            last = chunk
            lines = (chunk.removeprefix(BYTE_ORDER_MARK) if first else chunk).split(b"\n")
            yield from lines[:-1] if chunk.endswith(b"\n") else lines
        self.rows_read += bool(last) and not last.endswith(b"\n")

    def _document(self, line: bytes) -> _Document | None:
        try:
            text = line.decode()
        except UnicodeDecodeError:
            text = line.decode(errors="replace")
            self.replaced += 1
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            return None
        return document if isinstance(document, dict) else None

    def _note_keys(self, document: _Document) -> None:
        """Keys that no column reads, in `undeclared`."""
        if new := document.keys() - self._keys.keys() - _READ_KEYS:
            self._keys.update(dict.fromkeys(sorted(new)))
            self.compare_columns([*_COLUMNS, *self._keys], {name: name for name in _COLUMNS})
            self.undeclared = [name for name in self.undeclared if name not in _COLUMNS]


def _plain(key: str) -> Callable[[_Document], str | None]:
    return lambda document: _text(document.get(key))


def _moment(key: str) -> Callable[[_Document], str | None]:
    return lambda document: _time(document.get(key))


def _votes(counted: str, listed: str = "") -> Callable[[_Document], str | None]:
    """A number of votes; where it is not written, of those that are listed."""

    def column(document: _Document) -> str | None:
        votes = document.get("votes")
        votes = votes if isinstance(votes, dict) else {}
        names = votes.get(listed)
        return _text(votes.get(counted, len(names) if isinstance(names, list) else None))

    return column


def _flags(document: _Document) -> str | None:
    flaggers = document.get("abuse_flaggers")
    return str(len(flaggers)) if isinstance(flaggers, list) else None


def _text(value: Any) -> str | None:
    """A scalar as text; an id or number in extended JSON as what it holds."""
    if isinstance(value, dict) and len(value) == 1:
        (kind, inner), = value.items()  # fmt: skip
        if kind in ("$oid", "$numberLong", "$numberInt", "$numberDouble"):
            return _text(inner)
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _time(value: Any) -> str | None:
    """`{"$date": milliseconds}`, `{"$date": "ISO text"}` or `{"$date": {"$numberLong": "milliseconds"}}`."""
    inner = value.get("$date") if isinstance(value, dict) else value
    if isinstance(inner, dict):
        inner = inner.get("$numberLong")
        inner = int(inner) if isinstance(inner, str) and inner.lstrip("-").isdecimal() else inner
    if isinstance(inner, int) and not isinstance(inner, bool):
        return time_of_milliseconds(inner)
    return plain_time(inner) if isinstance(inner, str) else _text(inner)


_COLUMNS: dict[str, Callable[[_Document], str | None]] = {
    "_id": _plain("_id"),
    "type": _plain("_type"),
    **{
        name: _plain(name)
        for name in (
            "course_id", "author_id", "comment_thread_id", "parent_id", "commentable_id", "thread_type",
            "context", "anonymous", "anonymous_to_peers", "closed", "pinned", "endorsed", "visible", "depth",
            "child_count", "comment_count",
        )
    },
    **{name: _moment(name) for name in ("created_at", "updated_at", "last_activity_at")},
    "votes_up": _votes("up_count", "up"),
    "votes_down": _votes("down_count", "down"),
    "votes_point": _votes("point"),
    "abuse_flags": _flags,
}  # fmt: skip
_READ_KEYS = frozenset(_COLUMNS) | {"_type", "votes", "abuse_flaggers"}
