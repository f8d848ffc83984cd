"""The statements of a load, as somebody has read them: each is compared with its file in statements/."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.landing.destinations.sqlserver import canary, statements
from pipelines.landing.destinations.sqlserver.fields import field_of
from pipelines.landing.destinations.sqlserver.statements import Relation
from scripts.lint_tsql.findings import findings
from scripts.lint_tsql.statement import Statement
from tests.landing.destinations.edge import fields

REVIEWED = Path(__file__).parent / "statements"
TABLE = Relation("staging_shop", "things")
LOADED = Relation("_dlt_merge_staging_shop", "things")
SCRATCH = statements.scratch_for(TABLE, "0123456789ab")
CANARY = statements.scratch_for(Relation("staging_shop", "canary"), "0123456789ab")
FIELDS = fields(
    id="bigint", code="text(850)", title="text(255)", story="text", payload="json", price="decimal(12,2)",
    ratio="double", yes="bool", day="date", at="timestamp", raw="binary", _deleted="bool",
)  # fmt: skip
WRITTEN = {
    "create_scratch": statements.create_scratch(SCRATCH, FIELDS),
    "create_canary": statements.create_scratch(CANARY, canary.FIELDS),
    "read_canary_back": canary.read_back(CANARY),
    "measures": statements.measures(SCRATCH, FIELDS),
    "sample": statements.sample(SCRATCH, FIELDS, 40),
    "move": statements.move(SCRATCH, TABLE, FIELDS),
    "drop": statements.drop(SCRATCH),
    "insert_batch": statements.insert_batch(TABLE, FIELDS),
    "delete_replaced": statements.delete_replaced(TABLE, LOADED, FIELDS[:2]),
    "insert_loaded": statements.insert_loaded(TABLE, LOADED, FIELDS, "_deleted"),
    "insert_loaded_without_tombstones": statements.insert_loaded(TABLE, LOADED, FIELDS, None),
    "select_by_key": statements.select_by_key(TABLE, FIELDS[:3], FIELDS[:2]),
    "leftovers": statements.leftovers("staging_shop"),
}

# rules on models: that a text runs on both engines, that a query could be a view
OF_MODELS = {
    "from-first",
    "unknown-function",
    "order-by",
    "column-without-name",
    "text-type",
    "typed-literal",
}


def wrong(text: str) -> list[str]:
    statement = Statement("x.sql", "x", text)
    found = [str(one) for one in findings(statement) if one.rule.name not in OF_MODELS]
    return [statement.parse_error, *found] if statement.parse_error else found


@pytest.mark.parametrize("name", WRITTEN)
def test_a_statement_is_the_one_that_was_reviewed(name):
    assert WRITTEN[name] + "\n" == (REVIEWED / f"{name}.sql").read_text(encoding="utf-8")


def test_every_reviewed_file_is_a_statement():
    assert {path.stem for path in REVIEWED.glob("*.sql")} == set(WRITTEN)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_statement_is_tsql(name):
    assert wrong(WRITTEN[name]) == []


@pytest.mark.parametrize(
    "text", ['select "id" from "things" limit 1', "select 1::bigint as x", "select true as x"]
)
def test_other_dialects_would_be_found(text):
    assert wrong(text)


def test_names_are_quoted_whatever_is_in_them():
    odd = Relation("staging_shop", 'thi"ngs; drop table x --')
    assert str(odd) == '"staging_shop"."thi""ngs; drop table x --"'
    assert statements.text("o'clock") == "N'o''clock'"


def test_no_name_is_longer_than_a_server_takes():
    scratch = statements.scratch_for(Relation("staging_shop", "t" * 128), "0123456789ab")
    assert len(scratch.name) == 128
    assert scratch.name.endswith("_0123456789ab")


@pytest.mark.parametrize(
    ("hint", "there"),
    [
        ({"data_type": "text", "precision": 255}, "nvarchar(255)"),
        ({"data_type": "text", "precision": 4000}, "nvarchar(4000)"),
        ({"data_type": "text", "precision": 4001}, "nvarchar(max)"),
        ({"data_type": "text"}, "nvarchar(max)"),
        ({"data_type": "json"}, "nvarchar(max)"),
        ({"data_type": "decimal", "precision": 38, "scale": 9}, "decimal(38, 9)"),
        ({"data_type": "timestamp", "timezone": False}, "datetime2(6)"),
        ({"data_type": "bool"}, "bit"),
        ({"data_type": "double"}, "float"),
        ({"data_type": "binary"}, "varbinary(max)"),
    ],
)
def test_a_column_has_the_type_of_its_contract(hint, there):
    assert field_of({"name": "x", **hint}).type == there
