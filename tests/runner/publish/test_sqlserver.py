"""Published in a database: at once or not at all, only what changed, whatever ends it."""

from __future__ import annotations

from datetime import datetime

import pytest

from pipelines.errors import DiskFull, LandingError, UsageError, WarehouseInterrupted, WarehouseLocked
from pipelines.runner.marts import Mart
from pipelines.runner.publish import publish
from pipelines.warehouse import open_published, open_warehouse
from pipelines.warehouse.published import is_published, read_about
from tests.runner.publish.built import DAYS, MARTS, PEOPLE, built_anew, read, relations
from tests.servers.tsql import Fault
from tests.warehouse.sqlserver.scripted import one_sentence

BUILT = [mart.name for mart in MARTS]
FIRST = ("run-1", ["first", "first"], 2)
FACTS = Mart("core", "fct_people", "build_core", masked=("person_key",))
OURS = {"core.dim_people", "course_activity.fct_days", "core.about"}


@pytest.fixture
def published(settings, warehouse):
    """Both marts are published by run-1, and built anew after."""
    publish(settings, warehouse, "run-1", MARTS, BUILT)
    built_anew(warehouse, "second")
    return warehouse


@pytest.fixture(params=[True, False], ids=["with transfer", "without transfer"])
def transfer(request, server):
    server.features.transfer = request.param
    return request.param


@pytest.fixture
def impatient(monkeypatch):
    """Attempts follow one another at once."""
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)


def test_all_marts_are_published_at_first_views_as_tables(settings, server, warehouse, transfer):
    assert not is_published(warehouse)
    done = publish(settings, warehouse, "run-1", MARTS, [])
    assert (done.rows, done.place, len(done.warnings)) == (4, warehouse.place, 0 if transfer else 1)
    assert read(warehouse) == FIRST
    assert relations(warehouse) == OURS
    kinds = warehouse.rows(
        "select TABLE_TYPE from INFORMATION_SCHEMA.TABLES where TABLE_SCHEMA = 'course_activity'"
    )
    assert kinds == [("BASE TABLE",)]


def test_about_says_which_run_and_when(settings, published):
    with open_published(settings) as reader:
        about = read_about(reader)
    assert (about["run_id"], about["as_of"]) == ("run-1", datetime(2026, 7, 31, 6))
    assert about["published_at"].year >= 2026


def test_before_anything_is_published_a_reader_is_told_so(settings, warehouse):
    with pytest.raises(UsageError, match=r"Nothing is published in database warehouse on .* yet") as told:
        open_published(settings)
    one_sentence(told.value)


def test_only_what_was_built_is_replaced(settings, published, transfer):
    publish(settings, published, "run-2", MARTS, [DAYS.name])
    assert read(published) == ("run-2", ["first", "first"], 1)


def test_a_mart_that_is_not_there_is_published_though_it_was_not_built(settings, published):
    published.execute("drop table core.dim_people")
    publish(settings, published, "run-2", MARTS, [])
    assert read(published) == ("run-2", ["second"], 2)


def test_where_nothing_was_built_the_run_is_named_all_the_same(settings, published, server):
    before = len(server.statements)
    publish(settings, published, "run-2", MARTS, [])
    assert read(published) == ("run-2", ["first", "first"], 2)
    assert not [text for text in server.statements[before:] if "select * into" in text]


def test_a_mart_that_the_project_has_no_more_goes_and_nobody_elses_table(settings, published, transfer):
    published.execute("create table build_core.dim_gone (a int)")
    publish(settings, published, "run-2", [*MARTS, Mart("core", "dim_gone", "build_core")], BUILT)
    assert "core.dim_gone" in relations(published)
    for name in ("core.of_somebody", "build_core.of_dbt"):
        published.execute(f"create table {name} (a int)")
    publish(settings, published, "run-3", MARTS, BUILT)
    assert relations(published) == OURS | {"core.of_somebody"}
    assert not published.has_table("build_core", "dim_gone")
    assert published.has_table("build_core", "of_dbt")


def test_a_view_that_the_project_has_no_more_goes(settings, published):
    publish(settings, published, "run-2", [PEOPLE], [PEOPLE.name])
    assert relations(published) == OURS - {DAYS.name}
    assert not published.has_table("build_course_activity", "fct_days")


@pytest.mark.parametrize(
    "place",
    [
        'select * into "next_course_activity"',
        'drop table if exists "course_activity"',
        'insert into "core"."about"',
    ],
    ids=["aside", "in the middle", "at the end"],
)
@pytest.mark.parametrize(("number", "error"), [(1105, DiskFull), (0, WarehouseInterrupted)])
def test_whatever_ends_it_the_last_good_marts_stay(settings, server, published, place, number, error):
    """A database that is full, and a connection that breaks: what a killed run leaves is the same."""
    server.faults.waiting.append(Fault(place.replace("*", r"\*"), number))
    with pytest.raises(error) as told:
        publish(settings, published, "run-2", MARTS, BUILT)
    one_sentence(told.value)
    with open_warehouse(settings) as again:
        assert read(again) == FIRST
        assert relations(again) > OURS, "what was prepared"
        publish(settings, again, "run-3", MARTS, BUILT)
        assert read(again) == ("run-3", ["second"], 1)
        assert relations(again) == OURS


def test_without_transfer_a_failure_in_the_middle_leaves_the_last_good_marts(settings, server, published):
    server.features.transfer = False
    server.faults.waiting.append(Fault(r'select \* into "course_activity"', 1105))
    with pytest.raises(DiskFull):
        publish(settings, published, "run-2", MARTS, BUILT)
    assert read(published) == FIRST
    publish(settings, published, "run-3", MARTS, BUILT)
    assert read(published) == ("run-3", ["second"], 1)


@pytest.mark.parametrize("number", [1205, 1222], ids=["deadlock", "a reader keeps a mart"])
def test_what_goes_by_is_waited_for(settings, server, published, impatient, number):
    server.faults.waiting.append(Fault('drop table if exists "course_activity"', number, times=2))
    publish(settings, published, "run-2", MARTS, BUILT)
    assert read(published) == ("run-2", ["second"], 1)


def test_a_reader_that_never_ends_is_one_sentence(settings, server, published, impatient):
    server.faults.waiting.append(Fault('drop table if exists "course_activity"', 1222, times=99))
    with pytest.raises(WarehouseLocked, match="were not replaced: another session kept one of them") as told:
        publish(settings, published, "run-2", MARTS, BUILT)
    one_sentence(told.value)
    assert read(published) == FIRST


def test_what_the_server_cannot_do_is_warned_of_once_and_done_otherwise(settings, server, published):
    server.features.columnstore = server.features.transfer = False
    server.faults.waiting.append(Fault("add masked", 102))
    before = len(server.statements)
    published.execute("select * into build_core.fct_people from build_core.dim_people")
    done = publish(settings, published, "run-2", [*MARTS, FACTS], [*BUILT, FACTS.name])
    assert [text.split(" in ")[0] for text in done.warnings] == [
        "No table can be moved from one schema to another",
        "No table can be kept by columns",
        "No column can be masked",
    ]
    assert all(published.place in text for text in done.warnings)
    told = "\n".join(server.statements[before:])
    assert 'create index "by_school_key" on "course_activity"."fct_days"' in told
    assert (told.count("columnstore"), told.count("add masked")) == (1, 1)


def test_a_server_in_trouble_is_not_taken_for_one_that_cannot(settings, server, published):
    server.faults.waiting.append(Fault('alter schema "core"', 0))
    with pytest.raises(WarehouseInterrupted):
        publish(settings, published, "run-2", MARTS, BUILT)


def test_a_mart_that_was_not_built_is_one_sentence(settings, published):
    with pytest.raises(LandingError, match="names a table or column that is not in") as told:
        publish(settings, published, "run-2", [*MARTS, Mart("core", "dim_never", "build_core")], BUILT)
    one_sentence(told.value)
    assert read(published) == FIRST


def test_what_looks_like_ours_and_is_not_stays(settings, published):
    """Schemas of others whose names begin as ours do."""
    for schema in ("next_steps", "tools", "build_tools"):
        published.execute(f"create schema {schema}")
        published.execute(f"create table {schema}.kept (a int)")
    publish(settings, published, "run-2", MARTS, BUILT)
    assert relations(published) == OURS | {"next_steps.kept", "tools.kept"}
    assert published.has_table("build_tools", "kept")
