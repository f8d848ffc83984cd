"""Which columns an index begins with, as each engine's catalogue tells it: what `doctor` judges costs by."""

from __future__ import annotations

import sqlite3

import pytest

from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import open_reader

DDL = """
create table things (id integer primary key, changed bigint, seen bigint, word varchar(20), other bigint);
create index by_change on things (changed, seen);
create unique index by_word on things (word);
"""
LEADING = {"id", "changed", "word"}


@pytest.fixture(params=["sqlite", "mariadb", "postgresql"])
def reader(request, tmp_path):
    if request.param == "sqlite":
        with sqlite3.connect(tmp_path / "source.sqlite") as file:
            file.executescript(DDL)
        place = {"url": f"sqlite:///{tmp_path}/source.sqlite"}
    else:
        server = request.getfixturevalue(request.param)
        server.create_database("indexed")
        server.execute(DDL, "indexed")
        place = {"url": server.url("indexed"), "ca_file": server.ca_file}
    opened = open_reader("shop", "main", InstanceSettings.model_validate(place), Settings())
    yield opened
    opened.close()


def test_the_first_column_of_every_index(reader):
    assert reader.indexed("things") == LEADING
    assert reader.indexed("nothing") == frozenset()


def test_a_partial_index_helps_only_some_rows(postgresql):
    postgresql.create_database("indexed")
    postgresql.execute(
        "create table things (id integer, at bigint); create index part on things (at) where at > 0; "
        "create index computed on things ((id + 1))",
        "indexed",
    )
    place = {"url": postgresql.url("indexed"), "ca_file": postgresql.ca_file}
    opened = open_reader("shop", "main", InstanceSettings.model_validate(place), Settings())
    assert opened.indexed("things") == frozenset()
    opened.close()
