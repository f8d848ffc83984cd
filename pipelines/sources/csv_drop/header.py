"""A CSV file's first line: the delimiter, and which cell is which declared column."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass

from pipelines.contracts import TableContract
from pipelines.errors import TableMismatch
from pipelines.sources.csv_drop.fetch import CsvFetch

_DELIMITERS = (",", ";", "\t", "|")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_. -]{0,63}")
_MOST_NAMES = 100
_ADVICE = "Compare its first line with the contract; another name of a column is declared under `headers:`."


@dataclass(frozen=True)
class Header:
    """`places`: declared column → its cell; `undeclared` and `missing` (of those it may lack) by name."""

    line: str
    delimiter: str
    cells: int
    places: dict[str, int]
    undeclared: list[str]
    missing: list[str]


def read_header(line: str, contract: TableContract, fetch: CsvFetch, wanted: list[str]) -> Header:
    """Raises TableMismatch, which says no word of the line that the contract lacks: it may be a person."""
    known = {_plain(name): name for name in wanted}
    known |= {_plain(name): column for name, column in fetch.headers.items() if column in wanted}
    delimiter = _delimiter(line, fetch, known)
    offered = [_plain(cell) for cell in _cells(line, delimiter)]
    places = {known[name]: place for place, name in enumerate(offered) if name in known}
    where = f"a file of {contract.platform}.{contract.name}"
    twice = [
        name for name, times in Counter(known.get(name) for name in offered).items() if name and times > 1
    ]
    if twice:
        raise TableMismatch(f"The header of {where} has {', '.join(twice)} more than once.", _ADVICE)
    missing = [name for name in wanted if name not in places]
    if lacking := [name for name in missing if name not in fetch.optional]:
        found = ", ".join(places) or "none"
        raise TableMismatch(
            f"The first line of {where} lacks {', '.join(lacking)}: it has {len(offered)} cells, "
            f"of the declared columns {found}.", _ADVICE, table=contract.name,
        )  # fmt: skip
    declared = {_plain(column.name) for column in contract.columns}
    others = [name for name in offered if name and name not in known and name not in declared]
    undeclared = [name if _NAME.fullmatch(name) else "(no name)" for name in dict.fromkeys(others)]
    return Header(line, delimiter, len(offered), places, undeclared[:_MOST_NAMES], missing)


def _delimiter(line: str, fetch: CsvFetch, known: dict[str, str]) -> str:
    """The declared one, or the one that finds most of the columns."""
    if fetch.delimiter:
        return fetch.delimiter
    return max(_DELIMITERS, key=lambda mark: sum(_plain(cell) in known for cell in _cells(line, mark)))


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _plain(name: str) -> str:
    """Capitals, blanks around it, and the kind of gap between words do not matter."""
    return re.sub(r"[\s\-]+", "_", name.strip().lower())
