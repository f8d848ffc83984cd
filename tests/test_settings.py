"""Settings: where values come from, what is refused with the variable's name, and that no secret is shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from pipelines.errors import SettingsError
from pipelines.settings import (
    AwsSettings,
    GpgSettings,
    InstanceSettings,
    Settings,
    SqlServerSettings,
    load_settings,
)
from pipelines.settings_page import settings_page

SECRET = "5ec3e7" * 11
URL = "WAREHOUSE_SOURCES__MOODLE__MAIN__URL"
PLACE = "mysql://reader:open-sesame@replica.example:3306/moodle"


def env_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "warehouse.env"
    path.write_text(text)
    path.chmod(mode)
    return path


def refused(says: str) -> SettingsError:
    with pytest.raises(SettingsError, match=says) as error:
        load_settings()
    assert SECRET not in str(error.value)
    assert "open-sesame" not in str(error.value)
    assert error.value.exit_code == 2
    return error.value


# ---------------------------------------------------------------- where values come from


def test_without_an_environment_the_defaults_hold():
    settings = load_settings()
    assert (settings.home, settings.engine, settings.sources) == (Path("var"), "duckdb", {})
    assert settings.pseudonym_key is None
    assert settings.warehouse_file == Path("var/warehouse.duckdb")


@pytest.mark.parametrize(("engine", "given", "threads"), [
    ("duckdb", None, "2"), ("sqlserver", None, "1"), ("sqlserver", "3", "3"), ("duckdb", "1", "1"),
])  # fmt: skip
def test_models_are_built_one_by_one_on_sql_server_unless_somebody_says_otherwise(
    monkeypatch, engine, given, threads
):
    monkeypatch.setenv("WAREHOUSE_ENGINE", engine)
    if given:
        monkeypatch.setenv("WAREHOUSE_DBT_THREADS", given)
    assert load_settings().library_environment()["WAREHOUSE_DBT_THREADS"] == threads


def test_the_environment_wins_over_the_env_file(tmp_path, monkeypatch):
    path = env_file(tmp_path, f"WAREHOUSE_HOME=from_file\nWAREHOUSE_MEMORY_LIMIT=1GB\n{URL}={PLACE}\n")
    monkeypatch.setenv("WAREHOUSE_ENV_FILE", str(path))
    monkeypatch.setenv("WAREHOUSE_HOME", "from_environment")
    monkeypatch.setenv("WAREHOUSE_SOURCES__MOODLE__MAIN__TABLE_PREFIX", "m2_")
    settings = load_settings()
    assert (settings.home, settings.memory_limit) == (Path("from_environment"), "1GB")
    main = settings.sources["moodle"]["main"]
    assert (main.url.get_secret_value(), main.table_prefix) == (PLACE, "m2_")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o602])
def test_an_env_file_that_others_may_touch_is_refused(tmp_path, monkeypatch, mode):
    path = env_file(tmp_path, f"WAREHOUSE_PSEUDONYM_KEY={SECRET}\n", mode)
    monkeypatch.setenv("WAREHOUSE_ENV_FILE", str(path))
    assert f"chmod 600 {path}" in refused("holds secrets but others may read it").advice


def test_a_missing_env_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_ENV_FILE", str(tmp_path / "nowhere.env"))
    refused("WAREHOUSE_ENV_FILE names .*nowhere.env, which does not exist")


def test_instances_by_name_are_lower_case(monkeypatch):
    monkeypatch.setenv(URL, PLACE)
    monkeypatch.setenv("WAREHOUSE_SOURCES__MOODLE__NORTH_2__URL", "sqlite:///tmp/x.sqlite")
    monkeypatch.setenv("WAREHOUSE_SOURCES__MOODLE__NORTH_2__ALLOW_PRIMARY", "true")
    moodle = load_settings().sources["moodle"]
    assert sorted(moodle) == ["main", "north_2"]
    assert (moodle["main"].allow_primary, moodle["north_2"].allow_primary) == (False, True)


def test_the_clock_is_one_value_in_utc_without_zone(monkeypatch):
    monkeypatch.setenv("WAREHOUSE_AS_OF", "2026-07-31T01:30:00+02:00")
    assert load_settings().clock == datetime(2026, 7, 30, 23, 30)
    monkeypatch.delenv("WAREHOUSE_AS_OF")
    running = load_settings()
    assert running.clock is running.clock
    assert running.clock.tzinfo is None


def test_a_package_instance_has_settings_of_its_own(monkeypatch):
    own = "WAREHOUSE_SOURCES__EDX__UNIX__"
    given = {"URL": "s3://course-data", "ORGANISATIONS": "UniX, unix-press",
             "GPG__KEY_FILE": "/etc/czar.key",
             "GPG__PASSPHRASE": SECRET,
             "AWS__ACCESS_KEY_ID": "AKIA", "AWS__SECRET_ACCESS_KEY": SECRET,
             "AWS__REGION": "us-east-1"}  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(own + name, value)
    unix = load_settings().sources["edx"]["unix"]
    assert (unix.organisations, unix.site) == (("unix", "unix-press"), "edx")
    assert unix.gpg is not None
    assert unix.gpg.passphrase is not None
    assert unix.gpg.passphrase.get_secret_value() == SECRET
    assert unix.aws is not None
    assert unix.aws.region == "us-east-1"
    assert SECRET not in repr(unix)
    monkeypatch.setenv(own + "ORGANISATIONS", "unix/press")
    refused("WAREHOUSE_SOURCES__EDX__UNIX__ORGANISATIONS")


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("WAREHOUSE_ENGINE", "oracle", "WAREHOUSE_ENGINE"),
        ("WAREHOUSE_AS_OF", "yesterday", "WAREHOUSE_AS_OF"),
        ("WAREHOUSE_STATEMENT_TIMEOUT", "long", "WAREHOUSE_STATEMENT_TIMEOUT"),
        ("WAREHOUSE_MAX_DELETE_SHARE", "half", "WAREHOUSE_MAX_DELETE_SHARE"),
        ("WAREHOUSE_SAMPLE", "perhaps", "WAREHOUSE_SAMPLE"),
        ("WAREHOUSE_SOURCES__MOODLE__MAIN__ALLOW_PRIMARY", "maybe", "WAREHOUSE_SOURCES__MOODLE__MAIN__"),
        ("WAREHOUSE_SOURCES__MOODLE__MAIN__TABLE_PREFIX", "m_", "WAREHOUSE_SOURCES__MOODLE__MAIN__URL"),
        ("WAREHOUSE_SOURCES__MOODLE__MAIN", "not a mapping", "WAREHOUSE_SOURCES__MOODLE__MAIN"),
        ("WAREHOUSE_SOURCES", "not a mapping", "WAREHOUSE_SOURCES"),
        ("WAREHOUSE_SOURCES__MOODLE__1ST__URL", PLACE, "WAREHOUSE_SOURCES"),
        ("WAREHOUSE_SOURCES__MOODLE__A-B__URL", PLACE, "WAREHOUSE_SOURCES"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_variable(monkeypatch, variable, value, named):
    monkeypatch.setenv(variable, value)
    assert refused(f"The setting {named}").advice


def test_an_env_file_that_is_no_text_is_refused(tmp_path, monkeypatch):
    path = env_file(tmp_path, "")
    path.write_bytes(b"WAREHOUSE_HOME=\xff\n")
    monkeypatch.setenv("WAREHOUSE_ENV_FILE", str(path))
    refused("the env file is not UTF-8")


def test_a_secret_that_is_refused_is_not_shown(monkeypatch):
    monkeypatch.setenv("WAREHOUSE_SOURCES__MOODLE__1ST__URL", PLACE)
    monkeypatch.setenv("WAREHOUSE_PSEUDONYM_KEY", SECRET)
    refused("WAREHOUSE_SOURCES")


# ---------------------------------------------------------------- secrets stay inside


def full_settings() -> Settings:
    return Settings(
        sources={"moodle": {"main": InstanceSettings.model_validate({"url": PLACE})}},
        pseudonym_key=SECRET,
        sealing_key=SECRET,
    )


@pytest.mark.parametrize(
    "show", [repr, str, lambda settings: str(settings.model_dump()), Settings.model_dump_json]
)
def test_settings_show_no_secret(show):
    shown = show(full_settings())
    assert SECRET not in shown
    assert "open-sesame" not in shown
    assert "reader" not in shown


def test_libraries_and_child_processes_get_no_secret_and_no_telemetry(monkeypatch):
    for name in ("PSEUDONYM_KEY", "SEALING_KEY"):
        monkeypatch.setenv(f"WAREHOUSE_{name}", SECRET)
    monkeypatch.setenv(URL, PLACE)
    monkeypatch.setenv("WAREHOUSE_ENV_FILE", "/somewhere")
    monkeypatch.setenv("HARMLESS", "stays")
    given = full_settings().subprocess_environment()
    assert given["HARMLESS"] == "stays"
    assert given["DO_NOT_TRACK"] == "1"
    assert given["RUNTIME__DLTHUB_TELEMETRY"] == "false"
    assert "WAREHOUSE_ENV_FILE" not in given
    assert not [name for name, value in given.items() if SECRET in value or "open-sesame" in value]


def test_the_settings_page_has_every_setting_and_no_secret():
    page = settings_page()
    for name in set(Settings.model_fields) - {"sources", "sqlserver"}:
        assert f"| `WAREHOUSE_{name.upper()}` |" in page
    nested = {f"gpg__{name}" for name in GpgSettings.model_fields}
    nested |= {f"aws__{name}" for name in AwsSettings.model_fields}
    for name in set(InstanceSettings.model_fields) - {"gpg", "aws"} | nested:
        assert f"`WAREHOUSE_SOURCES__<PLATFORM>__<INSTANCE>__{name.upper()}`" in page
    for name in SqlServerSettings.model_fields:
        assert f"`WAREHOUSE_SQLSERVER__{name.upper()}`" in page
    described = [field.description for field in Settings.model_fields.values()]
    assert all(described)


def test_dbt_and_the_checks_are_told_where_the_sql_server_is_and_nobody_else(monkeypatch, tmp_path):
    monkeypatch.setenv("WAREHOUSE_SQLSERVER__PASSWORD", SECRET)
    on_file = Settings.model_validate({})
    assert not [name for name in on_file.subprocess_environment() if "SQLSERVER" in name]
    where = {"host": "sql.example", "database": "wh", "password": SECRET, "ca_file": tmp_path / "ca.pem"}
    on_server = Settings.model_validate({"engine": "sqlserver", "sqlserver": where})
    given = on_server.subprocess_environment()
    assert given["WAREHOUSE_SQLSERVER__HOST"] == "sql.example"
    assert given["WAREHOUSE_SQLSERVER__PORT"] == "1433"
    assert "WAREHOUSE_SQLSERVER__USER" not in given
    assert given["WAREHOUSE_SQLSERVER__PASSWORD"] == SECRET
    assert given["SSL_CERT_FILE"] == str(tmp_path / "ca.pem")
    assert SECRET not in str(on_server.library_environment())
    assert SECRET not in repr(on_server)
