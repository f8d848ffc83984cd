"""The stand-in that runs T-SQL, through the real driver: it does what it is asked, and undoes what fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

import mssql_python
import pyarrow as pa
import pytest

from tests.dbt_project.live_sqlserver import connection_string
from tests.servers.tsql import Fault, Features, TsqlServer
from tests.servers.tsql.statements import Plain, statements

Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def server() -> Iterator[TsqlServer]:
    with closing(TsqlServer()) as listening:
        yield listening


@contextmanager
def session(server: TsqlServer, autocommit: bool = True) -> Iterator[Ask]:
    mssql_python.pooling(enabled=False)
    with closing(mssql_python.connect(connection_string(server.url), autocommit=autocommit)) as connection:

        def ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
            with closing(connection.cursor()) as cursor:
                cursor.execute(sql, values)
                return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

        yield ask


@pytest.fixture
def ask(server) -> Iterator[Ask]:
    with session(server) as asking:
        asking("create schema [shop]")
        asking("create table [shop].[t] ([a] int not null primary key, [b] nvarchar(5), [c] decimal(9,2))")
        yield asking


def test_rows_come_back_as_they_were(ask):
    ask("insert into shop.t values (?, ?, ?)", 1, "a😀", Decimal("-1.50"))
    assert ask("select a, b, c from [shop].[t] where b = ?", "a😀") == [(1, "a😀", Decimal("-1.50"))]


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("insert into shop.t (a) values (1), (1)", 2627),
        ("insert into shop.t (a, b) values (1, N'longer')", 2628),
        ("insert into shop.t (a) values (null)", 515),
        ("select * from shop.nothing", 208),
        ("select nothing from shop.t", 207),
        ("create schema shop", 2714),
    ],
)
def test_errors_have_their_numbers_and_leave_nothing(ask, statement, number):
    with pytest.raises(mssql_python.Error):
        ask(statement)
    assert ask("select @@error") == [(number,)]
    assert ask("select count(*) from shop.t") == [(0,)]


def test_a_transaction_is_undone_as_a_whole(server, ask):
    ask("begin transaction")
    ask("insert into shop.t (a) values (1); create table shop.u (x int)")
    with session(server) as other:
        assert other("select count(*) from shop.t") == [(0,)]
    ask("if @@trancount > 0 rollback transaction")
    assert ask("select count(*), object_id('shop.u') from shop.t") == [(0, None)]


def test_another_session_sees_what_is_committed_meanwhile(server, ask):
    with session(server, autocommit=False) as reader:
        assert reader("select count(*) from shop.t") == [(0,)]
        ask("insert into shop.t (a) values (1)")
        assert reader("select count(*) from shop.t") == [(1,)]


def test_blocks_conditions_and_texts_run(ask):
    assert ask(
        "set nocount on; declare @n int = 3; if object_id('shop.t', 'U') is not null begin "
        "insert into shop.t (a) values (@n); exec('update shop.t set a = a + 1') end select a from shop.t"
    ) == [(4,)]
    assert ask("begin try select 1/'x' end try begin catch select error_number() as n end catch") != []


def test_bulk_copy_brings_rows_by_name(server, ask):
    rows = pa.table({"b": ["x", None], "a": pa.array([1, 2], pa.int32())})
    with closing(mssql_python.connect(connection_string(server.url), autocommit=True)) as connection:
        copied = connection.cursor().bulkcopy_arrow(
            "[shop].[t]", rows, column_mappings=[("b", "b"), ("a", "a")]
        )
    assert copied["rows_copied"] == 2
    assert ask("select a, b from shop.t order by a") == [(1, "x"), (2, None)]


def test_faults_come_once_and_in_order(server, ask):
    server.faults.waiting.append(Fault("insert into shop", 1205))
    ask("begin transaction")
    with pytest.raises(mssql_python.Error):
        ask("insert into shop.t (a) values (1)")
    assert ask("select @@error, @@trancount") == [(1205, 0)]
    ask("insert into shop.t (a) values (1)")


def test_a_lock_is_one_sessions(server, ask):
    take = (
        "declare @r int exec @r = sp_getapplock @Resource = 'x', @LockMode = 'Exclusive', "
        "@LockOwner = 'Session', @LockTimeout = 0 select @r"
    )
    assert ask(take) == [(0,)]
    with session(server) as other:
        assert other(take) == [(-1,)]


@pytest.mark.parametrize(
    ("missing", "statement"),
    [
        ("columnstore", "create clustered columnstore index ix on shop.t"),
        ("transfer", "alter schema dbo transfer shop.t"),
        ("applock", "exec sp_getapplock @Resource = 'x', @LockMode = 'Exclusive', @LockOwner = 'Session'"),
    ],
)
def test_what_a_server_lacks_is_an_error(missing, statement):
    features = Features()
    setattr(features, missing, False)
    with closing(TsqlServer(features=features)) as server, session(server) as ask:
        ask("create schema [shop]")
        ask("create table shop.t (a int)")
        with pytest.raises(mssql_python.Error):
            ask(statement)


def test_a_wrong_password_and_a_wrong_database_are_refused(server):
    for url in (server.url.replace("Passw0rd!", "guess"), server.url.replace("/warehouse", "/other")):
        with pytest.raises(mssql_python.Error):
            mssql_python.connect(connection_string(url))


def test_statements_need_no_semicolons():
    batch = "insert into t (a) values (1) delete from t where a in (select 1) select case when 1=1 then 2 end"
    assert [each.verb for each in statements(batch) if isinstance(each, Plain)] == [
        "insert",
        "delete",
        "select",
    ]


def test_moments_keep_their_microseconds(ask):
    [(found,)] = ask("select cast(? as datetime2(6))", datetime(2026, 3, 29, 1, 30, 0, 123456))
    assert found == datetime(2026, 3, 29, 1, 30, 0, 123456)
