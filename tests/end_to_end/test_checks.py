"""A check that fails leaves the last good marts and says so, until the source is right again.

One home lives through it, a run a step: a status nobody knows, the same again, an address in a school's name,
all mended while somebody reads the published file.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field

import pytest

from tests.end_to_end.homes import Home, Said

BAD_STATUS = "update subscriptions set status = 'paused', updated_at = :now where id = 60;"
GOOD_STATUS = "update subscriptions set status = 'active', updated_at = :now where id = 60;"
ADDRESS = "head.teacher@hill.example.sch.uk"
BAD_NAME = f"update organisations set name = 'Ask {ADDRESS}', updated_at = :now where id = 30;"
GOOD_NAME = "update organisations set name = 'Hill School', updated_at = :now where id = 30;"
READ = """
import sys, duckdb
reader = duckdb.connect(sys.argv[1], read_only=True)
for _ in sys.stdin:
    rows = reader.execute("select run_id, (select count(*) from core.dim_schools) from about").fetchall()
    print(rows, flush=True)
"""


@dataclass
class Story:
    """What each step said, and which run the published file named after it."""

    home: Home
    said: list[Said] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    read_while_held: list[str] = field(default_factory=list)

    def step(self, *changes: str) -> None:
        for change in changes:
            self.home.change("subscriptions", change)
        self.said.append(self.home.command("run", "subscriptions"))
        self.published.append(self.home.marts("select run_id from about")[0][0])

    def run_ids(self) -> list[str]:
        return [row[0] for row in self.home.rows("select run_id from ops.runs order by started_at")]


@pytest.fixture(scope="module")
def story(first, tmp_path_factory) -> Story:
    home = first[0].copy(tmp_path_factory.mktemp("checks") / "home")
    told = Story(home)
    told.step(BAD_STATUS)
    told.step()
    told.step(GOOD_STATUS, BAD_NAME)
    command = [sys.executable, "-c", READ, str(home.published)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        told.read_while_held.append(ask_reader(reader))
        told.step(GOOD_NAME)
        told.read_while_held.append(ask_reader(reader))
        assert reader.stdin is not None
        reader.stdin.close()
    return told


def ask_reader(reader: subprocess.Popen[str]) -> str:
    assert reader.stdin is not None and reader.stdout is not None
    reader.stdin.write("again\n")
    reader.stdin.flush()
    return reader.stdout.readline()


def test_a_failed_staging_check_stops_before_the_build(story):
    said = story.said[0]
    assert said.code == 1
    [sentence] = said.sentences
    failed = "staging_subscriptions.subscriptions: expect_column_values_to_be_in_set status"
    assert sentence.startswith(f"1 checks of staging failed: {failed}.")
    assert sentence.endswith("The last good marts stay published.")
    steps = story.home.rows("select step from ops.steps where run_id = ?", story.run_ids()[1])
    assert steps == [("check staging",), ("page",)]


def test_it_fails_again_while_the_row_is_there(story):
    """The row is no news to the second run, and is checked all the same."""
    assert story.said[1].counts("subscriptions")["landed"] == 0
    assert story.said[1].code == 1
    assert story.said[1].sentences == story.said[0].sentences


def test_a_failed_mart_check_stops_before_publishing(story):
    said = story.said[2]
    assert said.code == 1
    [sentence] = said.sentences
    assert "checks of marts failed: core.dim_schools: no_at_sign school_name" in sentence
    assert ADDRESS not in said.everything
    steps = story.home.rows(
        "select step, outcome from ops.steps where run_id = ? order by all", story.run_ids()[3]
    )
    ran = [("build", "done"), ("check marts", "done"), ("check staging", "done"), ("page", "done")]
    assert steps == ran


def test_the_last_good_marts_stay_until_all_is_well(story):
    runs = story.run_ids()
    assert story.published == [runs[0]] * 3 + [runs[4]]
    assert story.said[3].code == 0, story.said[3].everything
    assert story.home.marts("select school_name from core.dim_schools where school_name like '%@%'") == []
    assert story.home.marts("select count(*) from core.dim_schools where school_name = 'Hill School'") == [
        (1,)
    ]


def test_a_reader_of_the_published_file_keeps_what_it_opened(story):
    assert story.read_while_held[0] == story.read_while_held[1]
    assert story.run_ids()[0] in story.read_while_held[1]


def test_only_what_changed_is_checked_and_built(story):
    """Two tables of one platform changed since the last published run."""
    last = story.run_ids()[-1]
    checked = {
        row[0]
        for row in story.home.rows("select distinct relation from ops.check_results where run_id = ?", last)
    }
    skipped = {
        row[0] for row in story.home.rows("select relation from ops.skipped_checks where run_id = ?", last)
    }
    assert {name for name in checked if name.startswith("staging_")} == {
        "staging_subscriptions.subscriptions",
        "staging_subscriptions.organisations",
    }
    assert {"core.dim_schools", "customer_insight.fct_subscription_terms"} <= checked
    assert {
        "course_activity.moodle_completions",
        "core.dim_course_runs",
        "staging_moodle.mdl_user",
    } <= skipped
    assert checked.isdisjoint(skipped)


def test_results_are_kept_with_advice_and_without_values(story):
    runs = story.run_ids()
    failed = story.home.rows(
        "select relation, expectation, column_name, severity, unexpected_count, advice "
        "from ops.check_results where not success and severity = 'fail' and run_id in (?, ?)",
        runs[1],
        runs[3],
    )
    assert [row[:5] for row in sorted(failed)] == [
        ("core.dim_schools", "no_at_sign", "school_name", "fail", 1),
        ("customer_insight.customer_health", "no_at_sign", "school_name", "fail", 2),
        ("customer_insight.customer_journeys", "no_at_sign", "school_name", "fail", 1),
        ("staging_subscriptions.subscriptions", "expect_column_values_to_be_in_set", "status", "fail", 1),
    ]
    assert all(row[5] for row in failed)
    logs = "".join(path.read_text() for path in (story.home.folder / "logs").iterdir())
    assert ADDRESS not in logs
