"""The page that the sample's first run leaves: its numbers are the run's, and nobody is on it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest

from tests.reports.browser import CHROMIUM, NOT_INSTALLED, Browser

PLATFORMS = ("bookshelf", "classroom", "drops", "edx", "moodle", "reading", "subscriptions")
# Where the sample's people have their names and addresses.
PEOPLE = {
    "subscriptions": ("contacts", ("email", "last_name")),
    "moodle": ("mdl_user", ("email", "username", "lastname")),
    "classroom": ("users", ("email", "username", "last_name")),
    "bookshelf": ("Accounts", ("Email", "DisplayName")),
}


@pytest.fixture(scope="module")
def page(first):
    return first[0].folder / "site" / "index.html"


@pytest.fixture(scope="module")
def told(page, tmp_path_factory):
    if CHROMIUM is None:
        pytest.skip(NOT_INSTALLED)
    return Browser(tmp_path_factory.mktemp("browser")).measure(page, 1000)


def test_the_run_says_where_it_is_and_how_long_it_took(first, page):
    home, said = first
    assert f"Page: {page.as_uri()}" in said.out.splitlines()
    assert sorted(found.name for found in page.parent.iterdir()) == ["dbt.html", "index.html"]
    ((outcome, seconds),) = home.rows("select outcome, seconds from ops.steps where step = 'page'")
    assert outcome == "done"
    assert 0 < seconds < 60
    assert not any(line.startswith("! The page") for line in said.out.splitlines())


def test_every_platform_is_in_its_table_with_the_counts_of_the_closing_table(first, told):
    _, said = first
    _, *rows = told["tables"]["landed"]
    assert tuple(row[0] for row in rows) == PLATFORMS
    for platform, *cells in rows:
        assert [int(cell.replace(",", "")) for cell in cells[:5]] == list(said.counts(platform).values())
        assert cells[-1] == "✓ yes"


def test_both_kinds_of_plot_are_there_with_the_marts_figures(first, told):
    home, _ = first
    learners, *movements = told["plots"]
    assert learners[0]["marks"] >= 3, "a line for each platform with learners"
    currencies = home.marts("select count(distinct currency) from customer_insight.fct_customer_movements")
    assert len(movements) == currencies[0][0]
    head, *rows = told["tables"]["learners-figures"]
    known = {
        (platform, str(week)): learners
        for platform, week, learners in home.marts(
            "select platform, week_starts_on, learners from course_activity.attendance_weekly"
        )
    }
    for week, *cells in rows:
        for platform, cell in zip(head[1:], cells, strict=True):
            count = known.get((platform, week), 0)
            assert cell == ("under 5" if 0 < count < 5 else f"{count:,}"), (week, platform)
    assert len(rows) > 40


def test_warnings_and_quarantine_are_those_of_the_run(first, page, told):
    home, said = first
    text = page.read_text(encoding="utf-8")
    warnings = [line for line in said.out.splitlines() if line.startswith("! ")]
    assert f"<summary>{len(warnings)} warnings</summary>" in text
    waiting = sum(int(row[3]) for row in told["tables"]["waiting"][1:])
    assert waiting == home.value("select count(*) from ops.quarantine where status = 'open'")


def test_nobody_of_the_sources_is_on_it(first, page):
    home, _ = first
    shown = re.sub(r"<(style|svg).*?</\1>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    words = set(re.findall(r"[\w.@-]+", shown.lower()))
    for platform, (table, columns) in PEOPLE.items():
        with closing(sqlite3.connect(home.source(platform))) as source:
            for column in columns:
                values = {row[0] for row in source.execute(f'select "{column}" from "{table}"') if row[0]}
                assert len(values) > 5
                people = {str(value).lower() for value in values if len(str(value)) > 3}
                assert people & words <= {"admin", "guest"}, (table, column)
                assert not [person for person in people if " " in person and person in shown.lower()]


def test_no_secret_and_no_address_of_a_source_is_on_it_or_in_dbts_pages(first, page):
    home, _ = first
    secrets = [value for name, value in home.settings.items() if name.endswith(("_KEY", "__URL"))]
    assert len(secrets) == 2 + len(PLATFORMS)
    for path in (page, page.with_name("dbt.html")):
        text = path.read_text(encoding="utf-8")
        assert not [secret for secret in secrets if secret in text]
        assert str(home.source("moodle")) not in text
