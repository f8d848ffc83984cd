"""Runs that several tests look at; each costs half a minute, so they are made once and never changed."""

from __future__ import annotations

import pytest

from tests.end_to_end.homes import Home, Said
from tests.end_to_end.sample_runs import changed_run, first_run, fresh_sample


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The sample's sources and settings, with no warehouse yet. To be copied."""
    return fresh_sample(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Said]:
    """The sample after its first run. To be looked at or copied, never changed."""
    return first_run(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def changed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Said]:
    """The same after its sources changed (`sample_runs.CHANGES`) and a second run, sweep included."""
    return changed_run(tmp_path_factory.getbasetemp())
