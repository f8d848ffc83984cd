"""Published at once or not at all; a reader keeps what it has open."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from pipelines.errors import WarehouseError
from pipelines.runner.publish import duckdb as publishing
from pipelines.runner.publish.duckdb import publish
from pipelines.settings import Settings
from pipelines.warehouse import open_published, open_warehouse

MARTS = ["core.dim_things", "course_activity.thing_view"]


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path, as_of=datetime(2026, 7, 31, 6))


@pytest.fixture
def warehouse(settings):
    with open_warehouse(settings) as opened:
        for schema in ("core", "course_activity", "staging_x"):
            opened.execute(f"create schema {schema}")
        opened.execute("create table staging_x.raw as select 'secret' as s")
        opened.execute("create table core.dim_things as select range as id, 'first' as said from range(3)")
        opened.execute("create table core.dim_gone as select 1 as id")
        opened.execute(
            "create view course_activity.thing_view as select id * 2 as twice from core.dim_things"
        )
        yield opened


def published(settings, sql: str) -> list[tuple]:
    with open_published(settings) as reader:
        return reader.rows(sql)


def test_exactly_the_named_relations_are_published_views_as_tables(settings, warehouse):
    assert publish(settings, warehouse, "run-1", MARTS) == 6
    listed = "select table_schema, table_name, table_type from information_schema.tables order by all"
    assert published(settings, listed) == [
        ("core", "dim_things", "BASE TABLE"),
        ("course_activity", "thing_view", "BASE TABLE"),
        ("main", "about", "BASE TABLE"),
    ]
    assert published(settings, "select sum(twice) from course_activity.thing_view") == [(6,)]
    [(run_id, as_of, published_at)] = published(settings, "select run_id, as_of, published_at from about")
    assert (run_id, as_of) == ("run-1", datetime(2026, 7, 31, 6))
    assert published_at.year >= 2026


def test_a_relation_that_is_no_mart_any_more_leaves_the_file(settings, warehouse):
    publish(settings, warehouse, "run-1", [*MARTS, "core.dim_gone"])
    publish(settings, warehouse, "run-2", MARTS)
    assert published(
        settings, "select table_name from information_schema.tables where table_schema = 'core'"
    ) == [("dim_things",)]


def test_a_reader_keeps_the_old_file_and_never_blocks(settings, warehouse):
    publish(settings, warehouse, "run-1", MARTS)
    with open_published(settings) as reader:
        assert reader.value("select run_id from about") == "run-1"
        warehouse.execute("update core.dim_things set said = 'second'")
        publish(settings, warehouse, "run-2", MARTS)
        assert reader.rows("select run_id, said from about, core.dim_things limit 1") == [("run-1", "first")]
    assert published(settings, "select run_id, said from about, core.dim_things limit 1") == [
        ("run-2", "second")
    ]


@pytest.mark.parametrize("place", ["_copy", "_about", "_settle_on_disk"])
def test_a_failure_in_the_middle_leaves_the_old_file(settings, warehouse, monkeypatch, place):
    publish(settings, warehouse, "run-1", MARTS)
    before = settings.published_file.read_bytes()

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(publishing, place, fails)
        with pytest.raises(WarehouseError, match=r"disk that holds .* is full"):
            publish(settings, warehouse, "run-2", MARTS)
    assert settings.published_file.read_bytes() == before
    publish(settings, warehouse, "run-3", MARTS)
    assert published(settings, "select run_id from about") == [("run-3",)]
    assert [path.name for path in settings.published_file.parent.iterdir()] == ["marts.duckdb"]


def test_a_mart_that_was_not_built_leaves_the_old_file(settings, warehouse):
    publish(settings, warehouse, "run-1", MARTS)
    with pytest.raises(duckdb.CatalogException):
        publish(settings, warehouse, "run-2", [*MARTS, "core.dim_never_built"])
    assert published(settings, "select run_id from about") == [("run-1",)]


def test_what_a_killed_publication_left_is_thrown_away(settings, warehouse):
    settings.published_file.parent.mkdir()
    left = settings.published_file.with_suffix(".next")
    with duckdb.connect(str(left)) as half:
        half.execute("create schema core; create table core.dim_things as select 99 as id")
    (left.parent / "marts.next.wal").write_bytes(b"half a log")
    publish(settings, warehouse, "run-1", MARTS)
    assert published(settings, "select count(*), max(id) from core.dim_things") == [(3, 2)]
    assert [path.name for path in settings.published_file.parent.iterdir()] == ["marts.duckdb"]
