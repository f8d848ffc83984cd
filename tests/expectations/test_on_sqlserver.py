"""The checks on SQL Server through Great Expectations, SQLAlchemy and Microsoft's driver, on the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from expectations import checkpoint, written
from expectations.dialects import DIALECTS
from expectations.results import CheckResult
from expectations.suite import Scope
from pipelines.contracts import load_contract
from pipelines.warehouse import Warehouse
from pipelines.warehouse.sqlserver import open_database
from tests.expectations.conftest import AS_OF, CONTRACT, WRITTEN
from tests.servers.tsql.server import TsqlServer
from tests.warehouse.sqlserver.scripted import PASSWORD, settings_for

ORDERS = """
insert into staging_shop.orders
    (id, buyer, account_kind, status, till, amount, _instance, _row_hash, _dlt_load_id, _deleted)
values
    (1, concat('k1:', replicate('0a', 32)), 'learner', 'paid', 'left', 1.5, 'main', 1, 'load.1', null),
    (2, concat('k1:', replicate('1b', 32)), 'learner', 'paid', 'left', 3, 'main', 2, 'load.1', null),
    (3, null, 'learner', 'paid', 'other', 4.5, 'main', 3, 'load.2', null)
"""
MART = """
insert into build_core.dim_products (product_key, product_name, is_placeholder)
values ('a:b:1', 'Reading at Home', 0), ('a:b:2', null, 0)
"""
ORDER = "staging_shop.orders"
BAD_ORDERS = [
    (f"update {ORDER} set amount = null where id = 1", ("not_null", "amount", 1)),
    (f"update {ORDER} set id = 1 where id = 2", ("unique_key", None, 1)),
    (f"update {ORDER} set buyer = 'Ada' where id = 1", ("pseudonyms", "buyer", 1)),
    (f"update {ORDER} set till = 'drawer' where id = 3", ("listed_value", "till", 1)),
    (f"update {ORDER} set account_kind = 'cat' where id = 3", ("derived_value", "account_kind", 1)),
    (f"update {ORDER} set status = 'lost' where id > 1", ("expect_column_values_to_be_in_set", "status", 2)),
    (f"update {ORDER} set amount = -1", ("negative_amount", None, 3)),
    (f"alter table {ORDER} add note nvarchar(10)", ("no_other_columns", "note", None)),
    (f"alter table {ORDER} alter column amount decimal(14, 2)", ("columns_as_declared", "amount", None)),
]  # fmt: skip


@pytest.fixture
def server() -> Iterator[TsqlServer]:
    with closing(TsqlServer(databases=("shelf",), users={"loader": PASSWORD})) as listening:
        yield listening
        assert listening.wrong == []


@pytest.fixture
def database(server, tmp_path, monkeypatch) -> Iterator[Warehouse]:
    """`staging_shop.orders` as its contract declares it there, and a mart that is built and not published."""
    (tmp_path / "shop.yml").write_text(CONTRACT)
    (tmp_path / "staging").mkdir()
    (tmp_path / "staging" / "shop.orders.yml").write_text(WRITTEN)
    monkeypatch.setattr(checkpoint, "contract_path", lambda platform: tmp_path / f"{platform}.yml")
    monkeypatch.setattr(written, "FOLDER", tmp_path)
    checkpoint._contract.cache_clear()
    with open_database(settings_for(tmp_path / "home", server.port)) as warehouse:
        for statement in (
            "create schema staging_shop",
            "create schema build_core",
            _orders(tmp_path),
            ORDERS,
        ):
            warehouse.execute(statement)
        warehouse.execute(
            "create table build_core.dim_products "
            "(product_key nvarchar(100), product_name nvarchar(200), is_placeholder bit)"
        )
        warehouse.execute(MART)
        yield warehouse
    checkpoint._contract.cache_clear()


def _orders(folder) -> str:
    dialect, table = DIALECTS["sqlserver"], load_contract(folder / "shop.yml").table("orders")
    types = {column.name: dialect.declared(table, column) for column in table.landed} | dialect.added
    return f"create table staging_shop.orders ({', '.join(f'{name} {kind}' for name, kind in types.items())})"


def broken(results: list[CheckResult]) -> set[tuple[str, str | None, int | None]]:
    return {(r.expectation, r.column, r.unexpected_count) for r in results if not r.success}


def asked(database: Warehouse, *loads: str) -> list[CheckResult]:
    return checkpoint.check(database, "staging", ["staging_shop.orders"], Scope(AS_OF, loads))


def test_a_good_table_passes_every_check(database):
    results = asked(database)

    assert broken(results) == set()
    assert {r.observed for r in results if r.expectation == "pseudonyms"} == {"1 column"}


@pytest.mark.parametrize(("planted", "found"), BAD_ORDERS)
def test_a_planted_violation_is_found(database, planted, found):
    database.execute(planted)

    assert broken(asked(database)) == {found}


def test_row_checks_read_the_rows_of_the_loads_that_are_named(database):
    database.execute("update staging_shop.orders set amount = -1, status = 'lost' where id = 3")

    assert broken(asked(database, "load.1")) == set()
    assert broken(asked(database, "load.2")) == {
        ("negative_amount", None, 1), ("expect_column_values_to_be_in_set", "status", 1),
    }  # fmt: skip


def test_a_mart_is_checked_where_it_is_built_and_called_what_it_will_be(database):
    [sign] = [r for r in _marts(database) if r.expectation == "no_at_sign"]
    assert (sign.relation, sign.success) == ("core.dim_products", True)

    database.execute(
        "update build_core.dim_products set product_name = 'ada@school.example' where product_name is null"
    )

    assert broken(_marts(database)) == {("no_at_sign", "product_name", 1)}


def test_a_mart_that_was_not_built_is_a_failed_result(database):
    database.execute("drop table build_core.dim_products")

    assert broken(_marts(database)) == {("relation_exists", None, None)}


def _marts(database: Warehouse) -> list[CheckResult]:
    return checkpoint.check(database, "marts", ["core.dim_products"], Scope(AS_OF))
