"""Statements that a SQL Server fails: one sentence each, by number, class or words of the error."""

from __future__ import annotations

import re

import pytest

from pipelines.errors import DiskFull, LandingError, WarehouseInterrupted, WarehouseLocked
from pipelines.warehouse import open_warehouse
from pipelines.warehouse.sqlserver.errors import statement_error
from tests.servers.tds import Cut, Failure, Rows
from tests.warehouse.sqlserver.scripted import one_sentence

ONE = Rows((("a", "int"),), ((1,),))
UPDATE = "update ops.runs set outcome = 'Quillfeather'"


@pytest.mark.parametrize(
    ("number", "kind", "says", "next_"),
    [
        (1205, WarehouseInterrupted, "for another session's sake", "quieter hour"),
        (3960, WarehouseInterrupted, "for another session's sake", "quieter hour"),
        (1222, WarehouseLocked, "waited too long for a lock", "who holds it"),
        (1105, DiskFull, "The database of database shelf on 127.0.0.1:\\d+ is full", "Have room made"),
        (9002, DiskFull, "The transaction log of database shelf", "Nothing half-landed"),
        (40544, DiskFull, "is full", "Have room made"),
        (229, LandingError, "The login may not do `update ops.runs`", "docs/sqlserver.md"),
        (262, LandingError, "The login may not do", "docs/sqlserver.md"),
        (2760, LandingError, "The login may not do", "docs/sqlserver.md"),
        (
            2628,
            LandingError,
            "A value is longer than its column in `update ops.runs`",
            "Raise the column's length",
        ),
        (8152, LandingError, "A value is longer than its column", "Raise the column's length"),
        (208, LandingError, "names a table or column that is not in database shelf", "nobody dropped it"),
        (245, LandingError, "A value does not fit the type", "Compare the contract's types"),
        (2627, LandingError, "would break a constraint", "which index"),
        (3906, LandingError, "is read-only", "Name its primary"),
        (50000, LandingError, "refused `update ops.runs` .error 50000", "its error log"),
    ],
)
def test_a_failed_statement_is_one_sentence_by_its_number(warehouse, script, number, kind, says, next_):
    script.answers["^update"] = Failure(number)
    with pytest.raises(LandingError if kind is LandingError else kind) as caught:
        warehouse.execute(UPDATE)
    assert type(caught.value) is kind
    assert re.search(says, caught.value.what), caught.value.what
    assert next_ in caught.value.advice
    assert caught.value.facts["number"] == number
    one_sentence(caught.value)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Transaction (Process ID 52) was deadlocked on lock resources with another process", 1205),
        ("deadlock detected", 1205),
        ("value too long for type character varying(5)", 2628),
        ("permission denied for schema ops", 229),
        ("could not extend file: No space left on device", 1105),
        ("relation \"ops.runs\" does not exist", 208),
        ("Quillfeather", 0),
    ],
)  # fmt: skip
def test_a_server_that_tells_no_number_is_known_by_the_fixed_part_of_its_words(text, number):
    for told in (0, 33557097):
        error = statement_error("database shelf on x:1", "update ops.runs", told, RuntimeError(text))
        assert error.facts["number"] == (number or told)
        one_sentence(error)


def test_a_deadlocks_victim_is_done_again_as_a_whole(warehouse, script, server):
    script.answers["^select a"] = [Failure(1205), Failure(1205), ONE]
    assert warehouse.rows("select a from t") == [(1,)]
    assert server.statements.count("select a from t") == 3


def test_a_transaction_that_lost_a_deadlock_is_done_again_from_its_beginning(warehouse, script, server):
    script.answers["^update"] = [Failure(1205), ONE]
    turns = []

    def work() -> str:
        turns.append(1)
        warehouse.execute("delete from t")
        warehouse.execute("update t set a = 1")
        return "done"

    assert warehouse.in_transaction(work) == "done"
    assert len(turns) == 2
    ours = [said for said in server.statements if said not in ("select @@error",)][-8:]
    assert ours == [
        "begin transaction", "delete from t", "update t set a = 1", "rollback transaction",
        "begin transaction", "delete from t", "update t set a = 1", "commit transaction",
    ]  # fmt: skip


def test_within_a_transaction_a_statement_is_not_repeated_alone(warehouse, script, server):
    script.answers["^update"] = [Failure(1205), ONE]
    with pytest.raises(WarehouseInterrupted), warehouse.transaction():
        warehouse.execute("update t set a = 1")
    assert server.statements.count("update t set a = 1") == 1
    assert server.statements[-1] == "rollback transaction"


def test_who_loses_every_time_hears_so(warehouse, script, server):
    script.answers["^update"] = Failure(1205)
    with pytest.raises(WarehouseInterrupted, match="again and again"):
        warehouse.execute("update t set a = 1")
    assert server.statements.count("update t set a = 1") == 5


def test_other_failures_are_not_repeated(warehouse, script, server):
    script.answers["^update"] = Failure(229)
    with pytest.raises(LandingError):
        warehouse.execute("update t set a = 1")
    assert server.statements.count("update t set a = 1") == 1


def test_a_connection_that_is_cut_is_said_and_not_mended(warehouse, script, server):
    script.answers["^update"] = Cut()
    with pytest.raises(WarehouseInterrupted, match="broke in `update t`") as caught, warehouse.transaction():
        warehouse.execute("update t set a = 1")
    one_sentence(caught.value)
    assert len(server.logins) == 1


def test_rows_that_end_early_are_no_answer(warehouse, script):
    script.answers["^select"] = Rows((("a", "int"),), ((1,), (2,)), then=Cut())
    with pytest.raises(WarehouseInterrupted):
        warehouse.rows("select a from t")


def test_a_commit_that_fails_undoes_and_raises(warehouse, script, server):
    script.answers["^commit"] = Failure(9002)
    with pytest.raises(DiskFull), warehouse.transaction():
        warehouse.execute("delete from t")
    assert server.statements[-1] == "rollback transaction"


def test_whoever_is_stopped_within_a_transaction_leaves_nothing(warehouse, server):
    with pytest.raises(KeyboardInterrupt), warehouse.transaction():
        raise KeyboardInterrupt
    assert server.statements[-1] == "rollback transaction"


def test_for_reading_only_everything_is_undone(settings, server):
    with open_warehouse(settings, read_only=True) as reader:
        reader.execute("delete from t")
    assert server.statements[-3:] == [
        "begin transaction", "delete from t", "rollback transaction"
    ]  # fmt: skip
