"""A desk without a file yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.landing.drops.desk import Desk, open_desk


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    with open_desk(tmp_path) as opened:
        yield opened
