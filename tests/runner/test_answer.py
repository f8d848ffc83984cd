"""`warehouse query`: three formats, one statement, read only."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest

from pipelines.errors import UsageError
from pipelines.runner.answer import answer
from pipelines.runner.publish.duckdb import publish
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse

SQL = "select * from core.dim_things order by id"


@pytest.fixture
def settings(tmp_path):
    settings = Settings(home=tmp_path)
    with open_warehouse(settings) as warehouse:
        warehouse.execute("create schema core; create schema staging_x")
        warehouse.execute("create table staging_x.raw as select 7 as seven")
        warehouse.execute(
            "create table core.dim_things as select * from (values "
            "(1, 'with, comma and \"quotes\"', 12.50::decimal(9,2), date '2026-07-31'), "
            "(2, 'Zoë 🌞 [bold]', null, null)) as t(id, title, price, day)"
        )
        publish(settings, warehouse, "run-1", ["core.dim_things"])
    return settings


def test_csv_reads_back(settings, capsys):
    answer(settings, SQL, staging=False, form="csv")
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows == [
        ["id", "title", "price", "day"],
        ["1", 'with, comma and "quotes"', str(Decimal("12.50")), str(date(2026, 7, 31))],
        ["2", "Zoë 🌞 [bold]", "", ""],
    ]


def test_json_keeps_nulls(settings, capsys):
    answer(settings, SQL, staging=False, form="json")
    rows = json.loads(capsys.readouterr().out)
    assert rows[1] == {"id": 2, "title": "Zoë 🌞 [bold]", "price": None, "day": None}
    assert rows[0]["day"] == "2026-07-31"


def test_a_table_shows_every_value_and_the_number_of_rows(settings, capsys):
    answer(settings, SQL, staging=False, form="table")
    shown = capsys.readouterr().out
    assert "Zoë 🌞 [bold]" in shown
    assert shown.endswith("2 rows\n")
    answer(settings, "select 1 as one", staging=False, form="table")
    assert capsys.readouterr().out.endswith("1 row\n")


def test_operators_may_ask_staging(settings, capsys):
    answer(settings, "select seven from staging_x.raw", staging=True, form="csv")
    assert capsys.readouterr().out == "seven\n7\n"


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("select * from staging_x.raw", "Catalog Error"),
        ("selekt 1", "Parser Error"),
        ("drop table core.dim_things", "read-only mode"),
        ("copy core.dim_things to '/tmp/stolen.csv'", "Permission Error"),
        ("select * from read_text('/etc/passwd')", "Permission Error"),
        ("attach '/tmp/other.duckdb'", "Permission Error"),
        ("set enable_external_access = true", "Invalid Input Error"),
    ],
)
def test_what_is_not_a_question_on_marts_is_refused_in_one_line(settings, sql, says):
    with pytest.raises(UsageError) as refused:
        answer(settings, sql, staging=False, form="csv")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("staging", [False, True])
def test_nobody_changes_anything_by_asking(settings, staging):
    for sql in ("insert into core.dim_things values (3, 'x', null, null)", "create table t as select 1"):
        with pytest.raises(UsageError):
            answer(settings, sql, staging=staging, form="csv")


def test_an_unknown_format_and_a_missing_file_are_told(settings, tmp_path):
    with pytest.raises(UsageError, match=r"There is no format `xml`. Use one of table, csv, json."):
        answer(settings, SQL, staging=False, form="xml")
    elsewhere = Settings(home=tmp_path / "elsewhere")
    with pytest.raises(UsageError, match=r"Nothing is published at .* yet. Run `warehouse run` first."):
        answer(elsewhere, SQL, staging=False, form="csv")
    with pytest.raises(UsageError, match=r"There is no warehouse at .* yet. Run `warehouse run` first."):
        answer(elsewhere, SQL, staging=True, form="csv")
