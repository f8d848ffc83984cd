"""The figures behind the plots: which weeks and months, what is withheld, what is added up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pipelines.reports.figures import SMALLEST, Learners, read_learners, read_movements
from pipelines.settings import Settings
from pipelines.warehouse import open_published
from tests.reports.stand_in import AS_OF, FIRST_WEEK, LEARNERS, write_marts


@pytest.fixture
def learners(settings):
    with open_published(settings) as published:
        return read_learners(published, AS_OF.date())


def test_weeks_are_those_of_a_year_that_were_over(learners):
    assert learners.weeks[0] == FIRST_WEEK
    assert learners.weeks[-1] == date(2026, 7, 20), "the week of Friday 31 July was not over"
    assert {platform: list(counts.values()) for platform, counts in learners.counts.items()} == {
        name: LEARNERS[name] for name in sorted(LEARNERS)
    }


@pytest.mark.parametrize(("as_of", "last"), [(date(2026, 8, 2), 20), (date(2026, 8, 3), 27)])
def test_a_week_is_over_when_its_sunday_is(settings, as_of, last):
    with open_published(settings) as published:
        learners = read_learners(published, as_of)
    assert learners
    assert learners.weeks[-1] == date(2026, 7, last)


def test_a_number_under_the_smallest_is_withheld_and_none_is_not(settings):
    weeks = [date(2026, 6, 1), date(2026, 6, 8), date(2026, 6, 15), date(2026, 6, 22)]
    counts = dict(zip(weeks, (0, 1, SMALLEST - 1, SMALLEST), strict=True))
    learners = Learners({"moodle": counts})
    assert list(learners.shown["moodle"].values()) == [0, None, None, SMALLEST]
    assert learners.withheld == 2


def test_a_week_without_anybody_is_nought(tmp_path):
    settings = Settings(home=tmp_path)
    write_marts(settings.published_file)
    with open_published(settings) as published:
        learners = read_learners(published, date(2026, 8, 24))
    assert learners
    counts = learners.counts
    assert counts["moodle"][date(2026, 7, 27)] == 77
    assert counts["classroom"][date(2026, 7, 27)] == counts["moodle"][date(2026, 8, 10)] == 0


def test_the_sentence_names_no_withheld_number(learners):
    assert learners.sentence == (
        "Lines of active learners by week, June 2026 to July 2026: classroom at most 160 in the week of "
        "20 July 2026; moodle at most 41 in the week of 20 July 2026."
    )
    few = Learners({"moodle": {date(2026, 6, 1): 3, date(2026, 6, 8): 2}})
    assert "3" not in few.sentence.replace("2026", "")


def test_movements_are_summed_over_schools_and_losses_are_negative(settings):
    with open_published(settings) as published:
        pounds, euros = read_movements(published)
    assert (pounds.currency, euros.currency) == ("GBP", "EUR"), "the larger value first"
    assert (min(pounds.months), max(pounds.months)) == (date(2024, 7, 1), date(2026, 6, 1))
    assert len(pounds.months) == 24
    assert euros.months[date(2026, 6, 1)] == {
        "new": Decimal(100), "expansion": Decimal(80), "reactivation": Decimal(20),
        "contraction": Decimal(-40), "churn": Decimal(-60),
    }  # fmt: skip
    assert euros.net == 24 * 100
    assert "new 2,400, expansion 1,920, reactivation 480, contraction -960, churn -1,440; net 2,400." in (
        euros.sentence
    )


def test_marts_of_other_platforms_have_no_figures(tmp_path):
    settings = Settings(home=tmp_path)
    write_marts(settings.published_file, customers=False, learners=False)
    with open_published(settings) as published:
        assert read_learners(published, AS_OF.date()) is None
        assert read_movements(published) == []
