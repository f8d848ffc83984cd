"""docs/tracing.md: from each event of the sample its queries lead to one landed row, its load and its run."""

from __future__ import annotations

from collections import Counter

from tests.docs.pages import DOCS, blocks

MOVEMENTS, TERMS, CHANGES, REFUSED = (block.text for block in blocks(DOCS / "tracing.md", "sql"))


def test_the_events_of_the_last_month_add_up_to_its_movements(first):
    home, _ = first
    rows = home.marts(MOVEMENTS)
    assert rows
    moved: Counter = Counter()
    said = {}
    for school, opening, closing, *_, delta, currency, _instance, _table, _id, _key in rows:
        moved[school, currency] += delta
        said[school, currency] = closing - opening
    assert moved == said


def test_every_event_leads_to_one_landed_row_and_the_run_that_brought_it(first):
    home, _ = first
    traced = home.rows(TERMS) + home.rows(CHANGES)
    events = home.marts("select event_key from customer_insight.fct_value_events order by 1")
    assert sorted(row[0] for row in traced) == [event for (event,) in events]
    assert all(run and landed_at and landed > 0 for *_, run, landed_at, _read, landed in traced)


def test_what_was_left_out_is_counted(first):
    home, _ = first
    refused = {row[0] for row in home.rows(REFUSED)}
    assert refused == {"bookshelf", "classroom", "moodle", "subscriptions"}
