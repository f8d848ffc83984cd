"""One member of an archive, from the bytes of its decrypted stream to a Parquet file of landed rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.errors import SourceUnreadable
from pipelines.landing.bench import Bench, Writer, grouped, write_empty
from pipelines.landing.classify import Classifier, Refused
from pipelines.landing.outcome import TableOutcome
from pipelines.sources.ahead import read_ahead
from pipelines.sources.edx_package import POSITION, FileFetch, FileRead, ReadAgain, read_file

_MANY = 20_000
Blocks = Callable[[], Generator[bytes, None, None]]


def stage_member(bench: Bench, blocks: Blocks, fetch: FileFetch, outcome: TableOutcome, path: Path) -> None:
    """Reads and classifies one member; leaves its counts on the outcome and its good rows in `path`.

    Raises a SourceError for this member alone. Nothing of a stream counts before its end was reached: what
    decrypts it says there whether it was whole.
    """
    started = time.monotonic()
    how: dict[str, bool] = {}
    while True:
        try:
            _stage_once(bench, blocks, fetch, outcome, path, how)
            break
        except ReadAgain as again:
            how |= again.how
            _start_over(outcome, path)
    outcome.seconds = time.monotonic() - started


def _start_over(outcome: TableOutcome, path: Path) -> None:
    path.unlink(missing_ok=True)
    outcome.forget()


def count_lines(blocks: Blocks, outcome: TableOutcome) -> None:
    """Counts a superseded file's rows: its lines but the header, all of them filtered."""
    lines, last = 0, b"\n"
    for block in blocks():
        lines += block.count(b"\n")
        last = block[-1:] or last
        outcome.bytes_read += len(block)
    outcome.rows_read = max(0, lines + (last != b"\n") - 1)
    outcome.filtered["superseded"] = outcome.rows_read


def _stage_once(
    bench: Bench, blocks: Blocks, fetch: FileFetch, outcome: TableOutcome, path: Path, how: dict[str, bool]
) -> None:
    with closing(blocks()) as stream, Writer(path) as writer:
        read = read_file(fetch.format, stream, outcome.contract, fetch, outcome.scope or "", **how)
        _classify(bench, read, outcome, writer)
        for _ in stream:  # a reader may stop at the last line; the end is where the stream says it was whole
            pass
    _take_counts(read, outcome)
    if not writer.rows:
        write_empty(bench, outcome.contract, path, positions=False)


def _classify(bench: Bench, read: FileRead, outcome: TableOutcome, writer: Writer) -> None:
    classifier = Classifier(
        bench.warehouse, outcome.contract, outcome.instance, bench.key, outcome.load_id, bench.settings.clock
    )
    seen = 0

    def rows() -> Generator[pa.RecordBatch, None, None]:
        yield from read.batches()

    # the next rows are decrypted and split while these are classified
    for batch in grouped(read_ahead(rows, stop=lambda: None)):
        places = batch[POSITION].to_pylist() if batch.num_rows else []
        classified = classifier.classify(batch.drop_columns([POSITION]), seen)
        refused = [replace(row, position=places[row.position - seen]) for row in classified.refused]
        seen += batch.num_rows
        outcome.rows_quarantined += len(refused)
        outcome.refused += refused
        outcome.repairs += classified.repairs
        outcome.rows_read = read.rows_read
        writer.write(in_order(classified.landed))
        bench.on_rows(outcome)
        _refuse_the_whole(outcome, outcome.rows_quarantined + len(read.refused))


def in_order(landed: pa.Table) -> pa.Table:
    """The rows as they were read, without `_position`: a file's own order says which of two is the last.

    DuckDB gives back its parts in any order and leaves the rows of each in theirs.
    """
    places = landed["_position"].to_numpy()
    rows = landed.drop_columns(["_position"])
    starts = np.flatnonzero(np.diff(places, prepend=np.inf) < 0)
    ends = [*starts[1:], len(places)][: len(starts)]
    parts = sorted(zip(starts, ends, strict=True), key=lambda part: places[part[0]])
    if any(places[one[1] - 1] > places[two[0]] for one, two in pairwise(parts)):
        return rows.take(pa.array(np.argsort(places)))
    return (
        pa.concat_tables([rows.slice(start, end - start) for start, end in parts]) if len(parts) > 1 else rows
    )


def _refuse_the_whole(outcome: TableOutcome, refused: int) -> None:
    """A file most of whose rows fit nowhere is none of this table, and would fill memory and quarantine."""
    if refused > _MANY and 2 * refused > outcome.rows_read:
        raise SourceUnreadable(
            f"{refused:,} of the first {outcome.rows_read:,} rows do not fit {outcome.contract.name}, "
            "so nothing of the file landed.",
            "Compare its header with the contract; what landed before stays.",
        )


def _take_counts(read: FileRead, outcome: TableOutcome) -> None:
    """`rows_read` is the reader's own count of lines, so that a row lost on the way is missed."""
    outcome.rows_read, outcome.bytes_read = read.rows_read, read.bytes_read
    outcome.rows_quarantined += len(read.refused)
    outcome.refused += [_line(outcome.scope, row.position, row.reason, row.payload) for row in read.refused]
    outcome.undeclared, outcome.missing = list(read.undeclared), list(read.missing)
    if read.replaced:
        outcome.repairs["_line", "not_utf8"] = read.replaced


def _line(scope: str | None, position: int, reason: str, payload: Mapping[str, Any]) -> Refused:
    """A line that is no row: kept whole, with its entity, since two files may hold the same line."""
    return Refused(position, reason, "", {**payload, "_entity": scope})
