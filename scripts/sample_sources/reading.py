"""Writes the sample of the reading app: its two DynamoDB tables as AWS exports them, and stream files.

Some of the bookshelf's learners read here, too, under the same addresses; a reading is one book on one day,
some are followed by a quiz. Each table has a full export a month old that a newer one makes needless, the
newer one, an incremental export for each night since, and for quizzes the stream files of the last hours.
The same scale gives the same files, byte for byte.

Deliberate dirt, the same few items at every scale; `EXPECTED` of `reading_dirt` counts what a run must make
of it:
- a word for a number, an impossible date, a share of 40 digits: the items are quarantined; of an attempt
  whose list of answers holds a text, that element alone;
- NULL, an empty text, no attribute at all: three things; times in seconds and in milliseconds;
- attributes nobody declared, in an item and in its map: counted in the drift report, and do not land;
- names, notes and answers in words: never land; staff, a machine, a reader without an address;
- changed, deleted, deleted and put back in another night; a delete of what nobody knows; a reading that
  moved to another day;
- stream files: records without line ends, one with braces in a text, gzip of two members, one record twice,
  one out of order, one of another table, one cut off; seconds, milliseconds and microseconds;
- an export that was copied to a second place.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from scripts.sample_sources.dynamodb_layout import Item, Table, changed
from scripts.sample_sources.reading_dirt import spoil_quizzes, spoil_readings, stream_files
from scripts.sample_sources.reading_items import attempt, keys_of, reading, with_progress
from scripts.sample_sources.school_days import school_days

NIGHTS = 7
READERS = 60


def write_reading(folder: Path, scale: int, as_of: datetime, addresses: Sequence[str]) -> None:
    """Writes the exports and stream files below `folder` anew; nothing is after `as_of`."""
    shutil.rmtree(folder, ignore_errors=True)
    rng = Random(f"reading {scale}")
    readings, attempts = _history(rng, as_of, addresses[: READERS * scale])
    last = as_of.replace(hour=2, minute=0, second=0)

    def put(key: str, content: bytes) -> None:
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    progress = Table("reading_progress", put, prefix="exports")
    quizzes = Table("quiz_results", put, prefix="exports", table_id="5ca1ab1e-0000-4000-8000-000000000002")
    first = last - timedelta(days=NIGHTS)
    progress.export_full(first - timedelta(days=30), readings[:50])
    quizzes.export_full(first - timedelta(days=30), attempts[:20])
    copied = progress.export_full(first, spoil_readings(readings))
    quizzes.export_full(first, spoil_quizzes(attempts))
    for night in range(NIGHTS):
        window = (first + timedelta(days=night), first + timedelta(days=night + 1))
        progress.export_changes(*window, _progress_of(night, window[0], readings))
        quizzes.export_changes(*window, _quizzes_of(night, window[0], attempts))
    shutil.copytree(folder / f"exports/AWSDynamoDB/{copied}", folder / f"copies/AWSDynamoDB/{copied}")
    for key, content in stream_files(last, attempts).items():
        put(f"stream/quiz_results/{key}", content)


def _history(rng: Random, as_of: datetime, addresses: Sequence[str]) -> tuple[list[Item], list[Item]]:
    """Readings and attempts of the academic year, each by a reader who keeps to some books."""
    days = school_days(datetime(as_of.year - 1, 9, 1).date(), as_of.date() - timedelta(days=NIGHTS + 1))
    readings, attempts = [], []
    for number, address in enumerate(addresses, 1):
        keenness = rng.uniform(0.02, 0.2)
        books = rng.sample(range(1, 25), 3)
        for day in days:
            if rng.random() > keenness:
                continue
            began = datetime(day.year, day.month, day.day, rng.randrange(8, 20), rng.randrange(60))
            book = rng.choice(books)
            readings.append(reading(number, address, book, began, rng))
            if rng.random() < 0.3:
                attempts.append(attempt(number, address, book, began + timedelta(minutes=40), rng))
    return readings, attempts


def _progress_of(night: int, start: datetime, readings: list[Item]) -> list[Item]:
    """What one night's window holds: some read on, one item goes, and comes back in another night."""
    at = start + timedelta(hours=15)
    touched = readings[100 + 10 * night : 110 + 10 * night]
    changes = [changed(at, keys_of(item), with_progress(item, 5), item) for item in touched]
    fleeting, gone = readings[200], readings[210 + night]
    changes.append(changed(at, keys_of(gone), None, gone))
    if night == 2:
        changes.append(changed(at, keys_of(fleeting), None, fleeting))
    if night == 4:
        changes.append(changed(at, keys_of(fleeting), with_progress(fleeting, 1)))
        changes.append(changed(at, {"userId": {"S": "r-0"}, "readingId": {"S": "never#there"}}, None))
    if night == 5:
        moved = readings[220] | {"startedAt": {"S": f"{start:%Y-%m-%d}T15:00:00Z"}}
        changes.append(changed(at, keys_of(moved), moved, readings[220]))
    return changes


def _quizzes_of(night: int, start: datetime, attempts: list[Item]) -> list[Item]:
    """Marks that were put right, and an attempt that was taken back."""
    at = start + timedelta(hours=16)
    marked = attempts[30 + night] | {"score": {"N": "5"}}
    changes = [changed(at, keys_of(marked), marked, attempts[30 + night])]
    if night == 3:
        changes.append(changed(at, keys_of(attempts[50]), None, attempts[50]))
    return changes
