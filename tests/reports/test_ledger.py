"""What is read from ops for the page is what stands there."""

from __future__ import annotations

import pytest

from pipelines.errors import UsageError
from pipelines.reports.ledger import read_facts
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse
from pipelines.warehouse.ops import create_ops
from tests.reports.stand_in import EARLIER, RUN, landing, write_home


@pytest.fixture
def facts(settings):
    with open_warehouse(settings, read_only=True) as warehouse:
        return read_facts(warehouse)


def test_the_last_run_is_on_top(facts):
    assert [run["run_id"] for run in facts.runs] == [RUN, EARLIER]
    assert facts.run["seconds"] == 61.5
    assert (facts.run["rows_read"], facts.run["rows_landed"]) == (1400, 1391)


def test_counts_are_those_of_this_run_alone(facts):
    assert [(p["platform"], p["tables"], p["rows_read"], p["balanced"]) for p in facts.platforms] == [
        ("classroom", 1, 100, True),
        ("moodle", 2, 1300, True),
    ]
    assert [table["table_name"] for table in facts.tables] == ["users", "mdl_course", "mdl_user"]
    assert facts.balanced


def test_checks_are_counted_by_layer(facts):
    assert [tuple(layer.values()) for layer in facts.checks] == [
        ("staging", 2, 2, 0, 1, 1),
        ("marts", 1, 1, 0, 0, 0),
    ]
    assert [(found["relation"], found["severity"]) for found in facts.findings] == [
        ("staging_moodle.mdl_course", "warn")
    ]


def test_sentences_keep_their_order_and_kind(facts):
    assert len(facts.problems) == len(facts.warnings) == 1
    assert facts.problems[0].startswith("bookshelf/main")


def test_only_rows_that_wait_are_in_quarantine(facts):
    assert [(row["table_name"], row["row_count"]) for row in facts.quarantine] == [("mdl_user", 2)]


def test_the_load_adds_up_what_was_waited_for(facts):
    (load,) = facts.source_load
    assert (load["statements"], load["waited"], load["lag_max"]) == (7, 2.5, 12.0)


def test_rows_that_do_not_add_up_are_told(tmp_path):
    settings = Settings(home=tmp_path)
    write_home(settings)
    with open_warehouse(settings) as warehouse:
        lost = landing(
            RUN, "classroom", "classes", warehouse.value("select max(looked_at) from ops.landings")
        )
        warehouse.insert("ops.landings", [lost | {"rows_landed": 96, "outcome": "failed"}])
        facts = read_facts(warehouse)
    assert [(p["platform"], p["balanced"]) for p in facts.platforms] == [
        ("classroom", False),
        ("moodle", True),
    ]
    assert not facts.balanced


def test_everything_skipped_is_told_too(tmp_path):
    with open_warehouse(Settings(home=tmp_path)) as warehouse:
        create_ops(warehouse)
        start = warehouse.value("select timestamp '2026-08-03 05:00:00'")
        run = {"run_id": "r", "started_at": start, "as_of": start, "outcome": "unchanged"}
        warehouse.insert("ops.runs", [run])
        skipped = {"run_id": "r", "reason": "unchanged", "skipped_at": start}
        for layer, relation in (("marts", "a"), ("staging", "b"), ("staging", "c")):
            warehouse.insert("ops.skipped_checks", [skipped | {"layer": layer, "relation": relation}])
        facts = read_facts(warehouse)
    assert [tuple(layer.values()) for layer in facts.checks] == [
        ("staging", 0, 0, 0, 0, 2),
        ("marts", 0, 0, 0, 0, 1),
    ]
    assert facts.platforms == facts.steps == facts.sentences == []


@pytest.mark.parametrize("made", [False, True])
def test_before_the_first_run_there_is_nothing_to_tell(tmp_path, made):
    with open_warehouse(Settings(home=tmp_path)) as warehouse:
        if made:
            create_ops(warehouse)
        with pytest.raises(UsageError, match="No run is recorded"):
            read_facts(warehouse)


def test_a_warehouse_from_before_sentences_and_load_is_read(tmp_path):
    settings = Settings(home=tmp_path)
    write_home(settings)
    with open_warehouse(settings) as warehouse:
        warehouse.execute("drop table ops.sentences; drop table ops.source_load")
        facts = read_facts(warehouse)
    assert facts.sentences == facts.source_load == []
