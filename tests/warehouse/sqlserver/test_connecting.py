"""What a SQL Server, its place or our settings can get wrong before the first statement."""

from __future__ import annotations

import ctypes
import re
import socket
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.errors import SettingsError, WarehouseUnreachable
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse
from pipelines.warehouse.sqlserver import open_database, system
from pipelines.warehouse.sqlserver.errors import connection_error
from pipelines.warehouse.sqlserver.target import connection_words, secret_string, unsafe
from tests.servers.certificates import ELSEWHERE, LOOPBACK, Authority
from tests.servers.tds import Failure, Rows, TdsServer
from tests.warehouse.sqlserver.scripted import PASSWORD, one_sentence, settings_for


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    ca = Authority("Test CA")
    ca.write(folder / "ca.pem")
    Authority("Another CA").write(folder / "other.pem")
    for name, hosts in (("here", LOOPBACK), ("elsewhere", ELSEWHERE)):
        ca.issue(hosts, folder / f"{name}.pem", folder / f"{name}.key")
    return folder


@pytest.fixture
def secure(authority, script):
    script.answers["serverproperty"] = Rows(
        (("v", "nvarchar"), ("e", "int"), ("c", "nvarchar")), (("16.0.1000", 3, "Latin1_General_100_BIN2"),)
    )
    with closing(
        TdsServer(script, certificate=authority / "here.pem", key=authority / "here.key")
    ) as listening:
        yield listening


def refused(says: str, settings: Settings) -> WarehouseUnreachable:
    with pytest.raises(WarehouseUnreachable) as caught:
        open_warehouse(settings)
    assert re.search(says, caught.value.what), caught.value.what
    one_sentence(caught.value)
    return caught.value


# ---------------------------------------------------------------- certificates


def test_a_certificate_of_the_ca_that_is_named_opens(secure, authority, tmp_path):
    encrypted = settings_for(
        tmp_path, secure.port, host="localhost", encrypt=True, ca_file=authority / "ca.pem"
    )
    with open_database(encrypted) as warehouse:
        assert warehouse.place == f"database shelf on localhost:{secure.port}"
        assert warehouse.caveats() == []


def test_a_certificate_of_another_ca_is_not_trusted(secure, authority, tmp_path):
    for more in ({"ca_file": authority / "other.pem"}, {}):
        encrypted = settings_for(tmp_path, secure.port, host="localhost", encrypt=True, **more)
        error = refused("certificate of the server could not be verified", encrypted)
        assert "WAREHOUSE_SQLSERVER__CA_FILE" in error.advice
    assert not secure.statements
    assert not secure.logins, "a password was sent to a server that nobody vouches for"


def test_a_certificate_for_another_host_is_not_trusted_unless_that_name_is_given(authority, tmp_path):
    files = authority / "elsewhere.pem", authority / "elsewhere.key"
    with closing(TdsServer(certificate=files[0], key=files[1])) as other:
        encrypted = {"host": "localhost", "encrypt": True, "ca_file": authority / "ca.pem"}
        refused("could not be verified", settings_for(tmp_path, other.port, **encrypted))
        named = settings_for(tmp_path, other.port, **encrypted, certificate_host=str(ELSEWHERE[0].value))
        open_database(named).close()


def test_any_certificate_is_taken_where_that_is_said(secure, tmp_path):
    open_database(settings_for(tmp_path, secure.port, encrypt=True, trust_certificate=True)).close()
    assert len(secure.logins) == 1


def test_a_server_that_does_not_encrypt_is_refused(server, authority, tmp_path):
    encrypted = settings_for(
        tmp_path, server.port, host="localhost", encrypt=True, ca_file=authority / "ca.pem"
    )
    refused("would not be encrypted", encrypted)
    assert not server.logins


def test_a_run_warns_of_a_link_over_the_network_that_is_open_or_unproven(tmp_path):
    away = {"host": "sql.example"}
    assert "in the clear" in str(unsafe(settings_for(tmp_path, 1433, **away)))
    unproven = settings_for(tmp_path, 1433, **away, encrypt=True, trust_certificate=True)
    assert "is not verified" in str(unsafe(unproven))
    assert unsafe(settings_for(tmp_path, 1433, **away, encrypt=True)) is None
    assert unsafe(settings_for(tmp_path, 1433)) is None


# ---------------------------------------------------------------- login, database, place


@pytest.mark.parametrize(
    ("failures", "says", "variable"),
    [
        ((Failure(18456),), "The server refused login `loader` for database shelf", "__USER"),
        ((Failure(4060),), "There is no database shelf", "__DATABASE"),
        # of two errors the driver passes on this one
        ((Failure(4060), Failure(18456)), "The server refused login `loader` for database", "__DATABASE"),
    ],
)  # fmt: skip
def test_a_refused_login_and_a_wrong_database_are_told_apart(tmp_path, failures, says, variable):
    with closing(TdsServer(refusal=failures)) as server:
        error = refused(says, settings_for(tmp_path, server.port))
    assert variable in error.advice


def test_a_port_that_nobody_listens_on(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        refused(f"127.0.0.1:{port} did not answer", settings_for(tmp_path, port))


def test_a_name_without_an_address(tmp_path):
    refused("warehouse.invalid:1433 did not answer", settings_for(tmp_path, 1433, host="warehouse.invalid"))


@pytest.mark.parametrize("name", ["host", "database", "user", "password"])
def test_what_is_not_set_is_named(tmp_path, name):
    with pytest.raises(SettingsError, match=f"WAREHOUSE_SQLSERVER__{name.upper()} is not set"):
        open_warehouse(settings_for(tmp_path, 1433, **{name: None}))


def test_a_ca_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"nowhere.pem does not exist"):
        open_warehouse(settings_for(tmp_path, 1433, ca_file=tmp_path / "nowhere.pem"))


# ---------------------------------------------------------------- Microsoft Entra ID


@pytest.mark.parametrize(
    ("way", "user", "password", "words"),
    [
        ("ActiveDirectoryMSI", None, None, set()),
        ("ActiveDirectoryMSI", "an-identity", None, {"UID"}),
        ("ActiveDirectoryDefault", None, None, set()),
        ("ActiveDirectoryServicePrincipal", "an-id", "a-secret", {"UID", "PWD"}),
    ],
)
def test_entra_needs_what_the_way_needs(tmp_path, way, user, password, words):
    settings = settings_for(tmp_path, 1433, authentication=way, user=user, password=password)
    given = connection_words(settings)
    assert given["Authentication"] == way
    assert set(given) & {"UID", "PWD"} == words


def test_a_service_principal_without_its_secret_is_refused(tmp_path):
    settings = settings_for(tmp_path, 1433, authentication="ActiveDirectoryServicePrincipal", password=None)
    with pytest.raises(SettingsError, match="PASSWORD is not set"):
        open_warehouse(settings)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Azure authentication libraries are not installed.", "needs a package"),
        ("Azure AD authentication failed for MSICredential: 'Quillfeather'", "gave no token"),
    ],
)
def test_without_a_token_the_sentence_says_which_setting(text, says):
    error = connection_error("database shelf on x:1", None, RuntimeError(text))
    assert says in error.what
    one_sentence(error)


# ---------------------------------------------------------------- secrets and the machine


def test_the_password_survives_any_letter_and_is_shown_nowhere(tmp_path):
    settings = settings_for(tmp_path, 1433)
    assert "PWD={open;sesame}}{'=}" in secret_string(settings)
    assert PASSWORD not in repr(settings)
    assert PASSWORD not in settings.model_dump_json()


def test_missing_libraries_are_named_before_anything_is_opened(settings, server, monkeypatch):
    monkeypatch.setattr(system, "_loads", lambda library: library != "libodbc.so.2")
    error = refused("does not load", settings)
    assert error.advice == "Install the libraries it needs: apt-get install libodbc2"
    assert not server.logins


def test_all_libraries_are_debians_names_of_what_is_loaded():
    for library in system.ALL_LIBRARIES.values():
        ctypes.CDLL(library)
    assert system.missing_libraries({"libnothing1": "libnothing-of-the-kind.so.1"}) == ("libnothing1",)


def test_unixodbc_finds_the_wheels_driver_in_our_folder(warehouse, settings):
    named = (settings.odbc_folder / "odbcinst.ini").read_text(encoding="utf-8")
    driver = re.search(r"\[ODBC Driver 18 for SQL Server\]\nDriver=(.+)\n", named)
    assert driver is not None
    assert Path(driver[1]).is_file()
    assert settings.library_environment()["ODBCSYSINI"] == str(settings.odbc_folder.resolve())
    assert "ODBCSYSINI" not in Settings(home=settings.home).library_environment()
