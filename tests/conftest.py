"""Fixtures for every test, a clean environment for each, and the rule that CI skips nothing it could run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.servers.mariadb import NOT_INSTALLED, MariaDb, program
from tests.servers.mariadb_pair import MariaDbPair
from tests.servers.postgresql import NOT_INSTALLED as NO_POSTGRESQL
from tests.servers.postgresql import PostgreSql
from tests.servers.postgresql_node import program as postgresql_program

REAL_DATA = Path(__file__).parents[2] / "shared" / "real_data"
# Files that share something dear, by how their paths begin below tests/: one process tests them, so that it
# is made once. The longest come first, and all of them before the other files, which fill up whoever is done.
SHARING = {
    "the sample's runs": (
        "docs/test_questions", "docs/test_readme", "docs/test_tracing", "end_to_end/test_activity_and",
        "end_to_end/test_bad_places", "end_to_end/test_checks", "end_to_end/test_edx_commands",
        "end_to_end/test_full_refresh", "end_to_end/test_identifiers", "end_to_end/test_kill.py",
        "end_to_end/test_run", "end_to_end/test_use_and", "reports/test_after_a_run",
    ),
    "servers": (
        "docs/test_moodle_walkthrough", "end_to_end/test_bad_sources", "landing/test_classroom",
        "landing/test_cursor_matrix", "landing/test_instances", "landing/test_landing", "landing/test_load",
        "landing/test_paced", "landing/test_subscriptions_postgresql", "landing/test_sweep",
        "real_data/test_moodle", "runner/test_doctor_sources", "servers/test_mariadb",
        "servers/test_postgresql", "sources/replica/",
    ),
    "a SQL Server": ("sqlserver/",),
    "the project built empty": (
        "dbt_project/test_described", "dbt_project/test_measures", "dbt_project/test_promises",
    ),
    "models of customers": ("dbt_project/test_random_portfolios", "dbt_project/test_retention"),
    "the sample of edX": ("scripts/test_sample_edx",),
    "a stager of logs": ("landing/logs/",),
}  # fmt: skip
AT_START = frozenset(os.environ)
IN_CI = any(os.environ.get(name, "") not in ("", "0", "false") for name in ("CI", "WAREHOUSE_CI"))
LONG = os.environ.get("WAREHOUSE_TEST_LONG", "") not in ("", "0", "false")

hypothesis.settings.register_profile("short", max_examples=25, deadline=None, derandomize=True)
hypothesis.settings.register_profile("long", max_examples=500, deadline=None)
hypothesis.settings.load_profile("long" if LONG else "short")


# ---------------------------------------------------------------- fixtures


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees the developer's WAREHOUSE_ settings, and none leaves a variable behind.

    Nor does a fixture of its module: one that lands something puts settings into the environment.
    """
    settings = {name for name in os.environ if name.startswith("WAREHOUSE_")}
    before = {name: value for name, value in os.environ.items() if name not in settings - AT_START}
    for name in settings:
        monkeypatch.delenv(name)
    yield
    monkeypatch.undo()
    for name in set(os.environ) - set(before):
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture(scope="session")
def long_counts() -> bool:
    """Whether to run full counts (`make test-long`); small ones otherwise."""
    return LONG


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real upstream data beside the project; never copied, read in place."""
    if not REAL_DATA.is_dir():
        pytest.skip("real data: ../shared/real_data not beside the project")
    return REAL_DATA


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    """A private MariaDB with TLS, `read_only=1`, one for the whole session (see tests/servers/mariadb.py)."""
    if program("mariadbd") is None:
        pytest.skip(NOT_INSTALLED)
    server = MariaDb.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def mariadb_pair() -> Iterator[MariaDbPair]:
    """A MariaDB primary and a replica that follows it, started for the first test that asks."""
    if program("mariadbd") is None:
        pytest.skip(NOT_INSTALLED)
    pair = MariaDbPair.start()
    yield pair
    pair.stop()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSql]:
    """A PostgreSQL primary and its streaming standby, with TLS, one pair for the whole session."""
    if postgresql_program("postgres") is None:
        pytest.skip(NO_POSTGRESQL)
    server = PostgreSql.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def moodle_server(real_data: Path, mariadb: MariaDb) -> MariaDb:
    """The same server with the real Moodle in database `moodle`, to be read; for changes make a database."""
    mariadb.load_dump(real_data / "moodle" / "moodle.sql.gz", "moodle")
    return mariadb


# ---------------------------------------------------------------- rules


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: only in `make test-long`; elsewhere deselected, not skipped")
    config.addinivalue_line("markers", "live_sqlserver: what only a live SQL Server can show")


def shared_by(nodeid: str) -> str:
    """What the test's file shares with others, else the file: what has one name is tested by one process."""
    file = nodeid.partition("::")[0]
    below = file.removeprefix("tests/")
    return next((shared for shared, files in SHARING.items() if below.startswith(files)), file)


def started(item: pytest.Item) -> int:
    """The place of what its file shares among those that start first."""
    shared = shared_by(item.nodeid)
    return list(SHARING).index(shared) if shared in SHARING else len(SHARING)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hands out what shares something as a whole, in the order of the tests (`make test` asks for that).

    `--dist loadgroup` of pytest-xdist 3.8 knows no groups under pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling

    class BySharing(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return shared_by(nodeid)

    return BySharing(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out long tests; of several processes each has the longest first."""
    if hasattr(config, "workerinput"):
        items.sort(key=started)
    left_out = [] if LONG else [item for item in items if item.get_closest_marker("long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def refused_skip(reason: str) -> bool:
    """Whether CI takes this skip as a failure: it has every server, and mostly the real data."""
    if not IN_CI:
        return False
    return reason.startswith("server:") or (reason.startswith("real data:") and REAL_DATA.is_dir())


def _refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = str(report.longrepr[2]).removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else ""
    if report.skipped and refused_skip(reason):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """A skip CI does not accept becomes a failure."""
    report = yield
    _refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    """The same for whole modules that skip themselves."""
    report = yield
    _refuse(report)
    return report
