"""A platform `shop` whose source is a file, for tests of what looks at a source without landing it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.landing.shop import WINDOW, Shop, open_shop
from tests.runner.examined import place_in_environment


@pytest.fixture
def shop(tmp_path, monkeypatch) -> Iterator[Shop]:
    """A platform `shop` with five things in a file, and the environment a command would have."""
    with open_shop(tmp_path, WINDOW) as opened:
        opened.sqlite(key=" primary key")
        for number in range(1, 6):
            opened.put(number)
        place_in_environment(opened, monkeypatch)
        yield opened
