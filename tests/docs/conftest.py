"""The sample before and after its first run, which the end-to-end tests look at too; never changed here."""

from __future__ import annotations

import pytest

from tests.end_to_end.homes import Home, Said
from tests.end_to_end.sample_runs import first_run, fresh_sample


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The home with no warehouse yet. To be copied."""
    return fresh_sample(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Said]:
    """The home and what the run printed."""
    return first_run(tmp_path_factory.getbasetemp())
