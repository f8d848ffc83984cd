"""`warehouse doctor` on a database: what the login may do, what the server lacks; nothing stays of the look.

The driver is real; the server is a stand-in, or says what a test has prepared.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from pipelines.runner.doctor.finding import Finding
from pipelines.runner.doctor.home import examine_libraries
from pipelines.runner.doctor.known import examine_warehouse
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse
from pipelines.warehouse.ops import create_ops
from pipelines.warehouse.sqlserver import system
from tests.servers.tds import Failure, Rows, TdsServer
from tests.servers.tsql import Fault, Features, TsqlServer
from tests.warehouse.sqlserver.scripted import Script, settings_for


@pytest.fixture
def server() -> Iterator[TsqlServer]:
    with closing(TsqlServer()) as listening:
        yield listening


@pytest.fixture
def settings(server, tmp_path) -> Settings:
    [(user, password)] = server.users.items()
    where = {"database": server.databases[0], "user": user, "password": password}
    return settings_for(tmp_path / "home", server.port, **where)


def found(settings: Settings) -> dict[str, list[Finding]]:
    """The findings by what of the warehouse was looked at."""
    by_check: dict[str, list[Finding]] = {}
    for finding in examine_warehouse(settings, {})[1]:
        by_check.setdefault(finding.check, []).append(finding)
    return by_check


def test_a_healthy_database_is_all_good_and_nothing_stays_of_the_look(settings, server):
    assert {line.level for lines in found(settings).values() for line in lines} == {"ok"}
    with open_warehouse(settings) as warehouse:
        left = "select SCHEMA_NAME from INFORMATION_SCHEMA.SCHEMATA where SCHEMA_NAME like 'warehouse%'"
        assert warehouse.rows(left) == []
        create_ops(warehouse)
    [opened] = found(settings)["database"]
    assert opened.said == f"database warehouse on 127.0.0.1:{server.port} opens"


def test_each_feature_that_is_missing_is_a_warning_with_what_it_is_for(settings, server):
    server.features = Features(columnstore=False, transfer=False, applock=False)
    lines = found(settings)["features"]
    assert {line.level for line in lines} == {"warning"}
    named = [line.said.split("`")[1] for line in lines]
    assert named == ["sp_getapplock", "columnstore", "alter schema transfer"]
    assert all(line.advice for line in lines)


def test_a_login_that_may_make_no_schema_tries_the_transfer_where_a_run_does_it(settings, server):
    server.features = Features(transfer=False)
    with open_warehouse(settings) as warehouse:
        for name in ("core", "next_core"):
            warehouse.execute(f"create schema {name}")
    before = len(server.statements)
    assert [line.level for line in found(settings)["features"]] == ["warning"]
    asked = " ".join(server.statements[before:])
    assert "alter schema core transfer next_core.warehouse_tried" in asked
    assert "create schema" not in asked


def test_a_server_without_openjson_cannot_be_used(settings, server):
    server.faults.waiting.append(Fault("openjson", 208))
    [line] = found(settings)["features"]
    assert (line.level, "compatibility level" in line.advice) == ("failure", True)


# ---------------------------------------------------------------- what a server could say


@pytest.fixture
def said(tmp_path) -> Iterator[tuple[Script, Settings]]:
    script = Script()
    script.answers["serverproperty"] = about("16.0.4100", 3, "Latin1_General_100_BIN2")
    with closing(TdsServer(script)) as listening:
        yield script, settings_for(tmp_path / "home", listening.port)


def about(version: str, edition: int, collation: str) -> Rows:
    return Rows((("v", "nvarchar"), ("e", "int"), ("c", "nvarchar")), ((version, edition, collation),))


@pytest.mark.parametrize(
    ("version", "edition", "level"),
    [
        ("15.0.2000", 3, "ok"), ("14.0.3456", 3, "warning"), ("12.0.2000", 5, "ok"),
        ("12.0.2000", 2, "warning"), ("", 2, "ok"),
    ],
)  # fmt: skip
def test_a_server_older_than_2019_is_a_warning_azure_counts_otherwise(said, version, edition, level):
    script, settings = said
    script.answers["serverproperty"] = about(version, edition, "Latin1_General_100_BIN2")
    assert [line.level for line in found(settings)["version"]] == [level]


def test_a_collation_that_folds_case_is_a_warning(said):
    script, settings = said
    script.answers["serverproperty"] = about("16.0", 3, "SQL_Latin1_General_CP1_CI_AS")
    [line] = found(settings)["connection"]
    assert line.level == "warning"
    assert "SQL_Latin1_General_CP1_CI_AS" in line.said


def test_a_question_that_is_refused_is_one_line(said):
    script, settings = said
    script.answers["serverproperty"] = Failure(229)
    lines = found(settings)["database"]
    assert [line.level for line in lines] == ["ok", "failure"]


def test_a_server_that_does_not_answer_is_the_runs_own_sentence(tmp_path):
    with closing(TdsServer(refusal=(Failure(18456),))) as listening:
        [line] = found(settings_for(tmp_path, listening.port))["database"]
    assert line.level == "failure"
    assert line.said.startswith("The server refused login `loader`")


def test_libraries_are_looked_at_before_anything_else(said, monkeypatch):
    _, settings = said
    assert [line.level for line in examine_libraries(settings, [])] == ["ok"]
    monkeypatch.setattr(system, "_loads", lambda library: library != "libodbc.so.2")
    [line] = examine_libraries(settings, [])
    assert (line.level, line.advice) == ("failure", "apt-get install libodbc2")
