"""What each role of the roles script cannot do, on a live SQL Server; nothing of it is kept.

The login of WAREHOUSE_TEST_SQLSERVER_URL must own the database: it makes the roles, a user of each, and a
table in each layer, in one transaction that is undone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from pipelines.runner.roles import ROLES, roles_script
from tests.dbt_project.live_sqlserver import EXAMPLE, connection_string

# Read while collecting: a test itself sees no WAREHOUSE_ variable.
URL = os.environ.get("WAREHOUSE_TEST_SQLSERVER_URL", "")

if not URL:
    pytest.skip(
        f"live SQL Server: WAREHOUSE_TEST_SQLSERVER_URL names none ({EXAMPLE})", allow_module_level=True
    )

LAYERS = ("staging_moodle", "_dlt_merge_staging_moodle", "ops", "intermediate", "build_core", "core")
READS = {
    "loader": {"staging_moodle", "_dlt_merge_staging_moodle", "ops"},
    "transformer": {"staging_moodle", "ops", "intermediate", "build_core", "core"},
    "analyst": {"core"},
    "reporter": {"core"},
}
WRITES = {
    "loader": {"staging_moodle", "_dlt_merge_staging_moodle", "ops"},
    "transformer": {"intermediate", "build_core", "core"},
    "analyst": set(),
    "reporter": set(),
}
May = Callable[[str, str], bool]
See = Callable[[str, str], object]


@pytest.fixture(scope="module")
def run() -> Iterator[Callable[[str], object]]:
    """Runs a statement in the one transaction; gives the first value of its result, if it has one."""
    import mssql_python

    mssql_python.pooling(enabled=False)
    connection = mssql_python.connect(connection_string(URL), autocommit=True)

    def run(sql: str) -> object:
        with closing(connection.cursor()) as cursor:
            cursor.execute(sql)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None

    try:
        run("set xact_abort off")
        run("begin transaction")
        _made(run)
        yield run
    finally:
        run("if @@trancount > 0 rollback transaction")
        connection.close()


@pytest.fixture(scope="module")
def sees(run) -> See:
    """What a user of a role gets of a statement, which is undone. Raises the driver's error."""

    def asked(role: str, sql: str) -> object:
        run(f"execute as user = N'roles_test_{role}'")
        run("save transaction before_it")
        try:
            return run(sql)
        finally:
            run("rollback transaction before_it")
            run("revert")

    return asked


@pytest.fixture(scope="module")
def may(sees) -> May:
    """Whether a user of a role may run a statement."""
    import mssql_python

    def asked(role: str, sql: str) -> bool:
        try:
            sees(role, sql)
        except mssql_python.Error as refused:
            assert "denied" in str(refused).lower() or "permission" in str(refused).lower(), str(refused)
            return False
        return True

    return asked


def _made(run: Callable[[str], object]) -> None:
    """The script, twice, a user of each role, a table in each layer."""
    try:
        run(roles_script())
        run(roles_script())
        for role in ROLES:
            run(f"create user [roles_test_{role}] without login")
            run(f"alter role [{role}] add member [roles_test_{role}]")
        run("execute as user = N'roles_test_analyst'")
        run("revert")
    except Exception as refused:  # noqa: BLE001 - whatever a server of the T-SQL kind says of what it lacks
        pytest.skip(f"live SQL Server: it cannot make these roles ({str(refused)[:200]})")
    for layer in LAYERS:
        run(f"create table [{layer}].[roles_test] (a int, person_key nvarchar(40))")
        run(f"insert into [{layer}].[roles_test] values (1, N'moodle:1')")


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_reads(may, role, layer):
    assert may(role, f"select a from [{layer}].[roles_test]") == (layer in READS[role])


@pytest.mark.parametrize(
    "statement",
    [
        "insert into [{}].[roles_test] values (2, N'x')",
        "update [{}].[roles_test] set a = 3",
        "delete from [{}].[roles_test]",
        "drop table [{}].[roles_test]",
        "alter table [{}].[roles_test] add b int",
        "create table [{}].[roles_test_2] (a int)",
    ],
)
@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("role", ROLES)
def test_where_a_role_writes(may, role, layer, statement):
    assert may(role, statement.format(layer)) == (layer in WRITES[role])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "statement",
    [
        "create schema [roles_test]",
        "create user [roles_test_other] without login",
        "alter role [db_owner] add member [roles_test_analyst]",
        "create table [dbo].[roles_test] (a int)",
        "grant select on schema::[staging_moodle] to [analyst]",
    ],
)
def test_what_no_role_may(may, role, statement):
    owns = role == "loader" and statement.startswith("grant select on schema::[staging_moodle]")
    assert may(role, statement) == owns


def test_the_reporter_alone_sees_a_mask(run, sees):
    import mssql_python

    try:
        run(
            "alter table [core].[roles_test] alter column person_key add masked with (function = 'default()')"
        )
    except mssql_python.Error:
        pytest.skip("live SQL Server: it knows no masks, and a run there says so")
    shown = {
        role: sees(role, "select person_key from [core].[roles_test]")
        for role in ROLES
        if "core" in READS[role]
    }

    assert shown == {"transformer": "moodle:1", "analyst": "moodle:1", "reporter": "xxxx"}
