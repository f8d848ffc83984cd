"""Windows over the ties and backward steps that a real Moodle's times have: nothing lost, nothing twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.contracts import PlatformContract
from pipelines.landing.platform import land_platform
from pipelines.settings import InstanceSettings
from pipelines.sources.config import TableFetch, config_path, load_source_config
from pipelines.sources.replica import Reader, open_read
from pipelines.warehouse import open_warehouse
from pipelines.warehouse.ops import create_ops


def read_ids(
    reader: Reader, contract: PlatformContract, table: str, how: dict[str, Any], low: int, high: int
) -> Counter:
    """Ids that one window [low, high) brings, of the id and cursor columns alone."""
    fetch = TableFetch.model_validate({"overlap": 0, **how})
    assert fetch.cursor is not None
    names = {"id", *fetch.cursor.names}
    whole = contract.table(table)
    narrow = replace(whole, version=None, columns=tuple(c for c in whole.columns if c.name in names))
    reader.clock = lambda: datetime.fromtimestamp(high, UTC).replace(tzinfo=None)  # type: ignore[method-assign]
    read = open_read(reader, narrow, fetch, reader.describe(table), str(low))
    assert read.mode == "window"
    return Counter(number for batch in read.batches for number in batch.column("id").to_pylist())


@pytest.mark.parametrize(
    ("table", "column", "ties", "page_rows"),
    [
        ("mdl_logstore_standard_log", "timecreated", 3_138, 500),
        ("mdl_user_enrolments", "timemodified", 606, 100),
    ],
)
def test_a_second_with_thousands_of_rows_is_read_once_over_page_borders(
    reader, contract, source, table, column, ties, page_rows
):
    [(second, rows)] = source(
        f"select {column}, count(*) as n from {table} group by {column} order by n desc limit 1"
    )
    assert rows == ties
    inside = source(f"select id from {table} where {column} between {second} - 5 and {second} + 5")
    how = {"cursor": {"column": column, "unit": "epoch_seconds"}, "page_rows": page_rows}
    found = read_ids(reader, contract, table, how, second - 5, second + 6)
    unset = source(f"select id from {table} where {column} = 0")
    assert found == Counter(number for (number,) in (*inside, *unset))


def test_two_windows_meet_without_a_gap_or_an_overlap(reader, contract, source):
    [(middle,)] = source(
        "select timemodified from mdl_quiz_attempts order by timemodified limit 1 offset 1200"
    )
    how = {"cursor": {"column": "timemodified", "unit": "epoch_seconds"}, "page_rows": 1000}
    below = read_ids(reader, contract, "mdl_quiz_attempts", how, 1, middle)
    above = read_ids(reader, contract, "mdl_quiz_attempts", how, middle, 2**31)
    assert below + above == Counter(number for (number,) in source("select id from mdl_quiz_attempts"))


def test_the_logs_own_cursor_reads_again_what_came_out_of_order(reader, contract, source):
    fetch = load_source_config(config_path("moodle"), contract).tables["mdl_logstore_standard_log"]
    assert fetch.cursor is not None
    how = {"cursor": {"column": "id", "unit": fetch.cursor.unit}, "overlap": fetch.overlap}
    [(highest,)] = source("select max(id) from mdl_logstore_standard_log")
    found = read_ids(reader, contract, "mdl_logstore_standard_log", how, highest + 1, 2**31)
    expected = source(f"select id from mdl_logstore_standard_log where id > {highest} - {fetch.overlap}")
    assert found == Counter(number for (number,) in expected)
    assert len(found) > 1_000


def test_a_log_that_grows_out_of_order_ends_as_it_is_at_once(
    moodle_server, landed, warehouse, contract, settings, tmp_path, monkeypatch
):
    """Times step back in the order of ids here, so each load's last time is beyond the next one's first."""
    log = "mdl_logstore_standard_log"
    config = load_source_config(config_path("moodle"), contract)
    narrow = {log: config.tables[log].model_copy(update={"overlap": 50})}
    only = replace(contract, tables={log: contract.tables[log]})
    monkeypatch.setattr("pipelines.landing.platform.load_contract", lambda path: only)
    monkeypatch.setattr(
        "pipelines.landing.platform.load_source_config", lambda path, loaded: replace(config, tables=narrow)
    )
    moodle_server.create_database("growing")
    moodle_server.execute(f"create table growing.{log} like moodle.{log}")
    place = {"url": moodle_server.url("growing"), "ca_file": moodle_server.ca_file}
    grown = settings.model_copy(
        update={"home": tmp_path, "sources": {"moodle": {"main": InstanceSettings.model_validate(place)}}}
    )
    with open_warehouse(grown) as growing:
        create_ops(growing)
        for low, high in ((0, 6_000), (6_000, 6_001), (6_001, 18_000)):
            moodle_server.execute(
                f"insert into growing.{log} select * from moodle.{log} where id > {low} and id <= {high}"
            )
            [table] = land_platform(grown, growing, f"to {high}", "moodle", lambda _: None).tables
            assert table.error is None
            assert table.mode == ("window" if low else "full")
        everything = f"select id, _row_hash from staging_moodle.{log} where id <= 18000 order by id"
        assert growing.rows(everything) == warehouse.rows(everything)
        assert growing.value(f"select count(*) from staging_moodle.{log}") > 15_000
