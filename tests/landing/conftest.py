"""Shops to land: an empty one, and one with five things at a source of either engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.landing.shop import Shop, open_shop
from tests.sources.replica.cuts import waits

__all__ = ["waits"]


@pytest.fixture
def shop(tmp_path) -> Iterator[Shop]:
    """Without a source yet."""
    with open_shop(tmp_path) as opened:
        yield opened


@pytest.fixture
def five(shop) -> Shop:
    """Things 1 to 5, in a table with a primary key."""
    shop.sqlite(key=" primary key")
    for number in range(1, 6):
        shop.put(number)
    return shop


@pytest.fixture(params=["sqlite", "mariadb"])
def stocked(request, shop) -> Shop:
    """The same on SQLite and on the real MariaDB."""
    if request.param == "sqlite":
        return request.getfixturevalue("five")
    shop.mariadb(request.getfixturevalue("mariadb"), key=" primary key")
    for number in range(1, 6):
        shop.put(number)
    return shop
