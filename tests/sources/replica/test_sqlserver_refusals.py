"""What a SQL Server or its place can get wrong: one sentence with where and what next, no value, no password.

The driver, its TLS and its errors are real; the server is a stand-in that says what a SQL Server would.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import mssql_python
import pytest

from pipelines.errors import (
    LoginRefused,
    NotAReplica,
    NotVerified,
    SettingsError,
    SourceError,
    SourceInterrupted,
    SourceUnreachable,
    SourceUnreadable,
    TableMismatch,
)
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import Reader, open_reader
from pipelines.sources.replica.reader import Select
from tests.landing.tables import column
from tests.servers.certificates import ELSEWHERE, LOOPBACK, Authority
from tests.servers.tds import Failure, TdsServer
from tests.servers.tds_tables import Tables
from tests.sources.replica import refusals

PASSWORD = "open;sesame}{'="
SAID = "A text of the server, with 'Quillfeather' in it."
THINGS = Select("things", (("[id]", "id"),))


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Path:
    """A folder with a CA (`ca.pem`), another (`other.pem`), and certificates of `here` and of `elsewhere`."""
    folder = tmp_path_factory.mktemp("tls")
    ca = Authority("Test CA")
    ca.write(folder / "ca.pem")
    Authority("Another CA").write(folder / "other.pem")
    for name, hosts in (("here", LOOPBACK), ("elsewhere", ELSEWHERE)):
        ca.issue(hosts, folder / f"{name}.pem", folder / f"{name}.key")
    return folder


@pytest.fixture
def tables() -> Tables:
    made = Tables({"things": {"id": "bigint"}})
    made.duckdb.execute("create table things as select 1::bigint as id")
    return made


@pytest.fixture
def plain(tables) -> Iterator[TdsServer]:
    """Without TLS, as it stays only on loopback without a CA file."""
    with closing(TdsServer(tables)) as listening:
        yield listening


@pytest.fixture
def secure(tables, authority) -> Iterator[TdsServer]:
    with closing(TdsServer(tables, authority / "here.pem", authority / "here.key")) as listening:
        yield listening


def url(port: int, host: str = "localhost", options: str = "") -> str:
    return f"mssql://reader:{quote(PASSWORD, safe='')}@{host}:{port}/shelf{options}"


def at(where: str, settings: Settings | None = None, **more) -> Reader:
    settings = settings or Settings(connect_timeout=5)
    return open_reader("shop", "main", InstanceSettings.model_validate({"url": where, **more}), settings)


def refused(kind: type[SourceError], says: str, act, *args) -> SourceError:
    return refusals.refused((PASSWORD, "sesame", "Quillfeather"), kind, says, act, *args)


# ---------------------------------------------------------------- connecting


def test_a_port_that_nobody_listens_on_is_unreachable_within_the_connect_timeout():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = time.monotonic()
    reader = at(url(port, "127.0.0.1"), Settings(connect_timeout=2))
    error = refused(SourceUnreachable, f"127.0.0.1:{port} did not answer .error \\d+", reader.guard)
    assert error.retryable
    assert time.monotonic() - started < 6


def test_a_host_without_an_address_is_unreachable():
    reader = at(url(1433, "replica.invalid"), Settings(connect_timeout=2))
    refused(SourceUnreachable, "replica.invalid:1433 did not answer", reader.guard)


def test_a_server_that_accepts_and_never_speaks_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        reader = at(url(silent.getsockname()[1], "127.0.0.1"), Settings(connect_timeout=1))
        refused(SourceUnreachable, "did not answer", reader.guard)
        assert time.monotonic() - started < 6


@pytest.mark.parametrize(
    "said",
    [
        (Failure(18456, "Login failed for user 'reader'."),),
        (Failure(4060, "Cannot open database."), Failure(18456, "Login failed for user 'reader'.")),
    ],
    ids=["password", "database"],
)
def test_a_refused_login_is_told_at_once(tables, authority, said):
    server = TdsServer(tables, authority / "here.pem", authority / "here.key", refusal=said)
    reader = at(url(server.port), ca_file=authority / "ca.pem")
    error = refused(
        LoginRefused, "refused the login of user `reader` to database `shelf` .error 28000", reader.guard
    )
    assert not error.retryable
    server.close()


def test_a_verified_server_is_read(secure, authority):
    reader = at(url(secure.port), ca_file=authority / "ca.pem")
    reader.guard()
    assert [batch.to_pydict() for batch in reader.stream(THINGS)] == [{"id": [1]}]
    assert secure.asks_for_a_replica
    reader.close()


def test_a_certificate_of_another_host_is_refused_unless_the_url_names_it(tables, authority):
    server = TdsServer(tables, authority / "elsewhere.pem", authority / "elsewhere.key")
    stranger = at(url(server.port), ca_file=authority / "ca.pem")
    error = refused(NotVerified, "certificate of localhost:.* that host name", stranger.guard)
    assert "certificate_host=" in error.advice and "CA_FILE" in error.advice
    assert server.logins == [], "no password before the certificate is verified"
    named = at(
        url(server.port, options="?certificate_host=replica.elsewhere.example"), ca_file=authority / "ca.pem"
    )
    named.guard()
    named.close()
    server.close()


def test_a_certificate_of_another_authority_is_refused(secure, authority):
    for given in (authority / "other.pem", None):
        reader = at(url(secure.port), ca_file=given)
        if given is None:  # what every other host gets: the system's own authorities
            reader._target.verified = True  # type: ignore[attr-defined]
        refused(NotVerified, "certificate of localhost", reader.guard)
    assert secure.logins == []


def test_the_ca_file_is_trusted_only_while_connecting(secure, authority, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "/before.pem")
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    reader = at(url(secure.port), ca_file=authority / "ca.pem")
    reader.guard()
    assert os.environ["SSL_CERT_FILE"] == "/before.pem" and "SSL_CERT_DIR" not in os.environ
    reader.close()


def test_a_server_without_encryption_is_refused(plain, authority):
    reader = at(url(plain.port), ca_file=authority / "ca.pem")
    refused(NotVerified, "the connection is not encrypted", reader.guard)
    assert plain.logins == []


def test_what_the_server_says_of_our_encryption_is_believed(tables, secure, authority):
    tables.sees_server, tables.encrypted = True, "FALSE"
    reader = at(url(secure.port), ca_file=authority / "ca.pem")
    refused(NotVerified, "the connection is not encrypted", reader.guard)


@pytest.mark.parametrize("updateability", ["READ_WRITE", None])
def test_a_primary_is_refused_unless_it_is_allowed(tables, plain, updateability):
    tables.updateability = updateability
    error = refused(NotAReplica, "localhost is not a read-only replica", at(url(plain.port)).guard)
    assert "WAREHOUSE_SOURCES__SHOP__MAIN__ALLOW_PRIMARY=true" in error.advice
    allowed = at(url(plain.port), allow_primary=True)
    allowed.guard()
    allowed.close()


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("mssql://localhost/", "lacks a host or a database"),
        ("mssql://localhost:high/shelf", "port in the URL of shop/main is no number"),
        ("mssql://localhost/shelf?Encrypt=no", "an option that is not read here"),
        ("mssql://localhost/shelf?schema=", "an option that is not read here"),
    ],
)
def test_a_url_that_cannot_be_used_says_so(where, says):
    with pytest.raises(SettingsError, match=says):
        at(where)


def test_a_driver_that_does_not_load_names_the_libraries_it_needs(monkeypatch):
    """Masking one of them gives this text (tried with each); a wheel that is missing fails to import."""
    text = "Failed to load the driver. Please read the documentation to install the dependencies."
    failing = mssql_python.OperationalError("Connection operation failed", text)

    def connect(*_, **__):
        raise failing

    monkeypatch.setattr(mssql_python, "connect", connect)
    says = "the driver for SQL Server does not load"
    error = refused(SourceUnreadable, says, at(url(1)).guard)
    assert error.advice.endswith("apt-get install libltdl7 libkrb5-3 libgssapi-krb5-2")
    monkeypatch.setitem(sys.modules, "mssql_python", None)
    refused(SourceUnreadable, says, at(url(1)).guard)


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("number", "kind", "says"),
    [
        (208, TableMismatch, "things or one of its columns went away"),
        (207, TableMismatch, "things or one of its columns went away"),
        (229, LoginRefused, "user `reader` may not SELECT from things"),
        (230, LoginRefused, "user `reader` may not SELECT from things"),
        (1222, SourceInterrupted, "things stayed locked by another session"),
        (1205, SourceInterrupted, "the replica cancelled reading things"),
        (3958, SourceInterrupted, "the replica cancelled reading things"),
        (3961, SourceInterrupted, "the replica cancelled reading things"),
        (245, SourceUnreadable, "things could not be read .error 245"),
        (8134, SourceUnreadable, "things could not be read"),
    ],
)
def test_a_number_of_the_server_becomes_a_sentence(tables, plain, number, kind, says):
    tables.fails = [Failure(number, SAID)]
    reader = at(url(plain.port))
    error = refused(kind, says, list, reader.stream(THINGS))
    assert error.retryable == (kind is SourceInterrupted)
    assert str(number) in error.what or kind is LoginRefused
    assert [batch.num_rows for batch in reader.stream(THINGS)] == [1], "the next read connects anew"
    reader.close()


def test_a_class_of_error_is_enough_where_the_number_is_lost(tables, plain):
    reader = at(url(plain.port))
    for number, kind in ((208, TableMismatch), (207, TableMismatch), (1205, SourceInterrupted)):
        tables.fails = [Failure(number, SAID)]
        reader.guard()
        reader._session.last_error = lambda: 0  # type: ignore[attr-defined]
        refused(kind, "things", list, reader.stream(THINGS))


def test_a_statement_beyond_its_time_is_stopped(tables, plain):
    plain.answer = lambda sql: time.sleep(3) if "things" in sql else tables(sql)
    reader = at(url(plain.port), Settings(connect_timeout=5, statement_timeout=1))
    refused(SourceUnreadable, "longer than WAREHOUSE_STATEMENT_TIMEOUT allows", list, reader.stream(THINGS))
    reader.close()


@pytest.mark.parametrize("kind", ["rowversion", "xml", "hierarchyid", "geography", "sql_variant"])
def test_a_type_without_a_form_here_is_refused(kind):
    reader = at("mssql://reader@localhost/shelf")
    error = refused(
        TableMismatch,
        f"column Odd is of type {kind}, which is not read",
        reader.expression,
        column("Odd"),
        kind,
    )
    assert "a view that casts it" in error.advice
