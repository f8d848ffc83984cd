"""Snapshot files for tests: a contract, edX's writer, and a second reader that is slow and plain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from pipelines.contracts import Column, TableContract
from pipelines.sources.edx_package.fetch import FileFetch
from pipelines.sources.edx_package.file_read import FileRead, ReadAgain
from pipelines.sources.edx_package.read import read_file
from pipelines.sources.edx_package.tsv import TsvRead

ENTITY = "UniX-Demo1x-1T2018"


def contract(*names: str, key: Sequence[str] = ("id",), table: str = "auth_user") -> TableContract:
    """A table of text columns, `_entity` first."""
    columns = tuple(
        Column(name, "text", None, None, None, True, "none", "varchar", "For a test.")
        for name in ("_entity", *names)
    )
    return TableContract("edx", table, ("_entity", *key), None, None, None, columns, "For a test.")


def written(header: Sequence[str], rows: Iterable[Sequence[str | None]]) -> bytes:
    r"""What edX's exporter writes: NULL, else `\` CR TAB LF escaped in this order and NUL left out."""
    lines = ["\t".join(header), *("\t".join(map(_written, row)) for row in rows)]
    return "".join(f"{line}\n" for line in lines).encode()


def _written(value: str | None) -> str:
    if value is None:
        return "NULL"
    escaped = value.replace("\\", "\\\\").replace("\r", "\\r").replace("\t", "\\t").replace("\n", "\\n")
    return escaped.replace("\0", "")


def in_blocks(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def rows_of(read: FileRead) -> list[tuple[Any, ...]]:
    """All rows, `_entity` and `_position` left out; the balance is checked on the way."""
    rows = []
    for batch in read.batches():
        columns = batch.to_pydict()
        positions = columns.pop("_position")
        assert set(columns.pop("_entity")) <= {ENTITY}
        rows += [row for row, _ in zip(zip(*columns.values(), strict=True), positions, strict=True)]
    assert read.rows_read == len(rows) + len(read.refused)
    assert (read.rows_given, read.rows_refused) == (len(rows), len(read.refused))
    return rows


def read_all(
    data: bytes, table: TableContract, fetch: FileFetch | None = None, block: int = 1 << 20,
    chunk: int = 8 << 20,
) -> tuple[list[tuple[Any, ...]], FileRead]:  # fmt: skip
    """The rows of a file, read again as often as it must be, and the last pass."""
    how: dict[str, bool] = {}
    fetch = fetch or FileFetch(format="tsv")
    for _ in range(3):
        blocks = in_blocks(data, block)
        read: FileRead = (
            TsvRead(blocks, table, fetch, ENTITY, **how, chunk_bytes=chunk)
            if fetch.format == "tsv"
            else read_file(fetch.format, blocks, table, fetch, ENTITY)
        )
        try:
            return rows_of(read), read
        except ReadAgain as again:
            assert again.how != how
            how = again.how
    raise AssertionError("a file is read three times at the most")


_ESCAPES = {b"\\": b"\\", b"t": b"\t", b"n": b"\n", b"r": b"\r", b"0": b"\0"}


def plainly_read(data: bytes, width: int, escaped_raw: bool) -> tuple[list[list[str | None]], list[bytes]]:
    """The rows and the refused lines of a TSV file, character by character, as the rules say."""
    header, _, body = data.partition(b"\n")
    lines, ended = _lines(body, escaped_raw)
    returns = header.endswith(b"\r") and all(line.endswith(b"\r") for line in lines[: None if ended else -1])
    lines = [line.removesuffix(b"\r") if returns else line for line in lines]
    rows = [_cut(line, b"\t", escaped_raw) for line in lines]
    whole = [row for row in rows if len(row) == width]
    quoted = [cell for row in whole for cell in row if b'"' in cell]
    unquote = all(re.fullmatch(rb'"([^"]|"")*"', cell, re.DOTALL) for cell in quoted)
    refused = [line for line, row in zip(lines, rows, strict=True) if len(row) != width]
    return [[_value(cell, unquote, escaped_raw) for cell in row] for row in whole], refused


def _lines(body: bytes, escaped_raw: bool) -> tuple[list[bytes], bool]:
    lines = _cut(body, b"\n", escaped_raw)
    ended = lines[-1] == b""
    return (lines[:-1] if ended else lines), ended


def _cut(text: bytes, at: bytes, escaped_raw: bool) -> list[bytes]:
    parts, backslashes = [b""], 0
    for character in (text[place : place + 1] for place in range(len(text))):
        if character == at and not (escaped_raw and backslashes % 2):
            parts.append(b"")
        else:
            parts[-1] += character
        backslashes = backslashes + 1 if character == b"\\" else 0
    return parts


def _value(cell: bytes, unquote: bool, escaped_raw: bool) -> str | None:
    if cell == b"NULL":
        return None
    if unquote and b'"' in cell:
        cell = cell[1:-1].replace(b'""', b'"')
    known = _ESCAPES | ({b"\t": b"\t", b"\n": b"\n"} if escaped_raw else {})
    return re.sub(rb"\\(.)", lambda found: known.get(found[1], found[0]), cell, flags=re.DOTALL).decode(
        errors="replace"
    )
