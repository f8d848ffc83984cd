"""Two rows of one key: the newest by the data's own version lands, wherever the other one came."""

from __future__ import annotations

import pytest

from tests.landing.shop import CONTRACT, WINDOW, Shop

UNVERSIONED = CONTRACT.replace("version: changed, ", "")


@pytest.fixture
def keyless(shop) -> Shop:
    """A source table without a primary key, so that it can hold a key twice."""
    shop.sqlite()
    return shop


def again(shop: Shop, number: int, **values) -> None:
    """One more row of a key that is there already."""
    shop.put(1000, **values)
    shop.sql("update s_things set id = ? where id = 1000", number)


def test_of_two_rows_in_one_load_the_newer_version_lands(keyless):
    keyless.put(1, title="new", changed=200)
    again(keyless, 1, title="old", changed=100)
    keyless.put(2)
    assert keyless.landed() == {
        "mode": "full", "read": 3, "landed": 2, "refused": 0, "deleted": 0, "duplicate": 1
    }  # fmt: skip
    assert keyless.staging(("id", "title")) == [("main", 1, "new"), ("main", 2, "thing 2")]


def test_no_version_is_older_than_any(keyless):
    keyless.put(1, title="known", changed=100)
    again(keyless, 1, title="unknown", changed=None)
    keyless.landed()
    assert keyless.staging(("title",)) == [("main", "known")]


@pytest.mark.parametrize("contract", [CONTRACT, UNVERSIONED], ids=["versions equal", "no version"])
def test_of_equals_the_one_read_last_lands(keyless, contract):
    keyless.contract(contract)
    keyless.put(1, title="first", changed=100)
    again(keyless, 1, title="second", changed=100)
    assert keyless.landed()["duplicate"] == 1
    assert keyless.staging(("title",)) == [("main", "second")]


def test_duplicates_change_nothing_that_is_there(keyless):
    keyless.put(1, title="new", changed=200)
    again(keyless, 1, title="old", changed=100)
    keyless.landed()
    assert keyless.landed() == {
        "mode": "full", "read": 2, "landed": 0, "refused": 0, "deleted": 0, "duplicate": 1, "unchanged": 1
    }  # fmt: skip
    assert keyless.touched() == []


def test_a_duplicate_that_becomes_the_newest_lands(keyless):
    keyless.put(1, title="new", changed=200)
    again(keyless, 1, title="old", changed=100)
    keyless.landed()
    keyless.sql("update s_things set changed = 300, title = 'newest' where title = 'old'")
    assert keyless.landed()["landed"] == 1
    assert keyless.staging(("title",)) == [("main", "newest")]


def test_in_windows_too(keyless):
    keyless.fetch(WINDOW)
    keyless.put(1, title="one")
    keyless.landed()
    keyless.later()
    keyless.put(1, title="two")
    again(keyless, 1, title="three", changed=None)
    landed = keyless.landed()
    assert (landed["mode"], landed["landed"], landed["duplicate"]) == ("window", 1, 1)
    assert keyless.staging(("title",)) == [("main", "two")]


def test_a_source_that_goes_back_to_an_older_version_is_believed(keyless):
    """A restored backup: what the source says now is what is true now."""
    keyless.put(1, title="today", changed=200)
    keyless.landed()
    keyless.put(1, title="last week", changed=100)
    assert keyless.landed()["landed"] == 1
    assert keyless.staging(("title",)) == [("main", "last week")]


def test_rows_without_a_key_are_refused_each(keyless):
    keyless.put(1)
    keyless.sql("update s_things set id = null")
    keyless.put(2)
    assert keyless.landed() == {"mode": "full", "read": 2, "landed": 1, "refused": 1, "deleted": 0}
    assert keyless.rows("select reason, column_name from ops.quarantine") == [("value_missing", "id")]
