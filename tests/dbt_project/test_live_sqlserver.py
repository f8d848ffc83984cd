"""The way to a live SQL Server works before there is one: the real driver against a stand-in that speaks TDS.

The stand-in answers each case's statement with what the table says it gives; so what is shown is that every
statement arrives unchanged, every value comes back in its type, errors are told apart, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from typing import Any

import mssql_python
import pytest

from tests.dbt_project.dialect_cases import FAILS, Case, answer, cases, same
from tests.dbt_project.live_sqlserver import connected, connection_string
from tests.servers.tds import Failure, Rows, TdsServer

CASES = cases("sqlserver")
# datetime and bool are a date and an int, so they stand first
_TYPES = {bool: "bit", datetime: "datetime2", date: "date", float: "float", str: "nvarchar", int: "bigint"}
_REFUSED = Failure(8117, "Operand data type bit is invalid for sum operator.")


def result(value: Any) -> Rows | Failure:
    if value is FAILS:
        return _REFUSED
    kind = next((name for known, name in _TYPES.items() if isinstance(value, known)), "int")
    return Rows((("found", kind),), ((value,),))


@pytest.fixture
def server() -> Iterator[TdsServer]:
    known: dict[str, list[Rows | Failure]] = {}
    for case in CASES:
        known.setdefault(case.sql, []).append(result(case.gives))

    def in_order(statement: str) -> Rows | Failure | None:
        """Cases are asked in the table's order, and some ask the same after another statement."""
        waiting = known.get(statement)
        return waiting.pop(0) if waiting else None

    with closing(TdsServer(in_order)) as listening:
        yield listening


def url(server: TdsServer) -> str:
    return f"mssql://tester:p%7Dw@127.0.0.1:{server.port}/shelf?Encrypt=no"


def test_every_case_arrives_and_comes_back_in_its_type(server):
    with connected(url(server)) as ask:
        wrong = [case for case in CASES if not same(answer(ask, case, mssql_python.Error), case.gives)]
    assert wrong == []
    asked = [text for text in server.statements if text.startswith("select")]
    assert asked == [case.sql for case in CASES]
    assert {text for case in CASES for text in case.before} <= set(server.statements)


def test_a_wrong_answer_is_seen(server):
    server.answer = lambda sql: Rows((("found", "int"),), ((-7,),))
    with connected(url(server)) as ask:
        right = [case for case in CASES if same(answer(ask, case, mssql_python.Error), case.gives)]
    assert right == []


def test_an_error_where_a_value_belongs_is_raised(server):
    server.answer = lambda sql: _REFUSED
    with connected(url(server)) as ask, pytest.raises(mssql_python.Error, match="Operand data type"):
        answer(ask, Case("x", (), "select 1 as found", 1), mssql_python.Error)


class Recorded:
    """A connection that notes what is done with its transaction, and refuses every statement."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def cursor(self) -> Recorded:
        return self

    def execute(self, sql: str) -> None:
        raise mssql_python.ProgrammingError("refused", sql)

    def rollback(self) -> None:
        self.done.append("rollback")

    def commit(self) -> None:
        self.done.append("commit")

    def close(self) -> None:
        self.done.append("close")


def test_nothing_is_kept_and_an_error_ends_its_transaction(monkeypatch):
    connection, modes = Recorded(), []

    def connect(words: str, autocommit: bool) -> Recorded:
        modes.append(autocommit)
        return connection

    monkeypatch.setattr(mssql_python, "connect", connect)
    with connected("mssql://me:pw@h/d") as ask, pytest.raises(mssql_python.Error):
        ask("create table dialect_case (x int)")
    assert modes == [False]
    # the statement's own rollback and its cursor's end, then the session's
    assert connection.done == ["rollback", "close", "rollback", "close"]


def test_an_address_becomes_words_of_the_driver():
    words = connection_string("mssql://me:a%3Bb%7D@db.example:1444/test%20db?TrustServerCertificate=yes")
    assert words == (
        "Server={tcp:db.example,1444};Database={test db};UID={me};PWD={a;b}}};"
        "Encrypt={yes};TrustServerCertificate={yes}"
    )


@pytest.mark.parametrize("address", ["postgresql://h/d", "mssql://h", "mssql:///d", "Server=h"])
def test_another_address_is_refused(address):
    with pytest.raises(ValueError, match="mssql://user"):
        connection_string(address)
