"""Reads what is written by hand: `staging/<platform>.<table>.yml` and `marts/<schema>.<table>.yml`.

    volume: {at_least: 1, severity: fail, advice: What to do next.}
    at_sign_allowed: {columns: [course_name], because: A course may be called Maths @ Home.}   # marts only
    expectations:
      - expect: expect_column_values_to_be_in_set      # any of Great Expectations', with its arguments
        column: status                               # or columns: [a, b], one result each
        value_set: [active, expired]
        severity: warn
        advice: What to do next.
      - expect: no_rows                                # a query that must find nothing
        name: ends_before_it_starts
        query: select 1 as found from {rows} where ends_on < starts_on
        …
      - expect: pseudonyms                             # columns that hold nothing but pseudonyms
        columns: [person_key]
        …

A query is SQL that both engines run (docs/portable-sql.md), for DuckDB and SQL Server are asked the same. In
it `{batch}` is the whole relation and `{rows}` the rows of this run (neither may be given an alias),
`{as_of}` and `{as_of_epoch}` are the run's clock as a timestamp and in seconds, `{tomorrow}` a day later and
`{15 days ago}` earlier. What the engines say differently (`code` is any expression without braces):

    {length of code}                    characters, blanks at the end counted
    {month of code}                     a date's first of the month
    {day after code}                    a time a day later
    {only 0-9a-f in code, 1 to 24}      a condition: that many signs, all of these; without numbers 1 or more
    {hashed code}                       a condition: h: and 16 hex digits
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from expectations import queries
from expectations.dialects import BATCH, DIALECTS, Dialect
from expectations.expected import ONE_ROW_OF_COUNTS, Expected, in_words, no_rows
from expectations.results import FAIL, WARN
from pipelines.errors import ContractError

FOLDER = Path(__file__).parent
_OURS = ("expect", "name", "severity", "advice")
_SECTIONS = {"volume", "at_sign_allowed", "expectations"}


@dataclass(frozen=True)
class Written:
    """A hand-written suite; `load_ids` are already applied to what reads rows."""

    expected: tuple[Expected, ...] = ()
    volume: Expected | None = None
    at_sign_allowed: tuple[str, ...] = ()


def read_written(
    layer: str,
    name: str,
    clock: datetime,
    load_ids: tuple[str, ...] = (),
    dialect: Dialect = DIALECTS["duckdb"],
) -> Written:
    """The file of one relation; empty where there is none. Raises ContractError naming file and entry."""
    path = FOLDER / layer / f"{name}.yml"
    if not path.exists():
        return Written()
    return _Reader(path, clock, load_ids, dialect).read()


class _Reader:
    """One file. Collects problems instead of stopping at the first."""

    def __init__(self, path: Path, clock: datetime, load_ids: tuple[str, ...], dialect: Dialect) -> None:
        self.path, self.clock, self.load_ids, self.dialect = path, clock, load_ids, dialect
        self.problems: list[str] = []

    def read(self) -> Written:
        document = self._document()
        for unknown in sorted(set(document) - _SECTIONS):
            self.problems.append(f"{self.path}: unknown section `{unknown}`; one of {sorted(_SECTIONS)}.")
        nodes = [node for entry in document.get("expectations") or [] for node in _one_a_column(entry)]
        expected = tuple(self._expected(node) for node in nodes)
        volume = self._volume(document["volume"]) if "volume" in document else None
        allowed = document.get("at_sign_allowed") or {}
        if allowed and not allowed.get("because"):
            self.problems.append(f"{self.path}: at_sign_allowed needs `because:`.")
        if self.problems:
            raise ContractError(self.problems)
        return Written(expected, volume, tuple(allowed.get("columns") or ()))

    def _document(self) -> dict[str, Any]:
        try:
            document = yaml.safe_load(self.path.read_text(encoding="utf-8"))
        except yaml.YAMLError:
            raise ContractError([f"{self.path}: not valid YAML."]) from None
        if not isinstance(document, dict):
            raise ContractError([f"{self.path}: sections are expected: {sorted(_SECTIONS)}."])
        return document

    def _expected(self, node: dict[str, Any]) -> Expected:
        severity, advice = self._judgement(node, str(node.get("name") or node.get("expect")))
        expect = str(node.get("expect"))
        if expect == "no_rows":
            return no_rows(str(node.get("name")), severity, advice, self._query(node))
        if expect == "pseudonyms":
            return self._pseudonyms(node, severity, advice)
        if not expect.startswith("expect_"):
            self.problems.append(f"{self.path}: `expect: {expect}` is none of expect_…, no_rows, pseudonyms.")
        arguments = {key: value for key, value in node.items() if key not in _OURS}
        column = arguments.get("column")
        whole_table = expect.startswith("expect_table_")
        return Expected(
            str(node.get("name") or expect), severity, advice, expect, arguments, column,
            (str(column),) if column else (), load_ids=() if whole_table else self.load_ids,
        )  # fmt: skip

    def _volume(self, node: dict[str, Any]) -> Expected:
        severity, advice = self._judgement(node, "volume")
        return row_count(int(node.get("at_least", 1)), severity, advice)

    def _pseudonyms(self, node: dict[str, Any], severity: str, advice: str) -> Expected:
        columns = tuple(node.get("columns") or ())
        if not columns:
            self.problems.append(f"{self.path}: pseudonyms: `columns:` is missing.")
        wrong = {column: queries.no_pseudonym(self.dialect, column) for column in columns}
        sql = queries.counts(wrong, queries.rows_of(self.load_ids))
        return no_rows(
            "pseudonyms", severity, advice, sql, needs=columns, bundle=ONE_ROW_OF_COUNTS,
            covers=in_words(columns),
        )  # fmt: skip

    def _judgement(self, node: dict[str, Any], name: str) -> tuple[str, str]:
        severity, advice = str(node.get("severity")), str(node.get("advice") or "").strip()
        if severity not in (FAIL, WARN):
            self.problems.append(f"{self.path}: {name}: severity is `{severity}`; say fail or warn.")
        if not advice:
            self.problems.append(f"{self.path}: {name}: `advice:` is missing; say what to do next.")
        return severity, advice

    def _query(self, node: dict[str, Any]) -> str:
        query = str(node.get("query") or "").strip()
        if not node.get("name") or ("{batch}" not in query and "{rows}" not in query):
            said = "no_rows needs `name:` and a `query:` with {batch} or {rows}."
            self.problems.append(f"{self.path}: {said}")
        epoch = int(self.clock.replace(tzinfo=UTC).timestamp())
        places = {
            "{batch}": BATCH,
            "{rows}": queries.rows_of(self.load_ids),
            "{as_of}": self.dialect.moment(self.clock),
            "{tomorrow}": self.dialect.moment(self.clock + timedelta(days=1)),
            "{as_of_epoch}": str(epoch),
        }
        for place, meant in places.items():
            query = query.replace(place, meant)
        return in_dialect(query, self.dialect, self.clock)


def in_dialect(query: str, dialect: Dialect, clock: datetime) -> str:
    """The query with what the engines say differently in the words of one."""

    def only(found: re.Match[str]) -> str:
        letters, text, least, most = found.groups()
        return dialect.only(letters, text, int(least), int(most)) if most else dialect.only(letters, text)

    said = {
        r"\{(\d+) days ago\}": lambda found: dialect.moment(clock - timedelta(days=int(found[1]))),
        r"\{length of ([^{}]+)\}": lambda found: dialect.length(found[1]),
        r"\{month of ([^{}]+)\}": lambda found: dialect.month_start(found[1]),
        r"\{day after ([^{}]+)\}": lambda found: dialect.day_after(found[1]),
        r"\{hashed ([^{}]+)\}": lambda found: dialect.hashed(found[1]),
        r"\{only (\S+) in ([^{}]+?)(?:, (\d+) to (\d+))?\}": only,
    }
    for place, meant in said.items():
        query = re.sub(place, meant, query)
    return query


def _one_a_column(node: dict[str, Any]) -> list[dict[str, Any]]:
    """`columns:` on one of Great Expectations' own stands for an entry a column, all else being equal."""
    if "columns" not in node or not str(node.get("expect")).startswith("expect_"):
        return [dict(node)]
    rest = {key: value for key, value in node.items() if key != "columns"}
    return [rest | {"column": column} for column in node["columns"]]


def row_count(at_least: int, severity: str, advice: str) -> Expected:
    """Volume of the whole relation."""
    expect = "expect_table_row_count_to_be_between"
    return Expected("volume", severity, advice, expect, {"min_value": at_least})
