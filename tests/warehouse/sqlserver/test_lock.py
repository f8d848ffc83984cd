"""One run at a time on one database: a second machine is refused, a server without locks is said."""

from __future__ import annotations

import pytest

from pipelines.errors import WarehouseInterrupted, WarehouseLocked
from pipelines.runner.lock import run_lock
from tests.servers.tds import Cut, Failure, Rows
from tests.warehouse.sqlserver.scripted import one_sentence, settings_for


def answered(number: int) -> Rows:
    return Rows((("", "int"),), ((number,),))


def test_the_lock_is_a_sessions_own_and_held_to_the_end(settings, script, server):
    script.answers["sp_getapplock"] = answered(0)
    with run_lock(settings) as warned:
        assert warned == []
        assert len(server.logins) == 1
    assert "@LockOwner = 'Session'" in server.statements[-1]


def test_a_run_of_another_machine_is_in_the_way(settings, script, server, tmp_path):
    script.answers["sp_getapplock"] = answered(-1)
    elsewhere = settings_for(tmp_path / "another home", server.port)
    with pytest.raises(WarehouseLocked, match="Another run holds database") as caught, run_lock(elsewhere):
        pytest.fail("two runs at once")
    one_sentence(caught.value)
    script.answers["sp_getapplock"] = answered(0)
    with run_lock(elsewhere):
        pass


def test_a_run_of_this_machine_is_found_before_the_server_is_asked(settings, script, server):
    script.answers["sp_getapplock"] = answered(0)
    with run_lock(settings), pytest.raises(WarehouseLocked, match=r"run\.lock"), run_lock(settings):
        pytest.fail("two runs at once")
    assert len(server.logins) == 1
    with run_lock(settings):
        pass


def test_a_server_without_the_procedure_is_used_and_said(settings, script):
    script.answers["sp_getapplock"] = Failure(2812)
    with run_lock(settings) as warned:
        [said] = warned
    assert "no other machine runs there" in said


def test_a_connection_that_ends_in_between_is_no_lock(settings, script):
    script.answers["sp_getapplock"] = Cut()
    with pytest.raises(WarehouseInterrupted), run_lock(settings):
        pytest.fail("without a lock")
