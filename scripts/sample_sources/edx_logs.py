"""Writes the tracking logs of the sample's edX organisation: 60 days, a file a day, gzip, then gpg.

They end on the day of the last weekly package and tell the same story as the packages. Beside them: one day
that site `patches` has again with a few lines more, one file of 2014 under the name of then, one of site
`edge`, which is nobody's business here. One day has no file, one has a file with nothing in it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from scripts.sample_sources.edx_courses import ORGANISATION
from scripts.sample_sources.edx_dirt import WEEKS
from scripts.sample_sources.edx_enrolments import Enrolment
from scripts.sample_sources.edx_keys import ORGANISATION_KEY, private_gpg
from scripts.sample_sources.edx_log_acts import told_records
from scripts.sample_sources.edx_log_dirt import CUT_DAY, odd_lines
from scripts.sample_sources.edx_log_lines import Visit, line
from scripts.sample_sources.edx_log_old import edge_log, old_log

DAYS = 60
LAST_DAY = WEEKS[-1]
FIRST_DAY = LAST_DAY - timedelta(days=DAYS - 1)
WITHOUT_FILE, EMPTY, PATCHED = date(2026, 6, 14), date(2026, 6, 28), date(2026, 7, 8)
LINES_PATCHED = 5
_ORG = ORGANISATION.lower()
OLD_LOG = f"{_ORG}/edx/events/2014/{_ORG}-edx-2014-07-25.log"
EDGE_LOG = f"{_ORG}/edge/events/2026/{_ORG}-edge-events-2026-07-20.log"
# Plain logs by key below the bucket, without `.gz.gpg`.
Logs = dict[str, bytes]


def log_name(day: date, site: str = "edx") -> str:
    """A day's key below the bucket, without `.gz.gpg`."""
    return f"{_ORG}/{site}/events/{day.year}/{_ORG}-{site}-events-{day.isoformat()}.log"


def plain_logs(enrolments: Sequence[Enrolment], scale: int) -> Logs:
    """All logs of the story, plain; the same enrolments and scale give the same bytes."""
    by_day = _lines_by_day(enrolments, scale)
    # Taken out day by day, so that a large scale is not in memory twice.
    logs = {log_name(day): _log(by_day.pop(day)) for day in sorted(by_day)}
    # The last line of one file has no end.
    logs[log_name(CUT_DAY)] = logs[log_name(CUT_DAY)].removesuffix(b"\n")
    again = Visit(enrolments[0].account, enrolments[0].run, datetime.combine(PATCHED, time(20)))
    more = [line(again.request(again.after(turn), "/dashboard", {})).content for turn in range(LINES_PATCHED)]
    logs[log_name(EMPTY)] = b""
    logs[log_name(PATCHED, "patches")] = logs[log_name(PATCHED)] + _log(more)
    return logs | {OLD_LOG: old_log(), EDGE_LOG: edge_log()}


def _lines_by_day(enrolments: Sequence[Enrolment], scale: int) -> dict[date, list[bytes]]:
    """Lines by the day of their file, in no order of time; what other days' files would have is gone."""
    by_day: dict[date, list[bytes]] = defaultdict(list)
    for record in told_records(enrolments, scale, FIRST_DAY, LAST_DAY):
        filed, content = line(record)
        if FIRST_DAY <= filed <= LAST_DAY and filed not in (WITHOUT_FILE, EMPTY):
            by_day[filed].append(content)
    for _, (filed, content) in odd_lines(enrolments):
        by_day[filed].append(content)
    for day, lines in by_day.items():
        Random(day.isoformat()).shuffle(lines)
    return by_day


def _log(lines: Sequence[bytes]) -> bytes:
    return b"".join(content + b"\n" for content in lines)


def write_logs(folder: Path, key_file: Path, logs: Logs) -> None:
    """Writes `folder`/<key>.gz.gpg for each log, unless it is there with the same content and key.

    The key must be there. Plain text goes through pipes only. Raises GpgRefused, and OSError if the folder
    cannot be written.
    """
    manifest, key = key_file.with_name("logs.json"), key_file.read_bytes()
    known: dict[str, str] = json.loads(manifest.read_text()) if manifest.exists() else {}
    wanted = {name: hashlib.sha256(key + content).hexdigest() for name, content in logs.items()}
    paths = {name: folder / f"{name}.gz.gpg" for name in logs}
    stale = [name for name in logs if known.get(name) != wanted[name] or not paths[name].exists()]
    if not stale:
        return
    with private_gpg() as gpg:
        gpg.run("--import", str(key_file))
        for name in stale:
            packed = gzip.compress(logs[name], compresslevel=4, mtime=0)
            _put(paths[name], gpg.run("--recipient", ORGANISATION_KEY, "--compress-algo", "none", "--encrypt",
                                      given=packed))  # fmt: skip
    _put(manifest, json.dumps(wanted, indent=1).encode())


def _put(path: Path, content: bytes) -> None:
    """The file as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.replace(path)
