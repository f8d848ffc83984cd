"""The tests' MariaDB is as strict as it says, else tests of our TLS checks and guards would prove nothing."""

from __future__ import annotations

import ssl
import subprocess
import sys
import time
from pathlib import Path

import connectorx
import pymysql
import pytest

from tests.servers.mariadb import MariaDb


def connect(
    server: MariaDb, ca_file=None, user: str = "reader", host: str = "127.0.0.1"
) -> pymysql.Connection:
    context = ssl.create_default_context(cafile=str(ca_file)) if ca_file else None
    return pymysql.connect(
        host=host, port=server.port, user=user, password=server.password(user), ssl=context, autocommit=True
    )


def read_with_connectorx(server: MariaDb, ca_file) -> int:
    url = f"{server.url('mysql')}?ssl-mode=VERIFY_IDENTITY&ssl-ca={ca_file}&prefer_socket=false"
    return connectorx.read_sql(url, "select 1 as one", return_type="arrow")["one"][0].as_py()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_right_ca_is_accepted_and_the_link_is_encrypted(mariadb, host):
    with connect(mariadb, mariadb.ca_file, host=host) as connection, connection.cursor() as cursor:
        cursor.execute("show status like 'Ssl_cipher'")
        [(_, cipher)] = cursor.fetchall()
        assert cipher.startswith("TLS")


def test_another_ca_is_refused(mariadb):
    with pytest.raises(pymysql.OperationalError, match="CERTIFICATE_VERIFY_FAILED"):
        connect(mariadb, mariadb.other_ca_file)


def test_a_certificate_for_another_host_is_refused_and_the_right_one_comes_back(mariadb):
    with mariadb.wrong_host_certificate(), pytest.raises(pymysql.OperationalError, match="not valid for"):
        connect(mariadb, mariadb.ca_file)
    connect(mariadb, mariadb.ca_file).close()


def test_connectorx_accepts_the_right_ca(mariadb):
    assert read_with_connectorx(mariadb, mariadb.ca_file) == 1


@pytest.mark.long  # connectorx tries for 30 s each time
def test_connectorx_refuses_another_host_and_another_ca(mariadb):
    with pytest.raises(RuntimeError, match="self-signed certificate in certificate chain"):
        read_with_connectorx(mariadb, mariadb.other_ca_file)
    with mariadb.wrong_host_certificate(), pytest.raises(RuntimeError, match="IP address mismatch"):
        read_with_connectorx(mariadb, mariadb.ca_file)


def test_reader_cannot_write_even_on_a_primary(mariadb):
    mariadb.create_database("strict")
    mariadb.execute("create table t (a int)", "strict")
    with (
        mariadb.as_primary(),
        connect(mariadb) as connection,
        pytest.raises(pymysql.OperationalError, match="denied"),
    ):
        connection.query("insert into strict.t values (1)")
    assert mariadb.execute("select count(*) from t", "strict") == ((0,),)


def test_read_only_refuses_a_login_that_may_write(mariadb):
    mariadb.create_database("strict")
    mariadb.execute("create table t (a int)", "strict")
    with connect(mariadb, user="writer") as connection, connection.cursor() as cursor:
        with pytest.raises(pymysql.OperationalError, match="read-only"):
            cursor.execute("insert into strict.t values (1)")
        with mariadb.as_primary():
            cursor.execute("insert into strict.t values (2)")
        cursor.execute("select @@read_only")
        assert cursor.fetchone() == (1,)
    assert mariadb.execute("select a from t", "strict") == ((2,),)


def test_the_moodle_dump_is_loaded_whole(moodle_server):
    counted = moodle_server.execute(
        "select (select count(*) from mdl_user), (select count(*) from mdl_user_enrolments),"
        " (select count(*) from mdl_quiz_attempts), (select count(*) from mdl_grade_grades),"
        " (select count(*) from mdl_logstore_standard_log)",
        "moodle",
    )
    assert counted == ((1275, 2853, 2516, 7488, 111653),)


def test_a_killed_test_process_leaves_no_server_behind(mariadb):
    code = (
        "import os, time; from tests.servers.mariadb import MariaDb; server = MariaDb.start();"
        "print(server.home, server._process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        home, pid = other.stdout.readline().split()
        assert Path(f"/proc/{pid}").exists()
        other.kill()
    until = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not Path(f"/proc/{pid}").exists()
    MariaDb.start().stop()
    assert not Path(home).exists()
