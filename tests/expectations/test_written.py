"""Hand-written suites: every file in the project is usable, and a wrong one is refused with its name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from expectations import checkpoint, written
from expectations.expected import Expected
from expectations.results import FAIL, WARN
from expectations.suite import Scope, staging_suite
from expectations.written import read_written
from pipelines.contracts import PlatformContract, contract_path, load_contract
from pipelines.errors import ContractError
from pipelines.warehouse import Warehouse
from pipelines.warehouse.duckdb import DuckDbWarehouse

AS_OF = datetime(2026, 7, 31, 6)
STAGING = sorted((written.FOLDER / "staging").glob("*.yml"))


@pytest.mark.parametrize("name", [path.stem for path in STAGING])
def test_a_landed_tables_suite_names_a_table_and_columns_of_a_contract(name):
    platform, table = name.split(".")
    declared = load_contract(contract_path(platform)).table(table)
    landed = {column.name for column in declared.landed}

    suite = read_written("staging", name, AS_OF)

    assert suite.expected or suite.volume
    assert {column for expected in suite.expected for column in expected.needs} <= landed


@pytest.mark.parametrize("platform", ["drops", "edx", "moodle", "subscriptions"])
def test_every_suite_of_a_platform_can_be_asked_of_empty_tables(platform, tmp_path, ask):
    """Great Expectations accepts every entry, and DuckDB every query, under the contract's own types."""
    contract = load_contract(contract_path(platform))
    with _empty(tmp_path, contract) as warehouse:
        relations = [f"{contract.schema}.{table}" for table in contract.tables]
        results = ask(warehouse, "staging", relations, ("1.5", "2.5"))

    assert {r.expectation for r in results if not r.success} <= {"volume", "no_role_of_learners"}
    assert {r.relation for r in results} == set(relations)


def test_the_same_contract_gives_row_checks_for_all_rows_where_no_load_is_named():
    contract = load_contract(contract_path("subscriptions"))
    table = contract.table("subscriptions")
    present = dict.fromkeys(("id", "status", "_instance", "_dlt_load_id"), "VARCHAR")

    limited = staging_suite(contract, table, present, Scope(AS_OF, ("1.5",)))
    everything = staging_suite(contract, table, present, Scope(AS_OF))

    assert {e.name for e in limited.expected if "_dlt_load_id in ('1.5')" in query(e)} == {
        "not_null",
        "text_fits",
        "currency_code",
        "not_in_the_future",
    }
    assert not any("_dlt_load_id in" in query(e) for e in everything.expected)
    assert {e.name for e in limited.expected if e.load_ids} and not any(
        e.load_ids for e in everything.expected
    )


ENTRY = (
    "expectations: [{expect: no_rows, name: a, query: 'select 1 from {batch}', severity: fail, advice: b}]"
)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (ENTRY.replace("severity: fail, ", ""), "severity is `None`"),
        (ENTRY.replace("fail", "stop"), "severity is `stop`"),
        (ENTRY.replace(", advice: b", ""), "`advice:`"),
        (ENTRY.replace("{batch}", "shop"), "{batch}"),
        (ENTRY.replace("name: a, ", ""), "`name:`"),
        (ENTRY.replace("no_rows", "pseudonyms"), "`columns:`"),
        (ENTRY.replace("no_rows", "hope"), "`expect: hope`"),
        ("volume: {at_least: 1, severity: fail}", "volume: `advice:`"),
        ("at_sign_allowed: {columns: [title]}", "because"),
        ("expectation: []", "unknown section `expectation`"),
        ("volume: {at_least: 1", "not valid YAML"),
        ("- a list", "sections are expected"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path, monkeypatch, text, problem):
    (tmp_path / "marts").mkdir()
    (tmp_path / "marts" / "core.dim_x.yml").write_text(text)
    monkeypatch.setattr(written, "FOLDER", tmp_path)

    with pytest.raises(ContractError) as refused:
        read_written("marts", "core.dim_x", AS_OF)

    assert problem in str(refused.value)
    assert "core.dim_x.yml" in str(refused.value)


@pytest.mark.parametrize(
    "entry", ["expect: expect_nothing_known", "expect: expect_column_values_to_be_in_set\n    colum: note"]
)
def test_what_great_expectations_does_not_know_is_refused_by_name(tmp_path, monkeypatch, marts, ask, entry):
    (tmp_path / "marts").mkdir()
    text = f"expectations:\n  - {entry}\n    severity: fail\n    advice: None.\n"
    (tmp_path / "marts" / "core.dim_dates.yml").write_text(text)
    monkeypatch.setattr(written, "FOLDER", tmp_path)

    with pytest.raises(ContractError, match=r"core\.dim_dates: expect_.*Great Expectations refuses"):
        ask(marts, "marts", ["core.dim_dates"])


def test_columns_stand_for_an_entry_each_and_the_clock_is_put_in(tmp_path, monkeypatch):
    (tmp_path / "marts").mkdir()
    (tmp_path / "marts" / "core.dim_x.yml").write_text(
        "expectations:\n"
        "  - {expect: expect_column_values_to_be_between, columns: [a, b], min_value: 0,\n"
        "     severity: warn, advice: See.}\n"
        "  - {expect: no_rows, name: late, severity: fail, advice: See.,\n"
        "     query: 'select 1 from {batch} where a > {tomorrow} or b > {as_of_epoch} or c > {as_of}'}\n"
    )
    monkeypatch.setattr(written, "FOLDER", tmp_path)

    first, second, late = read_written("marts", "core.dim_x", AS_OF).expected

    assert (first.column, second.column, first.severity, late.severity) == ("a", "b", WARN, FAIL)
    assert late.arguments["unexpected_rows_query"] == (
        "select 1 from {batch} where a > cast('2026-08-01 06\\:00\\:00' as timestamp) or b > 1785477600 "
        "or c > cast('2026-07-31 06\\:00\\:00' as timestamp)"
    )


def query(expected: Expected) -> str:
    return str(expected.arguments.get("unexpected_rows_query"))


def _empty(folder: Path, contract: PlatformContract) -> Warehouse:
    connection = duckdb.connect(str(folder / "empty.duckdb"))
    connection.execute(f"create schema {contract.schema}")
    added = "_instance varchar, _row_hash bigint, _dlt_load_id varchar, _deleted boolean"
    for table in contract.tables.values():
        columns = ", ".join(f'"{column.name}" {column.duckdb_type}' for column in table.landed)
        connection.execute(f'create table {contract.schema}."{table.name}" ({columns}, {added})')
    checkpoint._contract.cache_clear()
    return DuckDbWarehouse(connection, folder / "empty.duckdb")
