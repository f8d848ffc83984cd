"""A read that is cut goes on after the last row it brought, as long as it gets on, and else gives up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import SourceInterrupted, SourceUnreachable, SourceUnreadable
from pipelines.sources.replica import open_read, sweep_keys
from pipelines.sources.replica.interruptions import IN_A_ROW, from_the_start
from tests.sources.replica.cuts import Cuts, always
from tests.sources.replica.things import THINGS, fetch, make, read, sqlite_reader

DDL = "create table things (id integer primary key, at bigint)"
KEYLESS = "create table things (id bigint, at bigint)"
BY_TIME = fetch(cursor={"column": "at", "unit": "epoch_seconds"}, page_rows=3, overlap=0)


@pytest.fixture
def reader(tmp_path):
    path = make(tmp_path / "s.sqlite", DDL, [(number, 5000) for number in range(1, 10)])
    with sqlite_reader(path) as opened:
        yield opened


@pytest.mark.parametrize("kept", [0, 1, 2, 3])
def test_a_page_that_is_cut_goes_on_after_its_last_row(reader, waits, kept):
    Cuts(reader, {1: kept})
    _, rows = read(reader, THINGS, fetch(page_rows=3))
    assert [row["id"] for row in rows] == list(range(1, 10))
    assert waits == [1.0]


@pytest.mark.parametrize("kept", [0, 1, 2, 3])
def test_a_window_goes_on_among_ties(reader, waits, kept):
    Cuts(reader, {2: kept})
    mode, rows = read(reader, THINGS, BY_TIME, low="4000")
    assert (mode, [row["id"] for row in rows]) == ("window", list(range(1, 10)))
    assert waits == [1.0]


def test_rows_in_between_renew_the_patience(reader, waits):
    """However often it is cut: nine rows, one each time."""
    Cuts(reader, always(1) | {9: 0})
    rows = []
    with pytest.raises(SourceInterrupted):
        for batch in open_read(reader, THINGS, fetch(), reader.describe("things"), None).batches:
            rows += batch.to_pylist()
    assert [row["id"] for row in rows] == list(range(1, 10))
    assert waits == [1.0] * 9 + [2.0, 4.0, 8.0, 16.0]


def test_a_read_that_stands_still_is_given_up_with_its_own_sentence(reader, waits):
    cuts = Cuts(reader, always(0))
    with pytest.raises(SourceInterrupted, match=r"it was cut\."):
        read(reader, THINGS, fetch())
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert cuts.statements == IN_A_ROW + 1


@pytest.mark.parametrize("kind", [SourceUnreadable, SourceUnreachable])
def test_what_is_no_interruption_is_not_tried_again(reader, waits, kind):
    Cuts(reader, always(0), kind=kind)
    with pytest.raises(kind):
        read(reader, THINGS, fetch())
    assert waits == []


def test_a_source_that_is_away_for_a_while_after_a_cut_is_waited_for(reader, waits):
    Cuts(reader, {0: 2})
    inner, calls = reader.stream, []

    def restarting(select):
        calls.append(select)
        if 2 <= len(calls) <= 4:
            raise SourceUnreachable("it did not answer.", "Wait.")
        return inner(select)

    reader.stream = restarting
    _, rows = read(reader, THINGS, fetch())
    assert [row["id"] for row in rows] == list(range(1, 10))
    assert waits == [1.0, 2.0, 4.0, 8.0]


def test_the_sweep_of_keys_goes_on_too(reader, waits):
    Cuts(reader, {0: 2, 2: 1})
    keys = sweep_keys(reader, THINGS, fetch(page_rows=4), reader.describe("things"))
    assert [row["id"] for batch in keys for row in batch.to_pylist()] == list(range(1, 10))
    assert waits == [1.0, 1.0]


def test_without_pages_the_cut_is_passed_on(tmp_path, waits):
    with sqlite_reader(make(tmp_path / "k.sqlite", KEYLESS, [(1, 1), (2, 2)])) as reader:
        Cuts(reader, {0: 1})
        with pytest.raises(SourceInterrupted):
            read(reader, THINGS, fetch())
    assert waits == []


@given(
    times=st.lists(st.integers(1000, 1003), max_size=15),
    page_rows=st.integers(1, 5),
    cuts=st.dictionaries(st.integers(0, 20), st.integers(0, 4), max_size=8),
)
def test_nothing_is_lost_and_nothing_comes_twice_wherever_it_is_cut(tmp_path_factory, times, page_rows, cuts):
    path = make(tmp_path_factory.mktemp("cut") / "s.sqlite", DDL, list(enumerate(times, 1)))
    how = BY_TIME.model_copy(update={"page_rows": page_rows})
    everybody = list(range(1, len(times) + 1))
    with pytest.MonkeyPatch.context() as patch, sqlite_reader(path) as reader:
        patch.setattr("pipelines.sources.replica.reader.sleep", lambda _: None)
        patch.setattr("pipelines.sources.replica.interruptions.IN_A_ROW", 30)
        Cuts(reader, dict(cuts))
        assert [row["id"] for row in read(reader, THINGS, how)[1]] == everybody
    with pytest.MonkeyPatch.context() as patch, sqlite_reader(path) as reader:
        patch.setattr("pipelines.sources.replica.reader.sleep", lambda _: None)
        patch.setattr("pipelines.sources.replica.interruptions.IN_A_ROW", 30)
        Cuts(reader, {at + 1: after for at, after in cuts.items()})  # what comes before the pages is whole
        found = read(reader, THINGS, how, low="1000")[1]
        assert sorted(row["id"] for row in found) == everybody


def test_work_from_the_start_is_done_until_it_is_done_and_no_longer_than_patience(waits):
    begun, anew = [], []

    def work() -> str:
        begun.append(1)
        if len(begun) < 3:
            raise SourceInterrupted("cut.", "")
        return "done"

    assert from_the_start(waits.append, work, lambda: anew.append(1)) == "done"
    assert (len(begun), len(anew), waits) == (3, 2, [1.0, 2.0])


def test_what_pages_have_given_up_is_not_begun_anew(reader, waits):
    Cuts(reader, always(0))
    begun = []

    def work() -> None:
        begun.append(1)
        read(reader, THINGS, fetch())

    with pytest.raises(SourceInterrupted):
        from_the_start(waits.append, work)
    assert len(begun) == 1
