"""A cursor of several times is the latest of those that are set, in every engine and unit."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import pytest

from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import open_read, open_reader
from tests.landing.tables import column
from tests.sources.replica.things import contract, fetch

ROWS = {
    1: ("2026-01-01 00:00:00", "2026-01-05 12:00:00"),  # the second is later, and in the window
    2: ("2026-01-05 12:00:00", "2026-01-01 00:00:00"),
    3: ("2026-01-05 12:00:00", None),
    4: (None, "2026-01-05 12:00:00"),
    5: ("2026-01-01 00:00:00", "2026-01-02 00:00:00"),  # before
    6: ("2026-01-01 00:00:00", "2026-01-07 00:00:00"),  # after
    7: (None, None),  # unset: in every window
    8: ("2026-01-01 00:00:00", None),
}
IN_THE_WINDOW = [1, 2, 3, 4, 7]


def values(number: int, unit: str) -> str:
    listed = []
    for text in ROWS[number]:
        if text is None:
            listed.append("null")
        else:
            seconds = int((datetime.fromisoformat(text) - datetime(1970, 1, 1)).total_seconds())
            listed.append(f"'{text}'" if unit == "timestamp" else str(seconds))
    return f"({number}, {', '.join(listed)})"


@pytest.fixture(params=["sqlite", "mariadb", "postgresql"])
def source(request, tmp_path):
    """Makes a table of ROWS in one unit; returns an opened reader."""
    opened = []

    def make(unit: str):
        kind = "bigint" if unit == "epoch_seconds" else "timestamp null"
        ddl = f"create table things (id integer primary key, changed {kind}, seen {kind})"
        script = f"{ddl}; insert into things values {', '.join(values(number, unit) for number in ROWS)};"
        if request.param == "sqlite":
            with sqlite3.connect(tmp_path / "source.sqlite") as file:
                file.executescript(script)
            place = {"url": f"sqlite:///{tmp_path}/source.sqlite"}
        else:
            server = request.getfixturevalue(request.param)
            server.create_database("several")
            server.execute(script, "several")
            place = {"url": server.url("several"), "ca_file": server.ca_file}
        opened.append(open_reader("shop", "main", InstanceSettings.model_validate(place), Settings()))
        opened[-1].guard()
        return opened[-1]

    yield make
    for reader in opened:
        reader.close()


@pytest.mark.parametrize("page_rows", [1, 100])
@pytest.mark.parametrize("unit", ["timestamp", "epoch_seconds"])
def test_the_latest_of_the_times_that_are_set_decides(source, unit, page_rows, monkeypatch):
    reader = source(unit)
    monkeypatch.setattr(reader, "clock", lambda: datetime(2026, 1, 6))
    low = "2026-01-04 00:00:00" if unit == "timestamp" else "1767484800"
    kind = "timestamp" if unit == "timestamp" else "bigint"
    of = contract(*(column(name, kind, source_type=kind) for name in ("changed", "seen")))
    cursor = {"columns": ["changed", "seen"], "unit": unit}
    how = fetch(cursor=cursor, page_rows=page_rows, overlap=0)
    read = open_read(reader, of, how, reader.describe("things"), low)
    found = [number for batch in read.batches for number in batch.column("id").to_pylist()]
    assert sorted(found) == IN_THE_WINDOW
