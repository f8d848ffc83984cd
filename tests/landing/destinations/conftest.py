"""A server at the driver's edge, whose bulk copy is asked about anew in every test."""

from __future__ import annotations

import pytest

from pipelines.landing.destinations.sqlserver import canary
from tests.landing.destinations.edge import Edge


@pytest.fixture
def edge() -> Edge:
    canary.forget()
    return Edge()
