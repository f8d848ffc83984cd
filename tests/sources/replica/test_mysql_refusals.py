"""What a MariaDB or its place can get wrong: one sentence with where and what next, no value, no password."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import pytest

from pipelines.errors import (
    LoginRefused,
    NotAReplica,
    NotVerified,
    SettingsError,
    SourceError,
    SourceUnreadable,
    TableMismatch,
)
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import Reader, open_reader
from pipelines.sources.replica.reader import SourceTable, check_table
from tests.landing.tables import column
from tests.sources.replica import refusals
from tests.sources.replica.things import THINGS, contract, fetch, read

DATABASE = "refusing"
VALUE = "Quillfeather"
TABLES = f"""
set session sql_mode = '';
create table things (id bigint primary key, at bigint);
insert into things values (1, 5000);
create table renamed (id bigint primary key, later bigint, name varchar(40));
create table retyped (id bigint primary key, at varchar(40)); insert into retyped values (1, '{VALUE}');
create table zeroed (id bigint primary key, at datetime, name varchar(40));
insert into zeroed values (1, '0000-00-00 00:00:00', '{VALUE}');
create table closed (id bigint primary key, at bigint);
create or replace user clerk@'%' identified by 'clerks-own-word';
grant insert on {DATABASE}.closed to clerk@'%';
"""


@pytest.fixture(scope="module")
def server(mariadb):
    mariadb.create_database(DATABASE)
    mariadb.execute(TABLES, DATABASE)
    return mariadb


def at(server, url: str | None = None, settings: Settings | None = None, **more) -> Reader:
    given = {"url": url or server.url(DATABASE), "ca_file": server.ca_file, **more}
    return open_reader("shop", "main", InstanceSettings.model_validate(given), settings or Settings())


@pytest.fixture
def reader(server):
    opened = at(server)
    opened.guard()
    yield opened
    opened.close()


def refused(server, kind: type[SourceError], says: str, act, *args) -> SourceError:
    return refusals.refused((server.password("reader"), "clerks-own-word", VALUE), kind, says, act, *args)


# ---------------------------------------------------------------- connecting


def test_a_wrong_password_is_refused_at_once(server):
    started = time.monotonic()
    wrong = server.url(DATABASE).replace(server.password(), "open-sesame")
    error = refused(
        server, LoginRefused, "refused the login of user `reader` .*1045", at(server, wrong).guard
    )
    assert "open-sesame" not in str(error)
    assert time.monotonic() - started < 5
    assert not error.retryable


def test_a_primary_is_refused_unless_it_is_allowed(server):
    with server.as_primary():
        error = refused(server, NotAReplica, "127.0.0.1 is not a read-only replica", at(server).guard)
        assert "WAREHOUSE_SOURCES__SHOP__MAIN__ALLOW_PRIMARY=true" in error.advice
        allowed = at(server, allow_primary=True)
        allowed.guard()
        allowed.close()


def test_a_certificate_of_another_host_is_refused(server):
    with server.wrong_host_certificate():
        error = refused(server, NotVerified, "certificate of 127.0.0.1:.* that host name", at(server).guard)
    assert "CA_FILE" in error.advice


def test_a_certificate_of_another_authority_is_refused(server):
    stranger = at(server, ca_file=server.other_ca_file)
    refused(server, NotVerified, "certificate of 127.0.0.1", stranger.guard)


def test_no_other_host_than_loopback_goes_unverified(server):
    unverified = [
        at(server, server.url(DATABASE, host=host), ca_file=None) for host in ("127.0.0.1", "db.example")
    ]
    assert [reader._target.verified for reader in unverified] == [False, True]  # type: ignore[attr-defined]
    plain, strict = [reader._target.connectorx_url() for reader in unverified]  # type: ignore[attr-defined]
    assert "ssl-mode=DISABLED" in plain
    assert "ssl-mode=VERIFY_IDENTITY&ssl-ca=" in strict


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("oracle://u:secret-word@h/db", "starts with `oracle:`"),
        ("mysql://u:secret-word@/db", "lacks a host or a database"),
        ("mysql://u:secret-word@host", "lacks a host or a database"),
        ("mysql://u:secret-word@host:port/db", "port in the URL of shop/main is no number"),
        ("mysql://u:secret-word/2@host:3306/db", "port in the URL of shop/main is no number"),
        ("warehouse", "starts with `:`"),
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


def test_passwords_and_names_of_any_characters_reach_both_drivers(server):
    word = "p@ss:w/rd%?#é"
    server.execute(f"create or replace user odd@'%' identified by '{word}'; grant select on *.* to odd@'%'")
    quoted = "p%40ss%3Aw%2Frd%25%3F%23%C3%A9"
    reader = at(server, f"mysql://odd:{quoted}@localhost:{server.port}/{DATABASE}")
    assert urlsplit(server.url(DATABASE)).port == server.port
    reader.guard()
    assert read(reader, THINGS, fetch())[1] == [{"id": 1, "at": 5000}]
    reader.close()


# ---------------------------------------------------------------- tables


def test_a_missing_table(server, reader):
    error = refused(
        server, TableMismatch, r"has no table socks \(contract: shop\.things\)", check_table, reader, THINGS,
        reader.describe("socks"),
    )  # fmt: skip
    assert "table prefix" in error.advice


def test_a_missing_column_with_both_lists(server, reader):
    described = reader.describe("renamed")
    says = r"renamed lacks at; it offers id, later, name"
    refused(server, TableMismatch, says, check_table, reader, THINGS, described)


def test_a_changed_type(server, reader):
    says = r"retyped changed the type of at \(contract bigint, now varchar\)"
    refused(server, TableMismatch, says, check_table, reader, THINGS, reader.describe("retyped"))


def test_types_of_one_family_are_no_change(reader):
    same = [("bigint", "int"), ("text", "varchar"), ("timestamp", "datetime"), ("double", "float")]
    assert all(reader.same_type(*pair) for pair in same)
    other = [("bigint", "varchar"), ("decimal", "double"), ("timestamp", "date"), ("text", "blob")]
    assert not any(reader.same_type(*pair) for pair in other)


def test_a_column_that_goes_away_while_it_is_read(server, reader):
    stale = SourceTable("renamed", {"id": "bigint", "at": "bigint"})
    reader.describe = lambda table: stale
    says = r"renamed or one of its columns went away \(error 1054\)"
    refused(server, TableMismatch, says, read, reader, THINGS, fetch(), None, "renamed")


def test_a_login_without_select(server):
    url = f"mysql://clerk:clerks-own-word@127.0.0.1:{server.port}/{DATABASE}"
    clerk = at(server, url)
    clerk.guard()
    error = refused(
        server,
        LoginRefused,
        "user `clerk` may not SELECT from closed",
        read,
        clerk,
        THINGS,
        fetch(),
        None,
        "closed",
    )
    assert "Grant it SELECT" in error.advice
    described = clerk.describe("things")
    error = refused(server, TableMismatch, "has no table things", check_table, clerk, THINGS, described)
    assert "SELECT rights" in error.advice
    clerk.close()


def test_a_statement_that_takes_too_long(server):
    slow = at(server, settings=Settings(statement_timeout=1))
    slow.guard()
    started = time.monotonic()
    how = fetch(row_filter="(select count(*) from seq_1_to_100000 a, seq_1_to_100000 b) > 0")
    error = refused(
        server, SourceUnreadable, r"reading things took longer than .*\(error 1969\)", read, slow, THINGS, how
    )
    assert "WAREHOUSE_STATEMENT_TIMEOUT" in error.what
    assert time.monotonic() - started < 20
    slow.close()


def test_a_value_that_breaks_the_driver_is_not_shown_by_anybody(server, reader, capfd):
    """connectorx panics on a zero date unless it is read as text, and prints the value while it does."""
    of = contract(column("at", "timestamp", source_type="datetime"), column("name", source_type="varchar"))
    reader.expression = lambda column, source_type: reader.quote(column.name)
    says = "the driver could not read a value of zeroed"
    refused(server, SourceUnreadable, says, read, reader, of, fetch(), None, "zeroed")
    assert capfd.readouterr() == ("", "")


def test_the_guard_connection_outlives_a_long_read(server):
    """Servers close idle connections; while a large table is read the guard is idle."""
    reader = at(server)
    reader.guard()
    with reader._connect().cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("set session wait_timeout = 1")
    time.sleep(2.5)
    assert reader.describe("things").columns == {"id": "bigint", "at": "bigint"}
    reader.close()
