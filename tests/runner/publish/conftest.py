"""Marts built in a database, one a table and one a view, on the stand-in and through the real driver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

import pytest

from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse
from tests.runner.publish.built import build
from tests.runner.stood_in import settings_on
from tests.servers.tsql import TsqlServer


@pytest.fixture
def server() -> Iterator[TsqlServer]:
    with closing(TsqlServer()) as listening:
        yield listening
        assert listening.wrong == []


@pytest.fixture
def settings(server, tmp_path) -> Settings:
    return settings_on(server, tmp_path, as_of=datetime(2026, 7, 31, 6))


@pytest.fixture
def warehouse(settings) -> Iterator[Warehouse]:
    with open_warehouse(settings) as opened:
        build(opened)
        yield opened
