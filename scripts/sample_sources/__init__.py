"""The sample: SQLite files for read-replicas, DynamoDB exports, dropped CSV files, edX files, settings."""

from __future__ import annotations

import os
import secrets
import sys
from datetime import datetime
from pathlib import Path

from scripts.sample_sources.bookshelf import write_bookshelf
from scripts.sample_sources.classroom import write_classroom
from scripts.sample_sources.drops import write_drops
from scripts.sample_sources.edx import write_edx
from scripts.sample_sources.moodle import write_moodle
from scripts.sample_sources.reading import write_reading
from scripts.sample_sources.subscriptions import write_subscriptions

# A morning late in the fourth academic year, so that the sample's newest complete month is June 2026.
AS_OF = datetime(2026, 7, 31, 6)
KEYS = ("WAREHOUSE_PSEUDONYM_KEY", "WAREHOUSE_SEALING_KEY")


def write_sample(home: Path, scale: int) -> Path:
    """Writes `home`/sample: a database a platform, CSV files in a drop, edX packages and logs, and
    `warehouse.env` (mode 0600).

    Returns the path of that. The keys are random and for the sample only; they stay when the sample is
    written again, so that a warehouse loaded before still joins. Without gpg there are no packages, and one
    sentence on standard error says so. Raises OSError if the folder cannot be written.
    """
    folder = home.resolve() / "sample"
    folder.mkdir(parents=True, exist_ok=True)
    people = write_subscriptions(folder / "subscriptions.sqlite", scale, AS_OF)
    write_moodle(folder / "moodle.sqlite", scale, AS_OF, people)
    bought = folder / "subscriptions.sqlite"
    readers = write_bookshelf(folder / "bookshelf.sqlite", scale, AS_OF, bought)
    write_classroom(folder / "classroom.sqlite", scale, AS_OF, bought, readers)
    write_reading(folder / "reading", scale, AS_OF, readers)
    write_drops(folder / "drops")
    missing = write_edx(folder / "edx", scale, people[12 * scale : 28 * scale])
    if missing:
        print(missing, file=sys.stderr)
    return _write_settings(
        folder / "warehouse.env", home.resolve(), {} if missing else _edx_settings(folder / "edx")
    )


def _edx_settings(folder: Path) -> dict[str, str]:
    """Where the organisation's packages are, and the key that opens them."""
    return {
        "WAREHOUSE_SOURCES__EDX__UNIX__URL": (folder / "course-data").as_uri(),
        "WAREHOUSE_SOURCES__EDX__UNIX__GPG__KEY_FILE": str(folder / "key.asc"),
    }


def _write_settings(path: Path, home: Path, edx: dict[str, str]) -> Path:
    known = _read_settings(path)
    values = {
        "WAREHOUSE_HOME": str(home),
        "WAREHOUSE_AS_OF": AS_OF.isoformat(),
        "WAREHOUSE_SAMPLE": "true",
        "WAREHOUSE_SOURCES__SUBSCRIPTIONS__MAIN__URL": f"sqlite:///{path.parent / 'subscriptions.sqlite'}",
        "WAREHOUSE_SOURCES__MOODLE__MAIN__URL": f"sqlite:///{path.parent / 'moodle.sqlite'}",
        "WAREHOUSE_SOURCES__CLASSROOM__MAIN__URL": f"sqlite:///{path.parent / 'classroom.sqlite'}",
        "WAREHOUSE_SOURCES__BOOKSHELF__MAIN__URL": f"sqlite:///{path.parent / 'bookshelf.sqlite'}",
        "WAREHOUSE_SOURCES__READING__MAIN__URL": (path.parent / "reading").as_uri(),
        "WAREHOUSE_SOURCES__DROPS__MAIN__URL": (path.parent / "drops").as_uri(),
    } | edx
    for key in KEYS:
        values[key] = known.get(key) or secrets.token_hex(32)
        values[f"{key}_ID"] = "sample"
    fresh = path.with_suffix(".new")
    # Created with its mode: a file that is narrowed afterwards is readable for a moment.
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("# Settings of the sample: its keys protect nothing, other sources refuse them.\n")
        file.writelines(f"{name}={value}\n" for name, value in values.items())
    fresh.replace(path)
    return path


def _read_settings(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
