"""docs/tracing.md: from each event of the sample its queries lead to one landed row, its load and its run."""

from __future__ import annotations

import gzip
from collections import Counter, defaultdict

import xxhash

from scripts.sample_sources.edx_keys import private_gpg
from tests.docs.pages import DOCS, blocks

MOVEMENTS, TERMS, CHANGES, REFUSED, COHORT, TRIALS, USE, CERTIFICATES, EVENTS, READINGS = (
    block.text for block in blocks(DOCS / "tracing.md", "sql")
)


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
    assert refused == {"bookshelf", "classroom", "drops", "edx", "moodle", "reading", "subscriptions"}


def test_the_members_of_a_cohort_are_as_many_as_it_says(first):
    home, _ = first
    counted = """
        select currency, schools_started, closing_value from customer_insight.fct_retention_cohorts
        where breakdown = 'all' and cohort_year = '2022/23'
        and academic_year = (select max(academic_year) from customer_insight.fct_retention_cohorts)
    """
    members = home.marts(COHORT)
    for currency, schools, value in home.marts(counted):
        mine = [row for row in members if row[1] == currency]
        assert (len(mine), sum(row[3] for row in mine)) == (schools, value)


def test_every_trial_is_one_landed_row(first):
    home, _ = first
    trials = home.marts("select trial_key from customer_insight.fct_trials order by 1")
    assert [row[0] for row in home.rows(TRIALS)] == [trial for (trial,) in trials]


def test_the_active_learners_of_a_month_are_the_people_of_its_days(first):
    home, _ = first
    rows = home.rows(USE)
    assert rows
    assert all(active == people for _, _, _, active, people, _ in rows)


def test_every_certificate_of_edx_leads_to_its_file(first):
    home, _ = first
    traced = home.rows(CERTIFICATES)
    assert len(traced) == home.value("select count(*) from staging_edx.certificates_generatedcertificate")
    assert all(row[3] and row[4] for row in traced)
    assert all("certificates_generatedcertificate" in row[5] for row in traced)


def test_every_event_of_edx_leads_to_its_line(first):
    home, _ = first
    traced = home.rows(EVENTS)
    assert len(traced) == home.value("select count(*) from staging_edx.tracking_events")
    assert all(run and landed_at and landed > 0 for *_, run, landed_at, _read, landed in traced)
    places = defaultdict(list)
    for _, _, _, line_hash, file_key, offset, *_ in traced:
        places[file_key].append((line_hash, offset))
    store = home.folder / "sample/edx/course-data"
    with private_gpg() as gpg:
        gpg.run("--import", str(store.parent / "key.asc"))
        for file_key in list(places)[:3]:
            log = gzip.decompress(gpg.run("--decrypt", str(store / file_key)))
            assert places[file_key] == [(_hash(log, offset), offset) for _, offset in places[file_key]]


def test_every_version_of_a_reading_leads_to_its_line(first):
    home, _ = first
    traced = home.rows(READINGS)
    assert len(traced) == home.value("select count(*) from staging_reading.reading_progress")
    assert all(run and landed_at and landed > 0 for *_, run, landed_at, _read, landed in traced)
    for reading_id, _, _, file_key, offset, *_ in traced[::50]:
        content = gzip.decompress((home.folder / "sample/reading" / file_key).read_bytes())
        assert reading_id.encode() in content[offset:].partition(b"\n")[0]


def _hash(log: bytes, offset: int) -> int:
    """The XXH3 of the line that begins there, signed."""
    line = log[offset:].partition(b"\n")[0] + b"\n"
    return int.from_bytes(xxhash.xxh3_64_digest(line), "big", signed=True)
