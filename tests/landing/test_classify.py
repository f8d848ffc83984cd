"""Classified batches: what lands, what is refused with all it had, and hashes that tell rows apart."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts import META_COLUMNS, Condition
from tests.landing.tables import batch_of, classify, column, in_memory, table

PERSON = column("email", personal="pseudonym", identifier="email")


@pytest.fixture(scope="module")
def warehouse():
    with in_memory() as opened:
        yield opened


# ---------------------------------------------------------------- shape


def test_landed_columns_are_the_contracts_our_four_and_the_place_in_the_read(warehouse):
    contract = table(column("title"), PERSON, column("first", personal="identifier"))
    batch = pa.table({"id": [1], "title": ["a"], "email": ["x@y.example"]})
    done = classify(warehouse, contract, batch, "north", "load-9")
    assert done.landed.column_names == ["id", "title", "email", *META_COLUMNS, "_position"]
    row = done.landed.to_pylist()[0]
    assert (row["_instance"], row["_dlt_load_id"], row["_deleted"]) == ("north", "load-9", None)
    assert (done.refused, done.refused_keys) == ([], None)


def test_an_empty_batch_is_no_trouble(warehouse):
    done = classify(warehouse, table(column("value")), batch_of(pa.string(), []))
    assert (done.landed.num_rows, done.refused) == (0, [])


def test_no_raw_identifier_is_in_any_landed_value(warehouse):
    secrets = ["Ada.Lovelace@school.example", "Lovelace", "ada1815", "1815-12-10", "Countess Street 5"]
    contract = table(
        PERSON,
        column("last", personal="identifier"),
        column("login", personal="pseudonym", identifier="username"),
        column("born", personal="sensitive"),
        column("letter", personal="free_text"),
        column("kind", derive="account_kind", derived_from="login", rules={"staff": ("ada%",)}),
        column("band", derive="age_band", derived_from="born"),
        column("class", derive="email_domain_class", derived_from="email"),
        column("long", "bool", derive="name_too_long", derived_from="last"),
    )
    raw = ["email", "last", "login", "born", "letter"]
    batch = pa.table({"id": [1]} | {name: [secret] for name, secret in zip(raw, secrets, strict=True)})
    row = classify(warehouse, contract, batch).landed.to_pylist()[0]
    assert (row["kind"], row["band"], row["class"], row["long"]) == ("staff", "adult", "other", False)
    written = "\n".join(str(value).lower() for value in row.values())
    assert [secret for secret in secrets if secret.lower() in written] == []


# ---------------------------------------------------------------- refusals


def test_a_refused_row_keeps_all_it_had_and_its_place_in_the_read(warehouse):
    contract = table(column("value", "bigint"), column("note", "text", length=5), PERSON, key=("id",))
    batch = pa.table(
        {
            "id": pa.array([1, 2, 3], pa.int64()),
            "value": ["10", "ten", None],
            "note": ["ok", "\x00🏫", "too long"],
            "email": ["a@b.example", "c@d.example", None],
        }
    )
    done = classify(warehouse, contract, batch, first=100)
    assert done.landed["id"].to_pylist() == [1]
    assert [(r.position, r.reason, r.column, r.payload) for r in done.refused] == [
        (
            101,
            "number_not_lossless",
            "value",
            {"id": 2, "value": "ten", "note": "\x00🏫", "email": "c@d.example"},
        ),
        (102, "text_too_long", "note", {"id": 3, "value": None, "note": "too long", "email": None}),
    ]
    assert done.refused_keys is not None
    assert done.refused_keys.to_pylist() == [{"id": 2}, {"id": 3}]


def test_positions_hold_over_several_chunks(warehouse):
    parts = [
        batch_of(pa.string(), ["1", "x"]),
        batch_of(pa.string(), ["y"]),
        batch_of(pa.string(), ["2", "z"]),
    ]
    done = classify(warehouse, table(column("value", "bigint")), pa.concat_tables(parts), first=10)
    assert [(r.position, r.payload["value"]) for r in done.refused] == [(11, "x"), (12, "y"), (14, "z")]
    assert sorted(done.landed["value"].to_pylist()) == [1, 2]


@pytest.mark.parametrize(
    "value", [column("value", nullable=False), column("value", "bigint", nullable=False)]
)
def test_a_null_is_refused_where_the_contract_has_none(warehouse, value):
    done = classify(warehouse, table(value), batch_of(pa.string(), [None, "1"]))
    assert [(r.position, r.reason, r.column) for r in done.refused] == [(0, "value_missing", "value")]


def test_a_key_is_never_null_and_a_person_who_is_nobody_is_no_key(warehouse):
    who = column("who", personal="pseudonym", identifier="user_id", nobody=("0",))
    contract = table(column("id", "bigint"), who, key=("id", "who"))
    batch = pa.table({"id": pa.array([None, 2, 3], pa.int64()), "who": [5, 0, 7]})
    done = classify(warehouse, contract, batch)
    assert [(r.position, r.reason, r.column) for r in done.refused] == [
        (0, "value_missing", "id"),
        (1, "value_missing", "who"),
    ]


def test_a_person_who_is_not_utf_8_is_refused_and_nobody_else_changes(warehouse):
    """One bad byte makes bytes of the whole batch; the others' pseudonyms must be what they always are."""
    contract = table(PERSON, column("kind", derive="email_domain_class", derived_from="email"))
    good = classify(warehouse, contract, pa.table({"id": [1], "email": ["åsa@ox.ac.uk"]})).landed
    raw = pa.array(["åsa@ox.ac.uk".encode(), b"\xff@ox.ac.uk"], pa.binary())
    done = classify(warehouse, contract, pa.table({"id": [1, 2], "email": raw}))
    assert done.landed.to_pylist() == good.to_pylist()
    assert [(r.reason, r.column, r.payload["email"]) for r in done.refused] == [
        ("not_utf8", "email", b"\xff@ox.ac.uk")
    ]


def test_blanked_plain_values_are_null_in_their_rows_only(warehouse):
    contract = table(column("city", blank_when=Condition("deleted", "1")), column("deleted", "bigint"))
    batch = pa.table({"id": [1, 2], "city": ["York", "York"], "deleted": [1, 0]})
    assert classify(warehouse, contract, batch).landed["city"].to_pylist() == [None, "York"]


# ---------------------------------------------------------------- row hashes

KINDS = {
    "a_text": pa.string(),
    "b_text": pa.string(),
    "number": pa.int64(),
    "amount": pa.decimal128(12, 2),
    "share": pa.float64(),
    "flag": pa.bool_(),
    "moment": pa.timestamp("us"),
    "day": pa.date32(),
    "blob": pa.binary(),
}
HASHED = table(
    column("a_text"), column("b_text"), column("number", "bigint"), column("amount", "decimal"),
    column("share", "double"), column("flag", "bool"), column("moment", "timestamp"), column("day", "date"),
    column("blob", "binary"), PERSON,
)  # fmt: skip
# characters the hash itself writes, so that it is seen to tell them from its own
TEXTS = st.one_of(st.none(), st.text(st.sampled_from("\x1f:0123-\\x \x00é"), max_size=6))
ROWS = st.fixed_dictionaries(
    {
        "a_text": TEXTS,
        "b_text": TEXTS,
        "number": st.one_of(st.none(), st.integers(-20, 20)),
        "amount": st.one_of(st.none(), st.integers(-2000, 2000).map(lambda pence: Decimal(pence) / 100)),
        "share": st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)),
        "flag": st.one_of(st.none(), st.booleans()),
        "moment": st.one_of(st.none(), st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1))),
        "day": st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2100, 1, 1))),
        "blob": st.one_of(st.none(), st.binary(max_size=3)),
        "email": st.sampled_from([None, "a@b.example", "b@b.example"]),
    }
)


def hashes(warehouse, rows: list[dict[str, Any]], load_id: str = "load-1") -> list[int]:
    arrays = {name: pa.array([row[name] for row in rows], kind) for name, kind in KINDS.items()}
    people = pa.array([row["email"] for row in rows], pa.string())
    batch = pa.table({"id": pa.array([7] * len(rows), pa.int64()), **arrays, "email": people})
    done = classify(warehouse, HASHED, batch, load_id=load_id)
    assert not done.refused
    return done.landed["_row_hash"].to_pylist()


@given(st.lists(ROWS, min_size=2, max_size=25))
def test_hashes_are_equal_exactly_where_all_landed_values_are(warehouse, rows):
    found = hashes(warehouse, rows)
    values = [repr(sorted(row.items())) for row in rows]
    for one in range(len(rows)):
        for other in range(one):
            assert (found[one] == found[other]) is (values[one] == values[other])


@given(ROWS, ROWS)
def test_a_change_of_any_one_value_changes_the_hash(warehouse, before, after):
    variants = [before] + [
        before | {name: after[name]} for name in before if repr(after[name]) != repr(before[name])
    ]
    assert len(set(hashes(warehouse, variants))) == len(variants)


@given(st.lists(ROWS, min_size=1, max_size=10), st.randoms(use_true_random=False))
def test_a_hash_knows_nothing_of_its_load_or_its_place(warehouse, rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    again = hashes(warehouse, [rows[place] for place in order], "another load")
    found = hashes(warehouse, rows)
    assert again == [found[place] for place in order]


def test_neighbouring_values_never_blur(warehouse):
    plain = dict.fromkeys(KINDS, None) | {"email": None}
    rows = [
        plain | {"a_text": "ab", "b_text": "c"},
        plain | {"a_text": "a", "b_text": "bc"},
        plain | {"a_text": None, "b_text": ""},
        plain | {"a_text": "", "b_text": None},
        plain | {"a_text": None, "b_text": None},
        plain | {"a_text": "a\x1f1:b", "b_text": None},
        plain | {"a_text": "a", "b_text": "b"},
        plain | {"number": 0},
        plain | {"amount": Decimal("0.00")},
        plain | {"flag": False},
    ]
    assert len(set(hashes(warehouse, rows))) == len(rows)


# ---------------------------------------------------------------- people in many rows


@pytest.mark.parametrize("chunks", [1, 3])
def test_a_pseudonym_is_the_same_however_often_its_person_comes(warehouse, chunks):
    """A large batch makes the pseudonym of each person once, a small one that of each row."""
    contract = table(
        column("name", personal="pseudonym", identifier="username", blank_when=Condition("gone", "1")),
        column("user", personal="pseudonym", identifier="user_id", nobody=("0",)),
        column("other", personal="pseudonym", identifier="user_id"),
        column("nobody", personal="pseudonym", identifier="upn"),
        column("kind", derive="account_kind", derived_from="name", rules={"staff": ("ad%",)}),
        column("gone", "bigint"),
    )
    rows = 1_500
    names = [["Ada", " ada ", "Åsa", "", None, "bo\x00b"][row % 6] for row in range(rows)]
    batch = pa.table(
        {
            "id": pa.array(range(rows), pa.int64()),
            "name": pa.array(names),
            "user": pa.array([[0, 7, None, 8][row % 4] for row in range(rows)], pa.int64()),
            "other": pa.array([str(row) for row in range(rows)]),
            "nobody": pa.nulls(rows, pa.string()),
            "gone": pa.array([row % 5 == 0 for row in range(rows)]).cast(pa.int64()),
        }
    )
    parts = [batch.slice(start, 100) for start in range(0, rows, 100)]
    small = pa.concat_tables([classify(warehouse, contract, part).landed for part in parts])
    size = -(-rows // chunks)
    pieces = pa.concat_tables([batch.slice(start, size).combine_chunks() for start in range(0, rows, size)])
    large = classify(warehouse, contract, pieces).landed
    ours = ["_position"]
    assert large.schema == small.schema
    assert large.drop_columns(ours).sort_by("id").equals(small.drop_columns(ours).sort_by("id"))
    assert len(set(large["name"].to_pylist())) == 4  # Ada, Åsa, bob, nobody
