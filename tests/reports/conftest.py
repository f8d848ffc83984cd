"""A home without a run for the page, and the sample's first run, which other tests look at too."""

from __future__ import annotations

import pytest

from pipelines.reports import page
from pipelines.settings import Settings
from tests.end_to_end.homes import Home, Said
from tests.end_to_end.sample_runs import first_run
from tests.reports.stand_in import write_home


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Of a home as `write_home` makes it, its page written; not changed by any test."""
    made = Settings(home=tmp_path_factory.mktemp("stand_in"))
    write_home(made)
    page.write_page(made)
    return made


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Said]:
    """The home of the sample and what its first run printed."""
    return first_run(tmp_path_factory.getbasetemp())
