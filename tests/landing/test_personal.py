"""Pseudonyms against Python's own hmac, the refusals of keys, and what is derived before hashing."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts import Column, Condition
from pipelines.errors import SettingsError
from pipelines.landing.personal import pseudonym_key
from pipelines.settings import Settings
from tests.landing.tables import KEY_ID, SECRET, classify, column, in_memory, key, table

# DuckDB lowers a letter to one letter; Python knows two exceptions to that, which no address holds
LETTERS = st.characters(
    max_codepoint=0x1FFF, exclude_categories=["Cs", "Cn"], exclude_characters="\u0130\u03a3"
)
SPACES = "".join(chr(code) for code in range(0x3001) if unicodedata.category(chr(code)) == "Zs")
ADDRESSES = st.text(st.one_of(LETTERS, st.sampled_from("@.🏫名 ")), max_size=20)


@pytest.fixture(scope="module")
def warehouse():
    with in_memory() as opened:
        yield opened


def person(identifier: str, **more: Any) -> Column:
    return column("who", personal="pseudonym", identifier=identifier, **more)


def pseudonyms(
    warehouse, identifier: str, values: list[Any], instance: str = "main", **more: Any
) -> list[Any]:
    batch = pa.table({"id": pa.array(range(len(values)), pa.int64()), "who": pa.array(values)})
    done = classify(warehouse, table(person(identifier, **more)), batch, instance)
    assert not done.refused
    return done.landed["who"].to_pylist()


def expected(identifier: str, scope: str, value: str) -> str | None:
    if identifier in ("email", "username", "upn"):
        value = unicodedata.normalize("NFC", value.replace("\0", "")).lower()
    value = value.strip(SPACES)
    message = b"\x1f".join([identifier.encode(), scope.encode(), value.encode()])
    digest = hmac.new(bytes.fromhex(SECRET), message, hashlib.sha256).hexdigest()
    return f"{KEY_ID}:{digest}" if value else None


# ---------------------------------------------------------------- pseudonyms


@pytest.mark.parametrize("identifier", ["email", "username", "user_id", "upn", "account_id"])
@given(values=st.lists(ADDRESSES, min_size=1, max_size=20))
def test_a_pseudonym_is_the_hmac_of_kind_scope_and_value(warehouse, identifier, values):
    scope = "" if identifier == "email" else "shop/main"
    got = pseudonyms(warehouse, identifier, values)
    assert got == [expected(identifier, scope, value) for value in values]


@pytest.mark.parametrize("secret", ["00" * 32, "ab" * 64, "f" * 66])
def test_every_allowed_length_of_key_gives_the_standard_hmac(secret):
    pads = key(secret)
    inner = hashlib.sha256(pads.inner + b"message").digest()
    assert hashlib.sha256(pads.outer + inner).digest() == hmac.digest(
        bytes.fromhex(secret), b"message", "sha256"
    )


def test_a_number_and_its_text_are_the_same_person(warehouse):
    assert pseudonyms(warehouse, "user_id", [42]) == pseudonyms(warehouse, "user_id", ["42"])


def test_an_email_meets_across_instances_and_no_other_identifier_does(warehouse):
    for identifier in ("email", "username", "user_id", "upn", "account_id"):
        here = pseudonyms(warehouse, identifier, ["Åsa@school.example"], "north")
        there = pseudonyms(warehouse, identifier, ["åsa@School.example "], "south")
        assert (here == there) is (identifier == "email")


def test_kinds_never_meet(warehouse):
    found = {pseudonyms(warehouse, kind, ["7"])[0] for kind in ("username", "user_id", "upn", "account_id")}
    assert len(found) == 4


def test_nobody_is_null_and_so_is_an_empty_value(warehouse):
    got = pseudonyms(warehouse, "user_id", [0, -1, 5, None], nobody=("0", "-1"))
    assert [value is None for value in got] == [True, True, False, True]
    assert pseudonyms(warehouse, "email", ["", "  "]) == [None, None]


def test_blank_when_blanks_that_row_only(warehouse):
    blanked = person("email", blank_when=Condition("deleted", "1"))
    contract = table(blanked, column("deleted", "bigint"))
    batch = pa.table(
        {"id": [1, 2, 3], "who": ["a@b.example"] * 3, "deleted": pa.array([1, 0, None], pa.int64())}
    )
    values = classify(warehouse, contract, batch).landed["who"].to_pylist()
    assert [value is None for value in values] == [True, False, False]


# ---------------------------------------------------------------- keys


@pytest.mark.parametrize(
    ("secret", "says"),
    [
        (None, "WAREHOUSE_PSEUDONYM_KEY is not set"),
        ("", "WAREHOUSE_PSEUDONYM_KEY is not set"),
        ("ab" * 31, "64 to 128 hex digits"),
        ("ab" * 65, "64 to 128 hex digits"),
        ("not hexadecimal, though it is a long enough sentence to be a key, surely", "64 to 128 hex digits"),
    ],
)
def test_a_missing_or_malformed_key_is_refused_without_being_shown(secret, says):
    with pytest.raises(SettingsError, match=says) as refused:
        pseudonym_key(Settings(pseudonym_key=secret), sample_source=False)
    assert not secret or secret not in str(refused.value)
    assert refused.value.advice


@pytest.mark.parametrize("how", [{"sample": True}, {"pseudonym_key_id": "sample"}])
def test_the_samples_key_serves_the_sample_only(how):
    settings = Settings(pseudonym_key=SECRET, **how)
    assert pseudonym_key(settings, sample_source=True).inner
    with pytest.raises(SettingsError, match="sample's pseudonym key") as refused:
        pseudonym_key(settings, sample_source=False)
    assert SECRET not in str(refused.value)


# ---------------------------------------------------------------- derived values


def derive(warehouse, how: str, values: list[Any], kind: str = "text", **more: Any) -> list[Any]:
    contract = table(
        column("raw", personal="identifier"),
        column("flag", "bigint"),
        column("told", kind, derive=how, derived_from="raw", **more),
    )
    flags = pa.array([1 if value == "flagged" else 0 for value in values], pa.int64())
    batch = pa.table({"id": range(len(values)), "raw": pa.array(values, pa.string()), "flag": flags})
    done = classify(warehouse, contract, batch)
    assert "raw" not in done.landed.column_names
    return done.landed["told"].to_pylist()


def test_account_kinds_follow_the_rules_in_their_order(warehouse):
    rules = {
        "guest": ("guest",),
        "generator": ("tool_generator_%",),
        "staff": ("admin", "%@ourcompany.example"),
    }
    values = ["Guest", "tool_generator_7", "ADMIN", " x@OurCompany.example ", "guest2", None, "", "flagged"]
    told = ["guest", "generator", "staff", "staff", "learner", "learner", "learner", "retired"]
    got = derive(warehouse, "account_kind", values, rules=rules, retired_when=Condition("flag", "1"))
    assert got == told


def test_without_rules_everybody_is_a_learner(warehouse):
    assert derive(warehouse, "account_kind", ["guest", None]) == ["learner", "learner"]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("a@ox.ac.uk", "education"),
        ("a@school.sch.uk", "education"),
        ("a@MIT.EDU", "education"),
        ("a@uni.edu.au", "education"),
        ("a@council.gov.uk", "government"),
        ("a@gmail.com", "free_mail"),
        ("a@GMail.com ", "free_mail"),
        ("a@notgmail.com", "other"),
        ("a@firm.example", "other"),
        ("a@b@hotmail.com", "free_mail"),
        ("no address", "none"),
        ("", "none"),
        (None, "none"),
    ],
)
def test_email_domain_classes(warehouse, address, told):
    assert derive(warehouse, "email_domain_class", [address]) == [told]


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (date(2021, 8, 1), "under_5"),
        (date(2021, 7, 31), "5_to_10"),
        (date(2015, 8, 1), "5_to_10"),
        (date(2015, 7, 31), "11_to_15"),
        (date(2010, 7, 31), "16_to_17"),
        # eighteen tomorrow, and in the year she turns eighteen, is seventeen
        (date(2008, 8, 1), "16_to_17"),
        (date(2008, 12, 31), "16_to_17"),
        (date(2008, 7, 31), "adult"),
    ],
)
def test_age_bands_count_whole_years_at_the_runs_clock(warehouse, born, band):
    assert derive(warehouse, "age_band", [born.isoformat()]) == [band]


def test_an_unreadable_birthday_has_no_age_band(warehouse):
    assert derive(warehouse, "age_band", ["last spring", None]) == [None, None]


def test_name_too_long(warehouse):
    got = derive(warehouse, "name_too_long", ["é" * 255, "é" * 256, None], "bool")
    assert got == [False, True, False]


def test_a_pseudonym_has_its_fixed_form(warehouse):
    [value] = pseudonyms(warehouse, "user_id", [1])
    assert re.fullmatch(KEY_ID + ":[0-9a-f]{64}", value)
