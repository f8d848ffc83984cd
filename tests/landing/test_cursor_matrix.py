"""The cursor matrix on real replicas: which change is seen with which strategy, when, and what that costs.

cursor_matrix.csv is the reviewed answer; docs/cursors.md shows it (tests/docs/test_cursors.py compares them).
A change of how tables are read that alters a line is reviewed here first: a failing test shows both lines.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipelines.landing.platform import PlatformOutcome
from tests.landing.cursor_places import MariaDbPlace, PostgreSqlPlace
from tests.landing.cursor_story import STRATEGIES, Story, Told, matrix
from tests.landing.shop import WINDOW, Shop, counts, epoch, open_shop

REVIEWED = Path(__file__).with_name("cursor_matrix.csv")
PLACES = {"mariadb_pair": MariaDbPlace, "postgresql": PostgreSqlPlace}


def reviewed() -> list[dict[str, str]]:
    with REVIEWED.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module", params=list(PLACES))
def told(request, tmp_path_factory) -> Told:
    """The story of one engine, told once for all tests of it."""
    place = PLACES[request.param](request.getfixturevalue(request.param))
    folder = tmp_path_factory.mktemp("story")
    with open_shop(folder) as shop, pytest.MonkeyPatch.context() as patch:
        return Story(shop, place, patch).tell()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_each_change_is_seen_when_and_at_the_cost_the_matrix_says(told, strategy):
    found = [line for line in matrix(told) if line["strategy"] == strategy]
    assert found == [line for line in reviewed() if line["strategy"] == strategy]


def test_nothing_lands_before_it_is_committed(told):
    assert told.uncommitted == set()


def test_the_matrix_is_whole():
    """Every change with every strategy once, so that no line can be lost from it unseen."""
    lines = [(line["change"], line["strategy"]) for line in reviewed()]
    assert len(lines) == len(set(lines)) == (len({change for change, _ in lines})) * len(STRATEGIES)


# ---------------------------------------------------------------- the source's own clock


def outcome_of(shop: Shop) -> tuple[int, list[int]]:
    landed: PlatformOutcome = shop.land()
    return counts(landed)["read"], shop.ids()


def test_a_source_whose_clock_is_set_back_loses_nothing_within_the_overlap(five):
    five.fetch(WINDOW)
    five.landed()
    five.later(seconds=-50)
    five.put(8, changed=epoch(five.clock) + 5)
    # the window ends before the new row's stamp, and the next one begins there
    assert outcome_of(five) == (0, [1, 2, 3, 4, 5])
    five.later(seconds=10)
    assert outcome_of(five)[1] == [1, 2, 3, 4, 5, 8]


def test_a_clock_set_back_by_hours_is_followed_back(five):
    """The window is empty and the cursor steps back with the clock, so what comes then is read again."""
    five.fetch(WINDOW)
    five.landed()
    five.later(hours=-3)
    assert outcome_of(five)[0] == 0
    five.later(hours=1)
    five.put(8)
    assert outcome_of(five) == (1, [1, 2, 3, 4, 5, 8])
