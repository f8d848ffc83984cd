"""`warehouse query` on SQL Server: one SELECT, undone, and no value of a row in what is said of a failure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from pipelines.errors import UsageError, WarehouseError
from pipelines.runner.answer import answer
from pipelines.warehouse.sqlserver import SqlServerWarehouse, open_database
from pipelines.warehouse.sqlserver.questions import asked, refuse_changes
from tests.servers.tds import Failure
from tests.servers.tsql.server import TsqlServer
from tests.warehouse.sqlserver.scripted import PASSWORD, SAID, settings_for


@pytest.fixture
def shelf(tmp_path) -> Iterator[tuple[SqlServerWarehouse, TsqlServer]]:
    listening = TsqlServer(databases=("shelf",), users={"loader": PASSWORD})
    with closing(listening), open_database(settings_for(tmp_path, listening.port)) as opened:
        opened.execute("create schema core")
        opened.execute("create table core.about (run_id nvarchar(40))")
        opened.execute("create table core.dim_things (id int, title nvarchar(40))")
        opened.insert("core.dim_things", [{"id": 1, "title": "Zoë 🌞"}, {"id": 2, "title": None}])
        yield opened, listening


def test_names_and_rows_are_answered_and_the_transaction_is_undone(shelf):
    warehouse, server = shelf

    assert asked(warehouse, "select id, title from core.dim_things order by id") == (
        ["id", "title"],
        [(1, "Zoë 🌞"), (2, None)],
    )
    assert [sql.split()[0] for sql in server.statements[-3:]] == ["begin", "select", "rollback"]


def test_the_command_prints_it(shelf, tmp_path, capsys):
    _, server = shelf
    sql = "with t as (select id from core.dim_things) select count(*) as things from t"
    answer(settings_for(tmp_path, server.port), sql, staging=False, form="csv")

    assert capsys.readouterr().out == "things\n2\n"


@pytest.mark.parametrize(
    "sql",
    [
        "insert into core.dim_things values (3, 'x')",
        "select 1 as one; drop table core.dim_things",
        "select * into core.copy from core.dim_things",
        "commit transaction; delete from core.dim_things",
        "select 1 as a /* harmless */ rollback delete core.dim_things",
        "with t as (select 1 as a) update core.dim_things set id = 0",
        "select * from openrowset('SQLNCLI', 'server', 'select 1')",
        "exec sp_executesql N'select 1'",
        "select 1 as a /* /* */ ' */ delete from core.dim_things --'",
        "select 1 as a -- a comment ends here\rdelete from core.dim_things",
        "",
        "-- select",
    ],
)
def test_what_is_more_than_a_select_never_reaches_the_server(shelf, sql):
    warehouse, server = shelf
    before = list(server.statements)

    with pytest.raises(UsageError):
        asked(warehouse, sql)

    assert server.statements == before
    assert warehouse.value("select count(*) as n from core.dim_things") == 2


@pytest.mark.parametrize(
    "sql",
    [
        "select 'delete; drop' as said, [update], \"into\" from t -- delete",
        "SELECT N'it''s; exec' as a /* create; */ from t",
        "select created_at, deleted, update_count, is_set from t",
    ],
)
def test_such_words_may_stand_in_texts_names_and_comments(sql):
    refuse_changes(sql)


def test_an_unknown_name_is_told_in_the_servers_words(shelf):
    warehouse, _ = shelf
    with pytest.raises(UsageError, match=r"cannot be answered: Invalid object name .*nothing") as refused:
        asked(warehouse, "select * from core.nothing")
    assert "[" not in refused.value.what


def test_a_failed_conversion_is_told_without_the_value(warehouse, script):
    """The server's sentence quotes the value that it could not convert."""
    script.answers["from core.dim_things"] = Failure(245, f"Conversion failed for the value '{SAID}'.")

    with pytest.raises(WarehouseError) as refused:
        asked(warehouse, "select cast(title as int) as n from core.dim_things")

    assert SAID not in str(refused.value)
    assert "does not fit" in refused.value.what
