"""The server these tests ask: the live one of WAREHOUSE_TEST_SQLSERVER_URL, else the stand-in of
tests/servers/tsql, which shows that the flow works through the real drivers, and not what T-SQL means."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from tests.conftest import LONG
from tests.dbt_project.live_sqlserver import EXAMPLE
from tests.end_to_end.homes import Home, Said
from tests.servers.tsql.process import serving
from tests.sqlserver.server import Server

# Read while collecting: a test itself sees no WAREHOUSE_ variable.
URL = os.environ.get("WAREHOUSE_TEST_SQLSERVER_URL", "")
PLATFORM = "bookshelf"
ALL = ("bookshelf", "classroom", "drops", "edx", "moodle", "reading", "subscriptions")
# A live server and long tests run everything; else the stand-in has one platform, for the sake of time.
PLATFORMS = ALL if URL or LONG else (PLATFORM,)
NEEDS_LIVE = (
    "live SQL Server: WAREHOUSE_TEST_SQLSERVER_URL names none; "
    f"WAREHOUSE_TEST_SQLSERVER_URL='{EXAMPLE}' make test-sqlserver"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what the stand-in cannot show, where there is no live server."""
    for item in items:
        if item.get_closest_marker("live_sqlserver") and not URL:
            item.add_marker(pytest.mark.skip(reason=NEEDS_LIVE))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Emptied of what tests before have left."""
    with nullcontext(URL) if URL else serving() as address:
        asked = Server(address, bool(URL))
        asked.empty()
        yield asked


@pytest.fixture(scope="session")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Said]:
    """The same sources after a run on DuckDB. To be looked at, never changed."""
    home = Home.sample(tmp_path_factory.mktemp("oracle") / "home")
    home.only(*PLATFORMS)
    return home, home.command("run")


@pytest.fixture(scope="session")
def run(server: Server, oracle, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Said]:
    """A copy of those sources after a run on the server."""
    server.empty()
    home = oracle[0].copy(tmp_path_factory.mktemp("sqlserver") / "home", only_sources=True)
    home.settings |= server.settings()
    return home, home.command("run")
