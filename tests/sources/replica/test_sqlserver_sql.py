"""The T-SQL that is sent and the connection string, compared with reviewed text and read by sqlglot."""

from __future__ import annotations

from urllib.parse import quote

import duckdb
import pytest
import sqlglot
from mssql_python.connection_string_parser import _ConnectionStringParser

from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import sqlserver_catalogue as catalogue
from pipelines.sources.replica.reader import Select
from pipelines.sources.replica.sqlserver import SqlServerReader
from tests.landing.tables import column

WIDE = "collate Latin1_General_BIN2, nchar(65533), nchar(64976))"


def reader(url: str = "mssql://reader:pw@replica.example/shelf", **more) -> SqlServerReader:
    where = InstanceSettings.model_validate({"url": url, **more})
    return SqlServerReader("bookshelf/main", where, Settings())


def words(of: SqlServerReader) -> dict[str, str]:
    """The connection string as the driver itself reads it."""
    parsed: dict[str, str] = _ConnectionStringParser(validate_keywords=True)._parse(
        of._target.connection_string()
    )
    return parsed


# ---------------------------------------------------------------- statements


def test_a_page_is_a_select_with_top_and_brackets():
    page = Select(
        "Reading]Sessions", (("[SessionId]", "SessionId"), ("1", "_key")),
        ("[SessionId] > 5", "a = 1 or b = 2"), ("[SessionId]",), 200,
    )  # fmt: skip
    assert reader().sql(page) == (
        "select top (200) [SessionId] as [SessionId], 1 as [_key] from [Reading]]Sessions] "
        "where ([SessionId] > 5) and (a = 1 or b = 2) order by [SessionId]"
    )


def test_without_a_limit_there_is_no_top_and_a_schema_is_named_when_the_url_names_one():
    whole = Select("Books", (("[BookId]", "BookId"),))
    assert reader().sql(whole) == "select [BookId] as [BookId] from [Books]"
    named = reader("mssql://reader:pw@replica.example/shelf?schema=sho]p")
    assert named.sql(whole) == "select [BookId] as [BookId] from [sho]]p].[Books]"


@pytest.mark.parametrize(
    ("kind", "selected"),
    [
        ("int", "[x]"),
        ("tinyint", "cast([x] as smallint)"),
        ("bit", "cast([x] as smallint)"),
        ("decimal", "[x]"),
        ("money", "cast([x] as decimal(19, 4))"),
        ("real", "cast([x] as float(53))"),
        ("float", "[x]"),
        ("date", "[x]"),
        ("datetime2", "[x]"),
        ("datetimeoffset", "cast(switchoffset([x], '+00:00') as datetime2(7))"),
        ("time", "convert(varchar(16), [x], 121)"),
        ("varchar", "[x]"),
        ("char", "rtrim([x])"),
        ("nchar", f"rtrim(replace([x] {WIDE})"),
        ("nvarchar", f"replace([x] {WIDE}"),
        ("ntext", f"replace(cast([x] as nvarchar(max)) {WIDE}"),
        ("varbinary", "[x]"),
        ("image", "cast([x] as varbinary(max))"),
        ("uniqueidentifier", "lower(cast([x] as char(36)))"),
    ],
)  # fmt: skip
def test_each_type_is_selected_without_loss(kind, selected):
    assert reader().expression(column("x"), kind) == selected
    assert sqlglot.parse_one(f"select {selected} from t", read="tsql")


def test_the_greatest_of_several_ignores_nulls_and_may_stand_in_an_aggregate():
    of = reader()
    two, three = of.greatest(["a", "b"]), of.greatest(["a", "b", "c"])
    assert two == "case when a is null or b > a then b else a end"
    rows = "(1, 2, 3), (3, 1, 2), (null, 4, 1), (5, null, null), (null, null, 6), (null, null, null)"
    found = duckdb.sql(f"select {two}, {three} from (values {rows}) as t(a, b, c)").fetchall()
    assert found == [(2, 3), (3, 3), (4, 4), (5, 5), (None, 6), (None, None)]
    assert of.greatest(["a"]) == "a"


def test_literals_are_national_and_cannot_be_left():
    of = reader()
    assert of.text("O'Neill") == "N'O''Neill'"
    assert of.text(b"\x00\xff'") == "cast(0x00ff27 as varchar(max))"
    assert of.quote("a]b") == "[a]]b]"
    assert of.exact_time("[UpdatedAt]") == "convert(nvarchar(33), [UpdatedAt], 126)"


@pytest.mark.parametrize(
    ("declared", "offered", "same"),
    [
        ("int", "bigint", True),
        ("decimal(12,2)", "decimal", True),
        ("decimal", "money", True),
        ("datetime2", "datetimeoffset", True),
        ("nvarchar", "varchar", True),
        ("bit", "bit", True),
        ("bit", "int", False),
        ("int", "nvarchar", False),
        ("nvarchar", "masked nvarchar", False),
        ("int", "encrypted int", False),
        ("datetime2", "rowversion", False),
        ("uniqueidentifier", "nvarchar", False),
    ],
)
def test_types_of_a_family_are_the_same(declared, offered, same):
    assert reader().same_type(declared, offered) is same


@pytest.mark.parametrize("name", [name for name in vars(catalogue) if name.isupper()])
def test_what_is_asked_of_the_catalogue_is_one_select(name):
    text = getattr(catalogue, name)
    [parsed] = sqlglot.parse(text % "N'[dbo].[Books]'" if "%s" in text else text, read="tsql")
    assert isinstance(parsed, sqlglot.exp.Select)


# ---------------------------------------------------------------- the connection string


def test_it_asks_for_a_replica_encrypts_and_verifies():
    assert words(reader()) == {
        "server": "tcp:replica.example,1433", "database": "shelf", "uid": "reader", "pwd": "pw",
        "applicationintent": "ReadOnly", "connectretrycount": "0", "keepalive": "20",
        "trustservercertificate": "no", "encrypt": "yes",
    }  # fmt: skip


def test_only_loopback_without_a_ca_file_goes_unencrypted(tmp_path):
    (tmp_path / "ca.pem").write_text("")
    local = "mssql://reader:pw@127.0.0.1:14330/shelf"
    assert words(reader(local))["encrypt"] == "no"
    assert words(reader(local, ca_file=tmp_path / "ca.pem"))["encrypt"] == "yes"
    assert words(reader(local))["server"] == "tcp:127.0.0.1,14330"


def test_what_stands_in_a_password_stays_in_it():
    hostile = "a;Encrypt=no;b}c{d='e f"
    of = reader(
        f"mssql://rea%3Bder:{quote(hostile, safe='')}@replica.example/sh%20elf?certificate_host=sql.example"
    )
    found = words(of)
    assert (found["uid"], found["pwd"], found["database"]) == ("rea;der", hostile, "sh elf")
    assert found["encrypt"] == "yes" and found["hostnameincertificate"] == "sql.example"
