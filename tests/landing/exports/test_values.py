"""DYNAMODB_JSON values round trip, or their item is quarantined; none of them stops a file."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts import Column, Payload, TableContract
from pipelines.landing.exports.read import ItemReader, ItemTables
from pipelines.landing.outcome import TableOutcome
from pipelines.settings import Settings
from pipelines.sources.dynamodb_export import ItemFetch
from pipelines.sources.dynamodb_export.paths import pointer
from pipelines.sources.dynamodb_export.statement import ITEM
from pipelines.sources.edx_log import log_lines
from pipelines.warehouse import Warehouse, open_warehouse

ODD_NAME = "a.b/c~d\"'e"


def column(name: str, kind: str, descriptor: str, path: str) -> Column:
    return Column(
        name, kind, None, None, None, True, "none", descriptor, "", payload=Payload({"any": (path,)})
    )


CONTRACT = TableContract(
    "p", "t", ("_file_key", "_offset"), None, None, None,
    (
        column("_file_key", "text", "", ""), column("_offset", "bigint", "", ""),
        column("text", "text", "S", "t"), column("number", "text", "N", "m.n"),
        column("flag", "bool", "BOOL", r"a\.b/c~d\"'e".replace('\\"', '"')),
        column("bytes", "binary", "B", "l[1]"), column("names", "json", "SS", "ss"),
        column("numbers", "json", "NS", "ns"), column("raw", "json", "M", "m"),
    ), "",
)  # fmt: skip


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Iterator[ItemReader]:
    with open_warehouse(Settings(home=Path(tmp_path_factory.mktemp("values")))) as warehouse:
        yield reader_of(warehouse)


def reader_of(warehouse: Warehouse) -> ItemReader:
    return ItemReader(warehouse, ItemTables(CONTRACT, ItemFetch(key=("k",)), ()), ITEM, {"written": 1})


def rows(reader: ItemReader, items: list[Any]) -> tuple[list[dict[str, Any]], TableOutcome]:
    outcome = TableOutcome(CONTRACT, "main", file_key="f")
    text = "".join(json.dumps({"Item": item}, ensure_ascii=False) + "\n" for item in items).encode()
    made: list[pa.Table] = [
        table for block in log_lines([text]) for _, table in reader.rows(block, [outcome])
    ]
    return [row for table in made for row in table.to_pylist()], outcome


NUMBERS = st.one_of(
    st.integers(-(10**37), 10**37).map(str),
    st.decimals(min_value=-(10**9), max_value=10**9, places=9).map(lambda number: f"{number:f}"),
    st.sampled_from(["1E-130", "9.9999999999999999999999999999999999999E+125", "0.10", "-0.0", "1"]),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(TEXTS, NUMBERS, st.booleans(), st.binary(max_size=20), st.sets(TEXTS, min_size=1, max_size=4),
       st.lists(NUMBERS, min_size=1, max_size=4))  # fmt: skip
def test_values_come_out_as_they_went_in(reader, text, number, flag, content, names, numbers):
    item = {
        "k": {"S": "1"}, "t": {"S": text}, "m": {"M": {"n": {"N": number}}}, ODD_NAME: {"BOOL": flag},
        "l": {"L": [{"S": "x"}, {"B": base64.b64encode(content).decode()}]},
        "ss": {"SS": list(names)}, "ns": {"NS": numbers},
    }  # fmt: skip
    (row,), _ = rows(reader, [item])
    assert row["text"] == text
    assert Decimal(row["number"]) == Decimal(number)
    assert (row["flag"], row["bytes"]) == (str(flag).lower(), content)
    assert json.loads(row["names"]) == sorted(names, key=lambda name: name.encode())
    assert {Decimal(one) for one in json.loads(row["numbers"])} == {Decimal(one) for one in numbers}
    assert json.loads(row["raw"]) == {"n": {"N": number}}


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["S", "N", "M", "L", "SS", "NULL", "B", "n", "x"]), inner, max_size=3
        ),
    ),
    max_leaves=8,
)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["k", "t", "m", ODD_NAME, "l", "ss", "new"]), ANYTHING), max_size=5
    )
)
def test_every_item_lands_or_is_refused_whatever_it_is(reader, items):
    landed, outcome = rows(reader, items)
    assert outcome.rows_read == len(items) == len(landed) + len(outcome.refused)


@pytest.mark.parametrize("kind", ["SS", "NS"])
@pytest.mark.parametrize("value", ["", "abc", "[", 5, True, {"a": 1}])
def test_a_set_that_is_no_list_is_refused(reader, kind, value):
    landed, outcome = rows(reader, [{kind.lower(): {kind: value}, "k": {"S": "1"}}, {"k": {"S": "2"}}])
    column = {"SS": "names", "NS": "numbers"}[kind]
    assert [(one.reason, one.column) for one in outcome.refused] == [("not_of_type", column)]
    assert len(landed) == 1


LISTED = TableContract(
    "p", "words", ("_file_key", "_offset", "element"), None, None, None,
    (
        column("_file_key", "text", "", ""), column("_offset", "bigint", "", ""),
        column("element", "bigint", "", ""), column("word", "text", "S", "."),
    ), "",
)  # fmt: skip


@pytest.mark.parametrize("value", ["", "abc", "[", 5, True, {"a": 1}, None])
def test_of_a_list_that_is_none_there_are_no_elements(tmp_path, value):
    tables = ItemTables(CONTRACT, ItemFetch(key=("k",)), ((LISTED, ItemFetch(of="t", list="l")),))
    lines = "".join(
        json.dumps({"Item": {"k": {"S": "1"}, "l": {"L": given}}}) + "\n" for given in (value, [{"S": "x"}])
    )
    outcomes = [TableOutcome(it, "main", file_key="f") for it in tables.contracts]
    with open_warehouse(Settings(home=tmp_path)) as warehouse:
        reader = ItemReader(warehouse, tables, ITEM, {"written": 1})
        [_, (_, elements)] = [
            told for block in log_lines([lines.encode()]) for told in reader.rows(block, outcomes)
        ]
    assert elements["word"].to_pylist() == ["x"]
    assert [(it.rows_read, it.refused) for it in outcomes[1:]] == [(1, [])]


def test_paths_descend_by_descriptors():
    assert pointer("reader.email") == "/reader/M/email"
    assert pointer("answers[0].score") == "/answers/L/0/M/score"
    assert pointer(r"a\.b/c~d") == "/a.b~1c~0d"
    with pytest.raises(ValueError, match="is no path"):
        pointer("a]b")
