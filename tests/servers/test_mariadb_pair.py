"""The tests' replica follows its primary, and our reader takes the one and refuses the other."""

from __future__ import annotations

import time

import pymysql
import pytest

from pipelines.errors import NotAReplica, NotVerified
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import open_reader
from tests.servers.mariadb import MariaDb


def guard(server: MariaDb, **more: object) -> None:
    """Our reader's guard of one server, as a landing opens it."""
    place = {"url": server.url("replicated"), "ca_file": server.ca_file} | more
    reader = open_reader("shop", "main", InstanceSettings.model_validate(place), Settings())
    try:
        reader.guard()
    finally:
        reader.close()


@pytest.fixture
def counted(mariadb_pair):
    """Rows of a table at the primary and at the replica; the table is made anew."""
    mariadb_pair.create_database("replicated")
    mariadb_pair.execute("create table t (id int primary key)", "replicated")
    mariadb_pair.caught_up()

    def count() -> tuple[int, int]:
        sql = "select count(*) from t"
        both = (mariadb_pair.primary, mariadb_pair.replica)
        first, second = (server.execute(sql, "replicated")[0][0] for server in both)
        return first, second

    return count


def test_what_is_written_at_the_primary_is_at_the_replica(mariadb_pair, counted):
    mariadb_pair.execute("insert into t select seq from seq_1_to_1000", "replicated")
    mariadb_pair.caught_up()
    assert counted() == (1000, 1000)
    [(form,)] = mariadb_pair.execute("select @@global.binlog_format")
    assert form == "ROW"
    assert mariadb_pair.status()["Master_SSL_Allowed"] == "Yes"
    assert mariadb_pair.lag() == 0


def test_only_the_primary_takes_writes_of_an_application(mariadb_pair, counted):
    with mariadb_pair.open_transaction("replicated") as connection:
        connection.query("insert into t values (1)")
        assert counted() == (0, 0)
        connection.commit()
    mariadb_pair.caught_up()
    assert counted() == (1, 1)
    replica = mariadb_pair.replica
    with (
        pymysql.connect(
            host="127.0.0.1", port=replica.port, user="writer", password=replica.password("writer")
        ) as connection,
        pytest.raises(pymysql.OperationalError, match="read-only"),
    ):
        connection.query("insert into replicated.t values (2)")


def test_a_replica_that_stands_still_shows_nothing_new_until_it_goes_on(mariadb_pair, counted):
    with mariadb_pair.applying_stopped():
        mariadb_pair.execute("insert into t values (1)", "replicated")
        time.sleep(0.2)
        assert counted() == (1, 0)
        assert mariadb_pair.lag() is None
    assert counted() == (1, 1)


def test_a_delayed_replica_says_how_far_it_is_behind(mariadb_pair, counted):
    with mariadb_pair.delayed(3600):
        mariadb_pair.execute("insert into t values (1)", "replicated")
        mariadb_pair.wait_for_lag(1)
        assert counted() == (1, 0)
    assert counted() == (1, 1)
    assert mariadb_pair.lag() == 0


def test_the_watcher_may_see_the_state_of_replication_and_the_reader_may_not(mariadb_pair):
    replica = mariadb_pair.replica

    def ask(user: str) -> int:
        login = {"host": "127.0.0.1", "port": replica.port, "user": user}
        with (
            pymysql.connect(**login, password=replica.password(user)) as connection,
            connection.cursor() as cursor,
        ):
            return cursor.execute("show replica status")

    assert ask("watcher") == 1
    with pytest.raises(pymysql.OperationalError, match="denied"):
        ask("reader")


# ---------------------------------------------------------------- our guard


def test_the_replica_is_accepted_and_the_primary_refused(mariadb_pair):
    guard(mariadb_pair.replica)
    with pytest.raises(NotAReplica, match=r"127\.0\.0\.1 is not a read-only replica"):
        guard(mariadb_pair.primary)
    guard(mariadb_pair.primary, allow_primary=True)


@pytest.mark.parametrize("which", ["primary", "replica"])
def test_a_certificate_for_another_host_is_refused_on_both(mariadb_pair, which):
    server = getattr(mariadb_pair, which)
    with (
        server.wrong_host_certificate(),
        pytest.raises(NotVerified, match="could not be verified for that host name"),
    ):
        guard(server, allow_primary=True)
    guard(server, allow_primary=True)


@pytest.mark.parametrize("which", ["primary", "replica"])
def test_a_certificate_of_another_authority_is_refused_on_both(mariadb_pair, which):
    server = getattr(mariadb_pair, which)
    with pytest.raises(NotVerified):
        guard(server, allow_primary=True, ca_file=server.other_ca_file)
