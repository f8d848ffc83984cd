"""Quarantine: a refused row is kept once, sealed, while the row that landed before stays."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import SettingsError
from pipelines.landing.quarantine import Seal
from pipelines.settings import Settings
from tests.landing.shop import Shop

KEY = "cd" * 32
MARKER = "Quillfeather"


@pytest.fixture
def refusing(shop) -> Shop:
    """Two good things and one whose title is too long and whose e-mail is a person's."""
    shop.sqlite()
    shop.put(1)
    shop.put(2)
    shop.put(3, title=f"{MARKER} and a title of more", email=f"{MARKER}@school.example")
    return shop


def seal(key: str = KEY) -> Seal:
    return Seal(Settings(sealing_key=key, sealing_key_id="s1"))


# ---------------------------------------------------------------- seals

PAYLOADS = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**64), 2**64), st.floats(allow_nan=False),
        st.text(max_size=20), st.binary(max_size=20), st.decimals(allow_nan=False, allow_infinity=False),
        st.datetimes(), st.datetimes(timezones=st.just(UTC)),
    ),
    max_size=6,
)  # fmt: skip


@given(PAYLOADS)
def test_what_was_sealed_opens_as_it_was(payload):
    assert seal().open(seal().close(payload, "a/b/c"), "a/b/c") == payload


def test_a_date_opens_as_its_midnight_and_nan_as_nan():
    opened = seal().open(seal().close({"d": date(2026, 1, 2), "n": float("nan")}, "x"), "x")
    assert opened["d"] == datetime(2026, 1, 2)
    assert opened["n"] != opened["n"]


def test_a_seal_shows_nothing_and_is_never_the_same_twice():
    payload = {"name": MARKER}
    first, second = seal().close(payload, "place"), seal().close(payload, "place")
    assert first != second
    assert MARKER.encode() not in first
    assert seal().mark(payload, "place") == seal().mark(dict(payload), "place")


def test_a_mark_depends_on_row_place_and_key():
    marks = {
        seal().mark({"a": 1}, "place"),
        seal().mark({"a": 2}, "place"),
        seal().mark({"a": None}, "place"),
        seal().mark({"b": 1}, "place"),
        seal().mark({"a": 1}, "elsewhere"),
        seal("ef" * 32).mark({"a": 1}, "place"),
    }
    assert len(marks) == 6


@pytest.mark.parametrize("same", [1.5, "1.5", b"1.5"])
def test_a_mark_does_not_depend_on_the_type_a_value_came_in(same):
    """One text among a column's numbers makes texts of all of them in that read."""
    assert seal().mark({"a": same}, "place") == seal().mark({"a": 1.5}, "place")


@pytest.mark.parametrize("place", ["a/b/other", "a/other/c"])
def test_a_seal_opens_only_in_its_place_and_with_its_key(place):
    sealed = seal().close({"name": MARKER}, "a/b/c")
    for opener, where in ((seal(), place), (seal("ef" * 32), "a/b/c")):
        with pytest.raises(SettingsError, match="does not open with this WAREHOUSE_SEALING_KEY") as refused:
            opener.open(sealed, where)
        assert MARKER not in str(refused.value)
        assert refused.value.__cause__ is None


def test_a_tampered_seal_does_not_open():
    sealed = bytearray(seal().close({"amount": Decimal("1.00")}, "x"))
    sealed[-1] ^= 1
    with pytest.raises(SettingsError):
        seal().open(bytes(sealed), "x")


@pytest.mark.parametrize(
    "key",
    [None, "", "cd" * 31, "cd" * 33, "no hexadecimal digits, but sixty-four characters long, as it were"],
)
def test_a_missing_or_malformed_sealing_key_is_refused_unseen(key):
    with pytest.raises(SettingsError, match="WAREHOUSE_SEALING_KEY must be 64 hex digits") as refused:
        Seal(Settings(sealing_key=key))
    assert not key or key not in str(refused.value)


# ---------------------------------------------------------------- in a landing


def test_a_refused_row_is_counted_and_kept_with_place_and_reason(refusing):
    assert refusing.landed() == {"mode": "full", "read": 3, "landed": 2, "refused": 1, "deleted": 0}
    kept = refusing.rows(
        "select platform, instance, table_name, position, reason, column_name, key_id, status "
        "from ops.quarantine"
    )
    assert kept == [("shop", "main", "s_things", 2, "text_too_long", "title", "k1", "open")]
    assert refusing.ids() == [1, 2]


def test_it_is_kept_once_however_often_it_is_read(refusing):
    for _ in range(3):
        assert refusing.landed()["refused"] == 1
    [(number, loads, moved)] = refusing.rows(
        "select count(*), count(distinct load_id), "
        "bool_and(last_seen > first_seen and last_load_id > load_id) from ops.quarantine"
    )
    assert (number, loads, moved) == (1, 1, True)
    refusing.put(3, title=f"{MARKER} and another title")
    refusing.landed()
    assert refusing.rows("select count(*) from ops.quarantine") == [(2,)]


def test_equal_rows_of_one_load_are_kept_once_and_counted_each(refusing):
    refusing.sql("insert into s_things select * from s_things where id = 3")
    assert refusing.landed()["refused"] == 2
    assert refusing.rows("select count(*) from ops.quarantine") == [(1,)]


def test_nothing_of_a_refused_row_can_be_read_in_any_file(refusing):
    refusing.landed()
    refusing.landed()
    refusing.close()
    files = [path for path in refusing.settings.home.rglob("*") if path.is_file()]
    assert [path.name for path in files if MARKER.encode() in path.read_bytes()] == []
    assert any(path.name == "warehouse.duckdb" for path in files)


def test_a_refused_change_leaves_the_row_that_landed_before(refusing):
    """The row is still there at the source, only not readable: it is neither changed nor deleted."""
    refusing.landed()
    refusing.put(1, title="a title that is far too long for it")
    landed = refusing.landed()
    assert (landed["refused"], landed["deleted"], landed["landed"]) == (2, 0, 0)
    assert refusing.staging(("id", "title"))[0] == ("main", 1, "thing 1")


def test_a_row_mended_at_its_source_lands(refusing):
    refusing.landed()
    refusing.put(3, title="short")
    assert refusing.landed()["landed"] == 1
    assert refusing.ids() == [1, 2, 3]


def test_a_missing_sealing_key_stops_the_platform_before_anything_is_read(refusing):
    refusing.given["sealing_key"] = None
    outcome = refusing.land()
    assert [type(error) for error in outcome.errors] == [SettingsError]
    assert outcome.tables == []
