"""Daily tracking logs: landed against `gpg -d | gunzip`, memory at five times the size, a day on a year."""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from datetime import date, timedelta
from pathlib import Path

import duckdb

from scripts.bench.landing import ratio
from scripts.bench.log_lines import query
from scripts.bench.measure import Figure, Goal, measure, median, show
from scripts.bench.packages import land
from scripts.sample_sources.edx_keys import ORGANISATION_KEY, private_gpg, take_keys

_DAY = date(2026, 7, 1)
_MORE = 5
_YEAR = 365


def against_gunzip(wanted: argparse.Namespace) -> list[Goal]:
    """Wall and CPU of `.log.gz.gpg` → committed rows as multiples of decompressing it; `--rows` are twice the
    lines of the log.
    """
    lines = wanted.rows // 2
    floors: list[Figure] = []
    landed: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        store = Store(Path(name) / "once")
        store.write(_DAY, lines)
        for _ in range(wanted.repeat):
            floors.append(store.decompress())
            landed.append(land(store.folder))
        larger = Store(Path(name) / "more")
        larger.write(_DAY, _MORE * lines)
        more = land(larger.folder)
    show("gpg -d | gunzip", median(floors))
    show("log landed", median(landed))
    show(f"log of {_MORE} times the size landed", more)
    cpu = median(landed).cpu / median(floors).cpu
    return [
        Goal("log landed / gpg -d | gunzip, wall", ratio(landed, floors), 3),
        Goal("log landed / gpg -d | gunzip, CPU", cpu, 4.5),
        Goal("peak memory of landing a log", max(figure.rss for figure in landed), 900, "MB"),
        Goal(f"peak memory, {_MORE} times the size / once", more.rss / median(landed).rss, 1.15),
    ]


def a_day_on_a_year(wanted: argparse.Namespace) -> list[Goal]:
    """One new day in a warehouse that has a year of days, as a multiple of the day in an empty one."""
    lines = max(wanted.rows // 200, 1)
    with tempfile.TemporaryDirectory() as name:
        alone = Store(Path(name) / "alone")
        alone.write(_DAY, 10 * lines)
        single = [land(alone.folder) for _ in range(wanted.repeat)]
        year = Store(Path(name) / "year")
        for back in range(_YEAR, 0, -1):
            year.write(_DAY - timedelta(days=back), lines)
        whole = land(year.folder)
        on_top = []
        for after in range(wanted.repeat):
            year.write(_DAY + timedelta(days=after), 10 * lines)
            on_top.append(land(year.folder, empty=False))
    show("a day landed alone", median(single))
    show("a year landed", whole)
    show("a day landed on a year", median(on_top))
    return [Goal("a new day on top of a year / the day alone, wall", ratio(on_top, single), 1.2)]


class Store:
    """A folder with an organisation's logs, its key, and the keyring that `decompress` uses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "gpg").mkdir(parents=True, mode=0o700)
        with private_gpg() as gpg:
            take_keys(gpg, folder / "key.asc")
        self._gpg("--import", str(folder / "key.asc"))

    def write(self, day: date, lines: int) -> None:
        """One day's log, straight from the query through gzip into gpg; plaintext is never on disk."""
        path = self.folder / f"unix/edx/events/{day:%Y}/unix-edx-events-{day}.log.gz.gpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        gpg = f"gpg --homedir {self.folder}/gpg --batch --quiet --trust-model always -r {ORGANISATION_KEY} -e"
        # sed puts the bytes in that no query can write
        pipe = f"sed 's/@@$/\\xff}}/' | gzip -6 | {gpg} > {path}"
        with subprocess.Popen(["sh", "-c", pipe], stdin=subprocess.PIPE) as writing:
            assert writing.stdin  # noqa: S101 - for mypy: it is a pipe
            target = f"/proc/self/fd/{writing.stdin.fileno()}"
            options = "format csv, delimiter '\x1f', header false, quote '', escape ''"
            duckdb.sql(f"copy ({query(lines, str(day))}) to '{target}' ({options})")
            writing.stdin.close()
        if writing.returncode:
            raise RuntimeError("the benchmark's log was not written")

    def decompress(self) -> Figure:
        """The floor: every log through gpg and gunzip, to nowhere."""
        loop = (
            'find "$1" -name "*.log.gz.gpg" | while read -r log; do '
            'gpg --homedir "$1/gpg" --batch --quiet --decrypt "$log" | gunzip; done'
        )
        return measure(["sh", "-c", loop, "sh", str(self.folder)])

    def _gpg(self, *arguments: str) -> None:
        home = ["gpg", "--homedir", str(self.folder / "gpg"), "--batch", "--quiet"]
        subprocess.run([*home, *arguments], check=True)
