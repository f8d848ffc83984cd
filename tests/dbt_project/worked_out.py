"""Scenarios: folders of CSV files with what happened and, worked out by hand, what the marts must say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from subprocess import CompletedProcess

import duckdb

from tests.dbt_project.landing_stand_in import read_csv

Rows = Counter[tuple[str, ...]]


def names_in(scenarios: Path) -> list[str]:
    return sorted(path.name for path in scenarios.iterdir() if path.is_dir())


def files_of(scenarios: Path, file: str) -> list[Path]:
    """The files of that name: the one of all scenarios together, then those of each."""
    paths = [scenarios / f"{file}.csv", *(scenarios / name / f"{file}.csv" for name in names_in(scenarios))]
    return [path for path in paths if path.exists()]


def rows_of(scenarios: Path, file: str) -> list[dict[str, str]]:
    """The rows of all files of that name."""
    return [row for path in files_of(scenarios, file) for row in read_csv(path)]


def told(
    scenarios: Path, files: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, list[dict[str, str]]]]:
    """Platform → table → the rows of all scenarios; `files` is platform → name of a scenario's file → table."""
    return {
        platform: {table: rows_of(scenarios, file) for file, table in tables.items()}
        for platform, tables in files.items()
    }


def expected(paths: Iterable[Path]) -> Rows:
    """The rows of files with one header, each with how often it is there."""
    found: Rows = Counter()
    for path in paths:
        header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
        found.update(tuple(row.get(name, "") for name in header) for row in read_csv(path))
    return found


def as_text(value: object) -> str:
    """A cell as the CSV files write it: nothing for NULL, yes and no, nine digits without superfluous noughts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.9g}" if isinstance(value, float | Decimal) else str(value)


def said(home: Path, query: str, written: Callable[[object], str] = as_text) -> Rows:
    """What the warehouse in that folder answers, in the words of the CSV files."""
    return Counter(tuple(written(value) for value in row) for row in asked(home, query))


def asked(home: Path, query: str) -> list[tuple]:
    with closing(duckdb.connect(home / "warehouse.duckdb", read_only=True)) as connection:
        return connection.execute(query).fetchall()


def assert_same(said: Rows, by_hand: Rows) -> None:
    """Row by row, nothing more and nothing less."""
    assert sorted((said - by_hand).elements()) == sorted((by_hand - said).elements()) == []


def assert_sound(report: CompletedProcess[str]) -> None:
    """dbt built everything, and no data test failed; warnings are the scenarios' own."""
    assert report.returncode == 0, report.stdout[-4000:]
    assert " ERROR=0 SKIP=0 " in report.stdout
