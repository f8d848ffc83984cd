"""One instance of a drop: it answers, nothing waits for long, nothing is kept longer than agreed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from pipelines.errors import SettingsError, SourceError
from pipelines.landing.ledger import utc_now
from pipelines.runner.doctor.buckets import examine_bucket
from pipelines.runner.doctor.finding import Finding, failure, good, warning
from pipelines.settings import Settings
from pipelines.sources.csv_drop import ARCHIVE, QUARANTINE, Place, open_place

# S3 counts from the next midnight and deletes when it comes to it
_GRACE = timedelta(days=2)
_LONG = timedelta(days=1)


def examine_drops(settings: Settings, platform: str, instance: str) -> Iterator[Finding]:
    """Lists what waits and what was put away; reads no file."""
    where, place = settings.sources[platform][instance], f"{platform}/{instance}"
    now = utc_now()  # not as of: files have a real age
    try:
        opened = open_place(where, settings)
        yield _waiting(opened, place, now)
        yield _kept(opened, place, ARCHIVE, now - timedelta(days=where.archive_days) - _GRACE)
        yield _kept(opened, place, QUARANTINE, now - timedelta(days=where.quarantine_days) - _GRACE)
    except (SourceError, SettingsError) as refused:
        yield failure(place, "source", refused)
        return
    yield from examine_bucket(settings, where, place, ours=True)


def _waiting(opened: Place, place: str, now: datetime) -> Finding:
    waiting = opened.waiting()
    if old := [stored.key for stored in waiting if now - stored.modified > _LONG]:
        said = "answers; {} waits for more than a day"
        return warning(
            place, "source", said, "See what the last run said of it, or run `warehouse land`.", old
        )
    return good(place, "source", f"answers: {len(waiting)} files wait")


def _kept(opened: Place, place: str, folder: str, since: datetime) -> Finding:
    kept = opened.mover.kept(folder)
    if old := [file.key for file in kept if file.since < since]:
        said = f"{len(old)} files in {folder} are older than agreed, such as {old[0]}"
        advice = (
            "See the bucket's lifecycle rules, or a legal hold; in a folder the next landing removes them."
        )
        return Finding(place, "retention", "failure", said, advice, tuple(old))
    if kept and folder == QUARANTINE:
        files = [file.key for file in kept if not file.key.endswith(".reason.txt")]
        return warning(
            place, "quarantine", "{} could not be used", "Beside each is its reason.", files or [folder]
        )
    return good(place, "retention", f"{len(kept)} files in {folder}, none older than agreed")
