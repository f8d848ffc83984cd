"""What a PostgreSQL or its place can get wrong: one sentence, and no password in it."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from pipelines.errors import (
    LoginRefused,
    NotAReplica,
    NotVerified,
    SettingsError,
    SourceUnreachable,
    SourceUnreadable,
)
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import Reader
from pipelines.sources.replica.postgresql_errors import connection_error
from pipelines.sources.replica.postgresql_target import PostgreSqlTarget
from pipelines.sources.replica.reader import Select
from tests.servers.postgresql import PostgreSql
from tests.sources.replica.on_postgresql import refused, unguarded
from tests.sources.replica.things import THINGS, fetch, read

DATABASE = "refusing"


@pytest.fixture(scope="module")
def server(postgresql):
    postgresql.create_database(DATABASE)
    postgresql.execute(
        "create table things (id bigint primary key, at bigint); insert into things values (1, 5000);"
        "create role nobody_more login password 'x' connection limit 0",
        DATABASE,
    )
    yield postgresql
    postgresql.execute("drop role nobody_more")


def at(server: PostgreSql, url: str | None = None, settings: Settings | None = None, **more: Any) -> Reader:
    return unguarded(server, DATABASE, url, settings, **more)


# ---------------------------------------------------------------- connecting


def test_a_wrong_password_is_refused_at_once_and_tried_once(server):
    started, before = time.monotonic(), server.standby.log().count("password authentication failed")
    wrong = server.url(DATABASE).replace(server.password(), "open-sesame")
    error = refused(server, LoginRefused, "refused the login of user `reader`", at(server, wrong).guard)
    assert "open-sesame" not in str(error)
    assert time.monotonic() - started < 5
    assert not error.retryable
    assert server.standby.log().count("password authentication failed") == before + 1


def test_no_password_and_a_user_that_does_not_exist(server):
    without = server.url(DATABASE).replace(f":{server.password()}@", "@")
    refused(server, LoginRefused, "refused the login of user `reader`", at(server, without).guard)
    stranger = server.url(DATABASE).replace("reader:", "stranger:")
    refused(server, LoginRefused, "refused the login of user `stranger`", at(server, stranger).guard)


def test_a_login_that_has_all_its_connections_is_asked_again_later(server):
    url = server.url(DATABASE).replace(f"reader:{server.password()}", "nobody_more:x")
    error = refused(
        server, SourceUnreachable, "no connection left for user `nobody_more`", at(server, url).guard
    )
    assert error.retryable


def test_the_standby_is_accepted_and_the_primary_refused_unless_it_is_allowed(server):
    at(server).guard()
    primary = server.url(DATABASE, primary=True)
    error = refused(server, NotAReplica, "127.0.0.1 is not a read-only replica", at(server, primary).guard)
    assert "WAREHOUSE_SOURCES__SHOP__MAIN__ALLOW_PRIMARY=true" in error.advice
    allowed = at(server, primary, allow_primary=True)
    allowed.guard()
    assert read(allowed, THINGS, fetch())[1] == [{"id": 1, "at": 5000}]
    assert allowed.lag() is None
    allowed.close()


def test_a_primary_takes_no_write_from_a_login_that_may(server):
    """Were a statement of ours ever more than a SELECT, the transaction it is in would not let it."""
    writer = at(server, server.url(DATABASE, "writer", primary=True), allow_primary=True)
    writer.guard()
    writer.sql = lambda select: "insert into things values (2, 2) returning id"  # type: ignore[method-assign]
    refused(server, SourceUnreadable, r"things could not be read \(error 25006\)", lambda: list(
        writer.stream(Select("things", ()))))  # fmt: skip
    assert server.query("select count(*) from things", DATABASE) == [(1,)]
    writer.close()


def test_a_certificate_of_another_host_is_refused(server):
    with server.wrong_host_certificate():
        error = refused(server, NotVerified, "certificate of 127.0.0.1:.* that host name", at(server).guard)
    assert "CA_FILE" in error.advice
    at(server).guard()


def test_a_certificate_of_another_authority_is_refused(server):
    stranger = at(server, ca_file=server.other_ca_file)
    refused(server, NotVerified, "certificate of 127.0.0.1", stranger.guard)


def test_the_system_knows_no_such_authority_either(server):
    """Another name than loopback's is verified without a CA file too; `hostaddr` says where it is."""
    url = server.url(DATABASE, host="localhost.localdomain") + "?hostaddr=127.0.0.1"
    refused(server, NotVerified, "certificate of localhost.localdomain", at(server, url, ca_file=None).guard)


def test_a_name_is_checked_even_where_the_address_is_given(server):
    for host, kind in (("localhost", None), ("replica.elsewhere.example", NotVerified)):
        reader = at(server, server.url(DATABASE, host=host) + "?hostaddr=127.0.0.1")
        if kind is None:
            reader.guard()
        else:
            refused(server, kind, "certificate of replica.elsewhere.example", reader.guard)


def test_a_server_without_tls_is_refused(server):
    silent = at(server)
    silent._target.conninfo = lambda seconds: (  # type: ignore[attr-defined]
        f"host=127.0.0.1 port={server.standby.port} user=reader password={server.password()} "
        f"dbname={DATABASE} sslmode=disable"
    )
    refused(server, NotVerified, "the connection is not encrypted", silent.guard)


def test_no_other_host_than_loopback_goes_unverified(server):
    unverified = [
        at(server, server.url(DATABASE, host=host), ca_file=None) for host in ("127.0.0.1", "db.example")
    ]
    plain, strict = [reader._target.conninfo(5) for reader in unverified]  # type: ignore[attr-defined]
    assert "sslmode='prefer'" in plain and "sslrootcert" not in plain
    assert re.search("sslmode='verify-full' sslrootcert='/[^']+'", strict)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://u:secret-word@/db", "lacks a host or a database"),
        ("postgres://u:secret-word@host", "lacks a host or a database"),
        ("postgresql://u:secret-word@host:port/db", "port in the URL of shop/main is no number"),
        ("postgresql://u:secret-word/2@host:5432/db", "port in the URL of shop/main is no number"),
        ("postgresql://u:secret-word@host/db?sslmode=require", "has an option that is not read here"),
        ("postgresql://u:secret-word@host/db?schema=", "has an option that is not read here"),
    ],
)
def test_a_url_that_cannot_be_used_is_a_settings_error(server, url, says):
    with pytest.raises(SettingsError, match=says) as error:
        at(server, url)
    assert "secret-word" not in str(error.value)
    assert error.value.advice


def test_a_missing_ca_file_is_a_settings_error(server, tmp_path):
    with pytest.raises(SettingsError, match=r"The CA file of shop/main does not exist: .*ca\.pem"):
        at(server, ca_file=tmp_path / "ca.pem")


def test_passwords_and_names_of_any_characters_reach_the_driver(server):
    word = "p@ss:w/rd%?#é '\\"
    quoted = "p%40ss%3Aw%2Frd%25%3F%23%C3%A9%20%27%5C"
    literal = word.replace("'", "''")
    server.execute(f"create role \"o'dd\" login password '{literal}'; grant pg_read_all_data to \"o'dd\"")
    reader = at(server, f"postgres://o%27dd:{quoted}@localhost:{server.standby.port}/{DATABASE}")
    reader.guard()
    assert read(reader, THINGS, fetch())[1] == [{"id": 1, "at": 5000}]
    reader.close()
    server.execute('drop role "o\'dd"')


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("failed: FATAL:  the database system is starting up", SourceUnreachable),
        ("failed: FATAL:  sorry, too many clients already", SourceUnreachable),
        ("failed: FATAL:  remaining connection slots are reserved for superusers", SourceUnreachable),
        ("failed: FATAL:  no pg_hba.conf entry for host \"::1\", no encryption", LoginRefused),
        ("failed: ВАЖНО:  пользователь не прошёл проверку", LoginRefused),
        ("failed: server closed the connection unexpectedly", SourceUnreachable),
        ("failed: SSL SYSCALL error: EOF detected", SourceUnreachable),
        ("failed: SSL error: wrong version number", NotVerified),
        ("failed: server does not support SSL, but SSL was required", NotVerified),
        ("failed: root certificate file \"/ca.pem\" does not exist", NotVerified),
    ],
)  # fmt: skip
def test_what_a_server_or_libpq_says_of_a_login(server, said, kind):
    where = InstanceSettings.model_validate({"url": server.url(DATABASE)})
    failed = RuntimeError(f'IO: connection to server at "h", port 1 {said}')
    assert type(connection_error("shop/main", PostgreSqlTarget("shop/main", where), failed)) is kind
