"""Names and texts stay one name and one text, whatever is in them."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.warehouse.quoting import listed, literal, quoted

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@given(TEXTS)
def test_a_literal_is_read_as_the_text_it_was_made_of(text):
    assert duckdb.sql(f"select {literal(text)}").fetchall() == [(text,)]


@pytest.mark.parametrize("name", ['a"b', "a b", "a'b", "select", 'a" from x --'])
def test_a_quoted_name_is_one_name(name):
    assert duckdb.sql(f"select 1 as {quoted(name)}").columns == [name]


def test_a_list_is_its_literals():
    assert listed(("it's", "b")) == "'it''s', 'b'"
