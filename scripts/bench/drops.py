"""Dropped CSV files: seven times the size in bounded memory, and another of that size on top of it."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from scripts.bench.measure import Figure, Goal, measure, show

_MORE = 7
# the longest texts that the contract takes, a quoted one among them: 2,000,000 rows are 290 MB
_ROWS = """
    select
        rpad('Campaign ' || i || ', "spring" and all that schools read', 80, '.') as campaign,
        rpad('channel ' || i % 50, 40, '.') as channel,
        date '2026-01-01' as month, (i % 100000) / 100 as cost, 'GBP' as currency
    from range({first}, {first} + {rows}) as numbers (i)
"""


def in_bounded_memory(wanted: argparse.Namespace) -> list[Goal]:
    """`--rows 2000000` make the large file one of 2 GB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, 0, wanted.rows)
        small = _land(folder)
        _write(folder, 0, _MORE * wanted.rows)
        subprocess.run(["rm", "-rf", str(folder / "home")], check=True)
        large = _land(folder)
        _write(folder, _MORE * wanted.rows // 2, _MORE * wanted.rows)
        again = _land(folder)
    show("a file landed", small)
    show(f"a file of {_MORE} times the size landed", large)
    show("one more, half of its rows known", again)
    return [
        Goal("peak memory of landing the large file", large.rss, 900, "MB"),
        Goal("peak memory of landing one more on top of it", again.rss, 900, "MB"),
        Goal(f"CPU, {_MORE} times the size / once", large.cpu / small.cpu, 1.3 * _MORE),
    ]


def _write(folder: Path, first: int, rows: int) -> None:
    (folder / "place" / "drop").mkdir(parents=True, exist_ok=True)
    target = folder / "place" / "drop" / "campaigns.csv"
    duckdb.sql(f"copy ({_ROWS.format(first=first, rows=rows)}) to '{target}' (format csv)")
    print(f"  campaigns.csv of {target.stat().st_size / 1e6:,.0f} MB", flush=True)


def _land(folder: Path) -> Figure:
    settings = {
        "WAREHOUSE_HOME": str(folder / "home"), "WAREHOUSE_PSEUDONYM_KEY": "5a" * 32,
        "WAREHOUSE_SEALING_KEY": "5a" * 32,
        "WAREHOUSE_SOURCES__DROPS__MAIN__URL": (folder / "place").as_uri(),
    }  # fmt: skip
    program = str(Path(sys.executable).with_name("warehouse"))
    return measure(
        ["env", *(f"{name}={value}" for name, value in settings.items()), program, "land", "drops"]
    )
