"""A small platform with a contract and a hand-written suite of its own, and marts that are in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from expectations import checkpoint, written
from expectations.results import CheckResult
from expectations.suite import Scope
from pipelines.warehouse import Warehouse
from pipelines.warehouse.duckdb import DuckDbWarehouse

AS_OF = datetime(2026, 7, 31, 6)
Ask = Callable[..., list[CheckResult]]

CONTRACT = """
version: 2
sources:
  - name: shop
    schema: staging_shop
    tables:
      - name: orders
        description: One row per order.
        config: {meta: {key: [id]}}
        columns:
          - name: id
            data_type: bigint
            config: {meta: {source_type: bigint, personal: none, nullable: false}}
          - name: buyer
            data_type: text(100)
            config: {meta: {source_type: bigint, personal: pseudonym, identifier: user_id}}
          - {name: login, config: {meta: {source_type: text, personal: identifier}}}
          - name: account_kind
            data_type: text(20)
            config: {meta: {personal: none, derive: account_kind, from: login, rules: {bot: ["bot%"]}}}
          - {name: status, data_type: text(6), config: {meta: {source_type: text, personal: none}}}
          - name: till
            data_type: text(10)
            config: {meta: {source_type: text, personal: none, values: [left, right], otherwise: other}}
          - name: amount
            data_type: decimal(12,2)
            config: {meta: {source_type: "decimal(12,2)", personal: none, nullable: false}}
"""
WRITTEN = """
volume: {at_least: 2, severity: warn, advice: See whether the till was open.}
expectations:
  - expect: expect_column_values_to_be_in_set
    column: status
    value_set: [open, paid]
    severity: warn
    advice: Ask the till.
  - expect: no_rows
    name: negative_amount
    query: select 1 as found from {rows} where amount < 0 and '{"a":b}' <> ''
    severity: fail
    advice: Ask the till.
"""
ORDERS = """
create schema staging_shop;
create table staging_shop.orders as
select id::bigint as id, concat('k1:', sha256(id::varchar)) as buyer, 'learner' as account_kind,
    'paid' as status, case when id < 3 then 'left' when id < 5 then 'other' end as till,
    (id * 1.5)::decimal(12,2) as amount, 'main' as _instance, id::bigint as _row_hash,
    case when id <= 3 then 'load.1' else 'load.2' end as _dlt_load_id, null::boolean as _deleted
from range(1, 6) as numbers(id);
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Warehouse]:
    """A warehouse with `staging_shop.orders`: five good rows, three of load.1 and two of load.2."""
    (tmp_path / "shop.yml").write_text(CONTRACT)
    (tmp_path / "staging").mkdir()
    (tmp_path / "staging" / "shop.orders.yml").write_text(WRITTEN)
    monkeypatch.setattr(checkpoint, "contract_path", lambda platform: tmp_path / f"{platform}.yml")
    monkeypatch.setattr(written, "FOLDER", tmp_path)
    checkpoint._contract.cache_clear()
    with _warehouse(tmp_path, ORDERS) as warehouse:
        yield warehouse
    checkpoint._contract.cache_clear()


@pytest.fixture
def marts(tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse with every mart that has a suite, two good rows each."""
    # core first: other marts are made of its people
    files = ("core", "customer_insight", "course_activity", "course_activity_of_edx", "learning_feedback")
    folder = Path(__file__).parent / "good_marts"
    rows = "\n".join((folder / f"{name}.sql").read_text(encoding="utf-8") for name in files)
    with _warehouse(tmp_path, rows) as warehouse:
        yield warehouse


@pytest.fixture
def ask() -> Ask:
    """Checks relations of a warehouse in this process and returns all results."""

    def asked(
        warehouse: Warehouse, layer: str, relations: list[str], loads: tuple[str, ...] = ()
    ) -> list[CheckResult]:
        return checkpoint.check(warehouse, layer, relations, Scope(AS_OF, loads))

    return asked


def _warehouse(folder: Path, script: str) -> Warehouse:
    connection = duckdb.connect(str(folder / "warehouse.duckdb"))
    connection.execute(script)
    return DuckDbWarehouse(connection, folder / "warehouse.duckdb")
