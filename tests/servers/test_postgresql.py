"""The tests' PostgreSQL pair is as strict as it says, else tests of our checks would prove nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import adbc_driver_manager
import pytest
from adbc_driver_postgresql import dbapi

from tests.servers.postgresql import PostgreSql

DATABASE = "strict"


def connect(server: PostgreSql, ca_file=None, user: str = "reader", host: str = "127.0.0.1", primary=False):
    tls = f"sslmode=verify-full&sslrootcert={ca_file}" if ca_file else "sslmode=disable"
    url = server.url("postgres", user, host, primary=primary)
    return dbapi.connect(f"{url}?{tls}", autocommit=True)


def one(connection: dbapi.Connection, sql: str):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


@pytest.fixture
def strict(postgresql):
    postgresql.create_database(DATABASE)
    postgresql.execute("create table t (a int)", DATABASE)
    return postgresql


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("primary", [False, True])
def test_the_right_ca_is_accepted_and_the_link_is_encrypted(postgresql, host, primary):
    with connect(postgresql, postgresql.ca_file, host=host, primary=primary) as connection:
        assert one(connection, "select ssl from pg_stat_ssl where pid = pg_backend_pid()") == (True,)
        assert one(connection, "select pg_is_in_recovery()") == (not primary,)


def test_another_ca_is_refused(postgresql):
    with pytest.raises(adbc_driver_manager.Error, match="certificate verify failed"):
        connect(postgresql, postgresql.other_ca_file)


def test_a_certificate_for_another_host_is_refused_and_the_right_one_comes_back(postgresql):
    with (
        postgresql.wrong_host_certificate(),
        pytest.raises(adbc_driver_manager.Error, match=r"replica\.elsewhere\.example.* does not match"),
    ):
        connect(postgresql, postgresql.ca_file)
    connect(postgresql, postgresql.ca_file).close()


def test_a_wrong_password_is_refused(postgresql):
    url = postgresql.url("postgres").replace(postgresql.password(), "open-sesame")
    with pytest.raises(adbc_driver_manager.Error, match="password authentication failed"):
        dbapi.connect(url)


def test_reader_cannot_write_even_on_the_primary(strict):
    url = strict.url(DATABASE, primary=True)
    with (
        dbapi.connect(url) as connection,
        pytest.raises(adbc_driver_manager.Error, match="permission denied"),
    ):
        one(connection, "insert into t values (1) returning a")
    assert strict.query("select count(*) from t", DATABASE) == [(0,)]


def test_writer_can_on_the_primary_and_not_on_the_standby(strict):
    with dbapi.connect(strict.url(DATABASE, "writer", primary=True), autocommit=True) as connection:
        connection.cursor().executescript("insert into t values (1)")
    strict.caught_up()
    assert strict.standby.query("select a from t", DATABASE) == [(1,)]
    with (
        dbapi.connect(strict.url(DATABASE, "writer"), autocommit=True) as connection,
        pytest.raises(adbc_driver_manager.Error, match="read-only transaction"),
    ):
        connection.cursor().executescript("insert into t values (1)")


def test_a_paused_standby_lags_and_then_catches_up(strict):
    with strict.paused_replay():
        strict.execute("insert into t values (7)", DATABASE, wait=False)
        with pytest.raises(TimeoutError, match="has not reached"):
            strict.caught_up(0.3)
        assert strict.standby.query("select a from t", DATABASE) == []
    assert strict.standby.query("select a from t", DATABASE) == [(7,)]


def test_a_standby_without_patience_cancels_what_stands_in_the_way_of_replay(strict):
    strict.execute("insert into t select generate_series(1, 1000)", DATABASE)
    with strict.standby_delay(0), strict.standby.connect(DATABASE) as connection:
        connection.cursor().executescript("set transaction isolation level repeatable read")
        assert one(connection, "select count(*) from t") == (1000,)
        strict.execute("delete from t", DATABASE)
        strict.execute("vacuum t", DATABASE)
        with pytest.raises(adbc_driver_manager.Error, match="conflict with recovery"):
            one(connection, "select count(*) from t")
    assert strict.standby.value("show max_standby_streaming_delay") == "30s"


def test_a_killed_test_process_leaves_no_server_behind(postgresql):
    code = (
        "import time; from tests.servers.postgresql import PostgreSql; s = PostgreSql.start();"
        "print(s.home, s.primary._process.pid, s.standby._process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        home, *pids = other.stdout.readline().split()
        assert all(Path(f"/proc/{pid}").exists() for pid in pids) and len(pids) == 2
        other.kill()
    until = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    PostgreSql.start().stop()
    assert not Path(home).exists()
