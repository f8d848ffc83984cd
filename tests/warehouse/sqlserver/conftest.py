"""A scripted server, and a warehouse on it through the real driver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from pipelines.settings import Settings
from pipelines.warehouse.sqlserver import SqlServerWarehouse, open_database
from tests.servers.tds import TdsServer
from tests.warehouse.sqlserver.scripted import Script, settings_for


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def server(script: Script) -> Iterator[TdsServer]:
    with closing(TdsServer(script)) as listening:
        yield listening


@pytest.fixture
def settings(server: TdsServer, tmp_path) -> Settings:
    return settings_for(tmp_path / "home", server.port)


@pytest.fixture
def warehouse(settings: Settings) -> Iterator[SqlServerWarehouse]:
    with open_database(settings) as opened:
        yield opened
