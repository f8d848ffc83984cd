"""What the names of files in a drop say: which table they are of, and which are not ready or not meant."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from pipelines.sources.csv_drop.fetch import CsvFetch

DROP, ARCHIVE, QUARANTINE = "drop/", "archive/", "quarantine/"
# what programs call a file while they are still writing it
_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", ".swp", "~")


def is_ready(key: str) -> bool:
    """False for folders, hidden files, marks such as `_SUCCESS`, and names that say "not finished yet"."""
    name = key.rpartition("/")[2].lower()
    return bool(name) and not name.startswith((".", "_")) and not name.endswith(_UNFINISHED)


def table_of(key: str, files: Mapping[str, CsvFetch]) -> str | None:
    """The table whose files have such names, the longest name of a table first; capitals do not matter."""
    name = key.rpartition("/")[2].lower()
    for table in sorted(files, key=len, reverse=True):
        patterns = files[table].files or (f"{table}.csv", *(f"{table}{mark}*.csv" for mark in "-_. "))
        if any(fnmatchcase(name, pattern.lower()) for pattern in patterns):
            return table
    return None
