"""How tables are read: windows are half-open and overlap, pages neither lose a row nor bring one twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sources.replica import open_read
from pipelines.sources.replica.reader import check_table
from tests.landing.tables import column
from tests.sources.replica.things import THINGS, Heard, contract, fetch, make, read, sqlite_reader

NOON = datetime(2026, 7, 31, 12)
DDL = "create table things (id integer primary key, at bigint)"
BY_TIME = fetch(cursor={"column": "at", "unit": "epoch_seconds"}, page_rows=2, overlap=60)
EPOCH_NOON = 1785499200


@pytest.fixture
def clocked(tmp_path):
    """A reader of `tmp_path/things.sqlite` whose source clock stands at noon."""

    def opened(ddl: str, rows: list):
        path = make(tmp_path / f"{len(list(tmp_path.iterdir()))}.sqlite", ddl, rows)
        manager = sqlite_reader(path)
        reader = manager.__enter__()
        reader.clock = lambda: NOON  # type: ignore[method-assign]
        return reader

    return opened


# ---------------------------------------------------------------- the statements


def test_the_text_of_a_full_read_by_key_pages(clocked):
    reader = clocked(DDL, [(1, 5), (2, 6), (3, 7)])
    heard = Heard(reader)
    mode, rows = read(reader, THINGS, fetch(page_rows=2, row_filter="id <> 9"))
    assert (mode, [row["id"] for row in rows]) == ("full", [1, 2, 3])
    select = 'select "id" as "id", "at" as "at", "id" as "_key" from "things" where (id <> 9)'
    assert heard.statements == [
        f'{select} order by "id" limit 2',
        f'{select} and ("id" > 2) order by "id" limit 2',
    ]


def test_the_text_of_a_window_is_half_open_overlaps_and_pages_by_cursor_and_key(clocked):
    reader = clocked(DDL, [(1, 940), (2, 1000), (3, 1000), (4, EPOCH_NOON), (5, 0), (6, 939)])
    heard = Heard(reader)
    mode, rows = read(reader, THINGS, BY_TIME, low="1000")
    assert (mode, [row["id"] for row in rows]) == ("window", [5, 1, 2, 3])
    plain = 'select "id" as "id", "at" as "at" from "things" where ("at" is null or "at" = 0)'
    paged = (
        'select "id" as "id", "at" as "at", "at" as "_cursor", "id" as "_key" from "things" '
        f'where ("at" >= 940) and ("at" < {EPOCH_NOON})'
    )
    tail = ' order by "at", "id" limit 2'
    assert (
        heard.statements
        == [
            plain,
            paged + tail,
            f'{paged} and ("at" > 1000 or ("at" = 1000 and "id" > 2)){tail}',
            f'{paged} and ("at" > 1000 or ("at" = 1000 and "id" > 3)){tail}',
        ][: len(heard.statements)]
    )
    assert len(heard.statements) == 3


def test_the_next_window_begins_where_this_one_ended(clocked):
    reader = clocked(DDL, [])
    opened = open_read(reader, THINGS, BY_TIME, reader.describe("things"), "1000")
    assert (opened.mode, opened.cursor_high, opened.distinct_keys) == ("window", str(EPOCH_NOON), False)


def test_a_sequence_ends_one_past_the_highest_and_an_empty_one_at_one(clocked):
    how = fetch(cursor={"column": "id", "unit": "sequence"}, overlap=2, page_rows=2)
    reader = clocked(DDL, [(1, 0), (2, 0), (7, 0), (9, 0)])
    assert open_read(reader, THINGS, how, reader.describe("things"), None).cursor_high == "10"
    heard = Heard(reader)
    assert [row["id"] for row in read(reader, THINGS, how, low="9")[1]] == [7, 9]
    assert '("id" >= 7) and ("id" < 10)' in heard.statements[2]
    empty = clocked(DDL, [])
    assert open_read(empty, THINGS, how, empty.describe("things"), None).cursor_high == "1"


def test_the_greatest_of_several_columns_moves_the_row(clocked):
    ddl = "create table things (id integer primary key, at bigint, seen bigint)"
    rows = [(1, 100, 5000), (2, 5000, None), (3, None, None), (4, 0, 0), (5, 100, 100), (6, EPOCH_NOON, 5000)]
    both = contract(
        column("at", "bigint", source_type="bigint"), column("seen", "bigint", source_type="bigint")
    )
    how = fetch(cursor={"columns": ["at", "seen"], "unit": "epoch_seconds"}, page_rows=1, overlap=0)
    _, found = read(clocked(ddl, rows), both, how, low="4000")
    assert [row["id"] for row in found] == [3, 4, 1, 2]


def test_rows_without_a_cursor_come_with_every_window(clocked):
    reader = clocked(DDL, [(1, None), (2, 0), (3, 5000)])
    assert [row["id"] for row in read(reader, THINGS, BY_TIME, low="9000")[1]] == [1, 2]


def test_a_row_filter_holds_in_windows_and_for_rows_without_a_cursor(clocked):
    reader = clocked(DDL, [(1, None), (2, None), (3, 5000), (4, 5000)])
    how = BY_TIME.model_copy(update={"row_filter": "id > 1 and id < 4 or id = 0"})
    assert [row["id"] for row in read(reader, THINGS, how, low="4000")[1]] == [2, 3]


# ---------------------------------------------------------------- nothing lost, nothing twice

TIMES = st.one_of(st.none(), st.just(0), st.integers(1000, 1006))


@given(
    times=st.lists(TIMES, max_size=25),
    page_rows=st.integers(1, 4),
    low=st.integers(1000, 1006),
    high=st.integers(1000, 1007),
)
def test_a_window_brings_its_rows_once_whatever_the_ties_and_pages(
    tmp_path_factory, times, page_rows, low, high
):
    rows = list(enumerate(times, 1))
    path = make(tmp_path_factory.mktemp("window") / "s.sqlite", DDL, rows)
    how = fetch(cursor={"column": "at", "unit": "epoch_seconds"}, page_rows=page_rows, overlap=0)
    with sqlite_reader(path) as reader:
        reader.clock = lambda: datetime(1970, 1, 1) + timedelta(seconds=high)  # type: ignore[method-assign]
        Heard(reader)
        _, found = read(reader, THINGS, how, str(low))
        _, everything = read(reader, THINGS, how)
    inside = [number for number, at in rows if not at or low <= at < high]
    assert sorted(row["id"] for row in found) == inside
    assert [row["id"] for row in everything] == [number for number, _ in rows]


@pytest.mark.parametrize(
    "written",
    ["2026-07-30 10:00:00", "2026-07-30 10:00:00.000000", "2026-07-30T10:00:00", "2026-07-30 10:00",
     "2026-07-30", "2026-07-30 10 o'clock"],
)  # fmt: skip
def test_ties_over_page_borders_however_a_source_writes_its_times(clocked, written):
    """Text compares as text there, so a page must go on from the very text it ended with."""
    ddl = "create table things (id integer primary key, at text)"
    reader = clocked(ddl, [(number, written) for number in range(1, 8)])
    Heard(reader, at_most=12)
    how = fetch(cursor={"column": "at", "unit": "timestamp"}, page_rows=2, overlap=0)
    of = contract(column("at", "timestamp", source_type="timestamp"))
    assert [row["id"] for row in read(reader, of, how, low="2026-07-29 00:00:00")[1]] == [1, 2, 3, 4, 5, 6, 7]


def test_a_table_without_a_primary_key_is_read_in_one_piece_with_all_its_duplicates(clocked):
    reader = clocked("create table things (id bigint, at bigint)", [(1, 5000), (1, 5000), (2, 5001)])
    opened = open_read(reader, THINGS, fetch(page_rows=1), reader.describe("things"), None)
    assert not opened.distinct_keys
    assert sum(batch.num_rows for batch in opened.batches) == 3
    assert len(read(reader, THINGS, BY_TIME, low="4000")[1]) == 3


def test_a_key_that_is_text_is_not_paged_by(clocked):
    reader = clocked("create table things (id text primary key, at bigint)", [("b", 1), ("a", 1), (None, 1)])
    assert sorted(str(row["id"]) for row in read(reader, THINGS, fetch(page_rows=1))[1]) == ["None", "a", "b"]


def test_a_literal_is_a_number_or_a_time_and_nothing_else(clocked):
    reader = clocked(DDL, [])
    with pytest.raises(ValueError, match="invalid literal"):
        read(reader, THINGS, BY_TIME, low="0 or 1=1")


# ---------------------------------------------------------------- drift


def test_columns_that_are_offered_and_not_declared_are_reported_not_read(clocked):
    reader = clocked(
        "create table things (id integer primary key, at bigint, extra text, spare int)", [(1, 2, "x", 3)]
    )
    assert check_table(reader, THINGS, reader.describe("things")) == ["extra", "spare"]
    assert read(reader, THINGS, fetch())[1] == [{"id": 1, "at": 2}]


def test_ties_over_page_borders_where_times_are_not_even_text(clocked):
    rows = ", ".join(f"({number}, cast(x'323032362d30372d333020ff' as text))" for number in range(1, 6))
    reader = clocked(
        f"create table things (id integer primary key, at text); insert into things values {rows}", []
    )
    Heard(reader, at_most=9)
    how = fetch(cursor={"column": "at", "unit": "timestamp"}, page_rows=2, overlap=0)
    of = contract(column("at", "timestamp", source_type="timestamp"))
    assert [row["id"] for row in read(reader, of, how, low="2026-07-29 00:00:00")[1]] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("moved", [1000.5, 1000])
def test_ties_over_page_borders_where_seconds_have_a_fraction(clocked, moved):
    reader = clocked(
        "create table things (id integer primary key, at real)", [(n, moved) for n in range(1, 6)]
    )
    Heard(reader, at_most=9)
    of = contract(column("at", "double", source_type="double"))
    assert [row["id"] for row in read(reader, of, BY_TIME, low="900")[1]] == [1, 2, 3, 4, 5]
