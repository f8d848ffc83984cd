"""One table, from the source's first batch to the Parquet file dlt imports; bounded by the chunk."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.landing.bench import Bench, Writer, grouped, write_empty
from pipelines.landing.classify import Classifier
from pipelines.landing.columns import follow_contract
from pipelines.landing.compare import Comparison
from pipelines.landing.ledger import LastLook, last_look, utc_now
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.sweep import Sweep
from pipelines.settings import Settings
from pipelines.sources.config import TableFetch
from pipelines.sources.replica import Reader, TableRead, open_read
from pipelines.sources.replica.interruptions import from_the_start
from pipelines.sources.replica.reader import SourceTable, check_table
from pipelines.sources.replica.values import to_arrow


@dataclass(frozen=True)
class Staged:
    """One table's read, the files of its landed rows, and those that hold every key it saw."""

    read: TableRead
    files: list[Path]
    seen: list[Path]


def stage_table(
    bench: Bench, reader: Reader, physical_name: str, fetch: TableFetch, outcome: TableOutcome
) -> None:
    """Reads, classifies and compares one table; leaves counts and the file to land on the outcome.

    Raises a SourceError for this table alone; other tables go on.
    """
    started = time.monotonic()
    follow_contract(bench.warehouse, bench.schema, outcome.contract)
    source = reader.describe(physical_name)
    outcome.undeclared = check_table(reader, outcome.contract, source)
    look = last_look(bench.warehouse, outcome)
    staged = _staged(bench, reader, fetch, source, outcome, _window_start(look, fetch))
    outcome.swept = staged.read.mode == "full"
    if staged.read.mode == "window" and _sweep_is_due(bench.settings, look, fetch):
        staged = _swept(Sweep(bench, reader, fetch, source, outcome), staged)
        outcome.swept = True
    known_keys = staged.seen if outcome.swept and fetch.sweep_every_days else None
    _settle_file(bench, outcome, staged.files, known_keys, staged.read)
    outcome.seconds = time.monotonic() - started


def stage_payloads(bench: Bench, payloads: list[dict[str, Any]], outcome: TableOutcome) -> None:
    """Classifies opened quarantine payloads again, under today's contract, as one read of their table."""
    names = [column.name for column in outcome.contract.fetched]
    columns = [to_arrow([payload.get(name) for payload in payloads]) for name in names]
    outcome.mode = "replay"
    follow_contract(bench.warehouse, bench.schema, outcome.contract)
    read = TableRead("replay", iter([pa.record_batch(columns, names=names)]), None, False)
    files, _ = _classify_all(bench, read, outcome)
    _settle_file(bench, outcome, files, None, read)


def _window_start(look: LastLook, fetch: TableFetch) -> str | None:
    """None asks for a full read: no cursor, no earlier look under this contract, or a full one is due."""
    if not fetch.cursor or not look.cursor_high or not look.full_at:
        return None
    due = look.full_at + timedelta(days=fetch.full_every_days)
    return None if fetch.full_every_days and utc_now() >= due else look.cursor_high


def _sweep_is_due(settings: Settings, look: LastLook, fetch: TableFetch) -> bool:
    if settings.sweep == "never" or not fetch.sweep_every_days:
        return False
    if settings.sweep == "always":
        return True
    return not look.swept_at or utc_now() >= look.swept_at + timedelta(days=fetch.sweep_every_days)


def _classify_all(
    bench: Bench, read: TableRead, outcome: TableOutcome, part: str = "read"
) -> tuple[list[Path], list[Path]]:
    """Writes landed rows to one Parquet file and the keys of refused rows to another: rows, keys seen."""
    raw = bench.folder / f"{outcome.contract.name}.{part}.parquet"
    refused_keys: list[pa.Table] = []
    classifier = Classifier(
        bench.warehouse, outcome.contract, outcome.instance, bench.key, outcome.load_id, bench.settings.clock
    )
    with Writer(raw) as writer, closing(grouped(read.batches)) as batches:
        for batch in batches:
            classified = classifier.classify(batch, outcome.rows_read)
            outcome.rows_read += batch.num_rows
            outcome.bytes_read += batch.nbytes
            outcome.rows_quarantined += len(classified.refused)
            outcome.refused += classified.refused
            outcome.repairs += classified.repairs
            if classified.refused_keys is not None:
                refused_keys.append(classified.refused_keys)
            writer.write(
                classified.landed.drop_columns(["_position"]) if read.distinct_keys else classified.landed
            )
            bench.on_rows(outcome)
    if not writer.rows:
        write_empty(bench, outcome.contract, raw, positions=not read.distinct_keys)
    seen = [raw]
    if refused_keys:
        seen.append(bench.folder / f"{outcome.contract.name}.{part}.refused.parquet")
        pq.write_table(pa.concat_tables(refused_keys, promote_options="permissive"), seen[-1])
    return [raw], seen


def _staged(
    bench: Bench,
    reader: Reader,
    fetch: TableFetch,
    source: SourceTable,
    outcome: TableOutcome,
    low: str | None,
) -> Staged:
    """The table's rows, classified; a read that was interrupted where it cannot go on begins anew."""

    def read_once() -> Staged:
        read = open_read(reader, outcome.contract, fetch, source, low)
        outcome.mode, outcome.cursor_high = read.mode, read.cursor_high
        return Staged(read, *_classify_all(bench, read, outcome))

    return from_the_start(reader.wait, read_once, outcome.start_over)


def _swept(sweep: Sweep, staged: Staged) -> Staged:
    """Adds all keys of the source, and the rows no window held: fetched by key, or by reading in full."""
    bench, outcome, keys = sweep.bench, sweep.outcome, sweep.keys()
    late = sweep.late_rows(keys, staged.seen, staged.read.cursor_high)
    if late is None:
        outcome.start_over()
        return _staged(bench, sweep.reader, sweep.fetch, sweep.source, outcome, None)
    files, _ = _classify_all(bench, TableRead("window", late, None, False), outcome, "late")
    # what was read counts as there; a row that went since then is deleted next time
    return Staged(staged.read, staged.files + files, [*staged.seen, keys])


def _settle_file(
    bench: Bench, outcome: TableOutcome, files: list[Path], seen: list[Path] | None, read: TableRead
) -> None:
    """Chooses what to land: the read as it is on an empty table, else only what differs from staging."""
    known = bench.warehouse.has_table(bench.schema, outcome.contract.name) and bench.warehouse.value(
        f'select count(*) from {bench.schema}."{outcome.contract.name}" where _instance = ?',
        [outcome.instance],
    )
    if not known and read.distinct_keys:
        outcome.rows_to_land = outcome.rows_read - outcome.rows_quarantined - outcome.rows_filtered
        # an empty table lands too: models may rely on it being there
        outcome.files = files
        return
    if known and not outcome.rows_read and seen is None:
        return  # an empty window, and nobody asks what is gone
    changes = bench.folder / f"{outcome.contract.name}.changes.parquet"
    comparison = Comparison(
        bench.warehouse, bench.schema, outcome, files, distinct=read.distinct_keys, known=bool(known)
    )
    comparison.write_changes(changes, seen, bench.settings)
    if outcome.rows_to_land or outcome.rows_deleted or not known:
        outcome.files = [changes]
