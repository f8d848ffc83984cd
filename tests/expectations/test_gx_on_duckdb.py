"""Great Expectations on DuckDB works because of our patch of a private name, and only because of it."""

from __future__ import annotations

import duckdb
import pytest
from duckdb_sqlalchemy import ConnectionWrapper

from expectations.gx_on_duckdb import load


@pytest.fixture
def validate():
    """Validates that column `id` of a table with one NULL in two rows has no NULL."""
    gx = load()
    connection = duckdb.connect()
    connection.execute("create table numbers as select * from (values (1), (null)) as given(id)")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    creator = {"creator": lambda: ConnectionWrapper(connection.cursor())}
    source = context.data_sources.add_sql("here", connection_string="duckdb:///:memory:", kwargs=creator)
    asset = source.add_table_asset("numbers", table_name="numbers", schema_name="main")
    batch_definition = asset.add_batch_definition_whole_table("whole")

    def validated():
        expectation = gx.expectations.ExpectColumnValuesToNotBeNull(column="id")
        return batch_definition.get_batch().validate(expectation)

    yield validated
    engine = source.get_execution_engine()
    with engine.get_connection() as persisted:
        persisted.close()
    source.get_engine().dispose()


def test_an_expectation_is_evaluated(validate):
    result = validate()

    assert (result.success, result.result["unexpected_count"]) == (False, 1)


def test_without_the_patch_it_is_not(validate, monkeypatch):
    """When this fails, Great Expectations has mended it: remove gx_on_duckdb's patch."""
    from great_expectations.execution_engine import sqlalchemy_execution_engine as engine

    stock = tuple(dialect for dialect in engine._PERSISTED_CONNECTION_DIALECTS if dialect != "duckdb")
    monkeypatch.setattr(engine, "_PERSISTED_CONNECTION_DIALECTS", stock)

    assert "raised_exception': True" in str(validate().exception_info)


def test_loading_twice_patches_once():
    load()
    load()
    from great_expectations.execution_engine import sqlalchemy_execution_engine as engine

    assert engine._PERSISTED_CONNECTION_DIALECTS.count("duckdb") == 1
