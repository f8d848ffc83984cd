"""Writes files of a package by edX's own rules: tab-separated `.sql`, the studentmodule's, opt-in CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

Row = dict[str, Any]


class Raw(bytes):
    """A field that stands in the file as it is, for what edX's writer would not write today."""


@dataclass
class Table:
    """One file's columns in order and its rows; a row in bytes is a line as it is, without its end.

    `quoted`: fields with a `"` are quoted as in RFC 4180, as in some packages since 2024.
    """

    columns: tuple[str, ...]
    rows: list[Row | bytes] = field(default_factory=list)
    quoted: bool = False

    def add(self, *values: Any) -> None:
        """Enters a row with the values of all columns in their order."""
        self.rows.append(dict(zip(self.columns, values, strict=True)))

    @property
    def dicts(self) -> list[Row]:
        """The rows that were entered by column."""
        return [row for row in self.rows if isinstance(row, dict)]

    def where(self, **values: Any) -> Row:
        """The first row with these values. Raises StopIteration if there is none."""
        return next(row for row in self.dicts if all(row[name] == value for name, value in values.items()))

    def line(self, row: Row) -> bytes:
        """A row as the file has it."""
        return b"\t".join(_field(row[column], self.quoted) for column in self.columns)

    def copy(self) -> Table:
        """The table with rows of its own."""
        rows: list[Row | bytes] = [dict(row) if isinstance(row, dict) else row for row in self.rows]
        return replace(self, rows=rows)


def sql_file(table: Table) -> bytes:
    """The file: column names, then rows, LF after each; NULL, one level of backslash escapes, no NUL."""
    return _file(table, table.line)


def studentmodule_file(table: Table) -> bytes:
    """courseware_studentmodule comes another way: a TAB or LF in a value stays, behind a backslash."""
    return _file(table, lambda row: b"\t".join(_escaped_raw(row[column]) for column in table.columns))


def opt_in_file(table: Table) -> bytes:
    """True CSV with `"` around what needs it; rows end in CR LF, as Django's do."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.columns)
    writer.writerows([row[column] for column in table.columns] for row in table.dicts)
    return text.getvalue().encode()


def _file(table: Table, line: Any) -> bytes:
    lines: Iterable[bytes] = (row if isinstance(row, bytes) else line(row) for row in table.rows)
    return b"".join(part + b"\n" for part in ("\t".join(table.columns).encode(), *lines))


def _field(value: Any, quoted: bool) -> bytes:
    if isinstance(value, Raw):
        return value
    text = _text(value).replace("\\", "\\\\").replace("\r", "\\r").replace("\t", "\\t").replace("\n", "\\n")
    if quoted and '"' in text:
        text = '"' + text.replace('"', '""') + '"'
    return text.replace("\x00", "").encode()


def _escaped_raw(value: Any) -> bytes:
    if isinstance(value, Raw):
        return value
    return _text(value).replace("\\", "\\\\").replace("\t", "\\\t").replace("\n", "\\\n").encode()


def _text(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(int(value))
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
