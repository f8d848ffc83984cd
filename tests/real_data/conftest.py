"""The real Moodle, landed once for all files of this folder that look at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.contracts import PlatformContract, contract_path, load_contract
from pipelines.landing.platform import PlatformOutcome, land_platform
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import Reader, open_reader
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.ops import create_ops


@pytest.fixture(scope="package")
def contract() -> PlatformContract:
    return load_contract(contract_path("moodle"))


@pytest.fixture(scope="package")
def site(moodle_server) -> InstanceSettings:
    given = {"url": moodle_server.url("moodle"), "ca_file": moodle_server.ca_file}
    return InstanceSettings.model_validate(given)


@pytest.fixture(scope="package")
def settings(site, tmp_path_factory) -> Settings:
    return Settings(
        home=tmp_path_factory.mktemp("moodle"),
        sources={"moodle": {"main": site}},
        pseudonym_key="ab" * 32,
        sealing_key="cd" * 32,
    )


@pytest.fixture(scope="package")
def warehouse(settings) -> Iterator[Warehouse]:
    with open_warehouse(settings) as opened:
        create_ops(opened)
        yield opened


@pytest.fixture(scope="package")
def landed(settings, warehouse) -> PlatformOutcome:
    return land_platform(settings, warehouse, "first", "moodle", lambda _: None)


@pytest.fixture(scope="package")
def source(moodle_server):
    """Rows of the source, asked as its administrator would."""
    return lambda sql: moodle_server.execute(sql, "moodle")


@pytest.fixture
def reader(site) -> Iterator[Reader]:
    opened = open_reader("moodle", "main", site, Settings())
    opened.guard()
    yield opened
    opened.close()
