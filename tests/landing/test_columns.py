"""Contracts that change: staging takes the new types without losing a digit, or stays and says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pipelines.errors import LandingError
from pipelines.warehouse.duckdb import DuckDbWarehouse
from tests.landing.shop import CONTRACT, WINDOW, Shop

PLAIN = CONTRACT.replace(", partition: {column: made, unit: epoch_seconds}", "")


@pytest.fixture
def landed(shop) -> Shop:
    """Two landings, so that dlt has its scratch copy of the table too."""
    shop.contract(PLAIN)
    shop.sqlite()
    shop.put(1, price="1.25", title="12", made=5)
    shop.landed()
    shop.put(2, price="2.25", title="13", made=6)
    shop.landed()
    return shop


def column(shop: Shop, name: str) -> list[Any]:
    return [row[1] for row in shop.staging(("id", name)) for row in [(row[1], row[2])]]


WIDER = [
    ("price", '"decimal(12,2)"', '"decimal(14,4)"', {"price": "3.3333"},
     [Decimal("1.25"), Decimal("2.25"), Decimal("3.3333")]),
    ("day", "date", "text(30)", {"day": "one day"}, ["2026-01-02", "2026-01-02", "one day"]),
    ("made", "bigint", "text(30)", {"made": "never"}, ["5", "6", "never"]),
    ("made", "bigint", "double", {"made": 0.5}, [5.0, 6.0, 0.5]),
    ("title", "text(20)", "bigint", {"title": "14"}, [12, 13, 14]),
    ("title", "text(20)", "text(40)", {"title": "x" * 40}, ["12", "13", "x" * 40]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "before", "after", "new", "expected"), WIDER)
def test_a_column_takes_its_new_type_with_all_it_holds(landed, name, before, after, new, expected):
    changed = PLAIN.replace(f"name: {name}, data_type: {before}", f"name: {name}, data_type: {after}")
    assert changed != PLAIN
    landed.contract(changed)
    landed.put(3, **{"made": 7, **new})
    assert landed.landed()["refused"] == 0
    assert column(landed, name) == expected
    landed.put(4, **{"made": 8, **new})
    landed.landed()
    assert column(landed, name) == [*expected, expected[-1]]


@pytest.mark.parametrize(
    ("name", "before", "after", "value"),
    [
        ("price", '"decimal(12,2)"', '"decimal(12,1)"', Decimal("1.25")),
        ("price", '"decimal(12,2)"', "bigint", Decimal("1.25")),
        ("title", "text(20)", "date", "12"),
        ("day", "date", "bigint", date(2026, 1, 2)),
    ],
)
def test_where_a_value_would_not_survive_nothing_is_altered(landed, name, before, after, value):
    landed.contract(PLAIN.replace(f"name: {name}, data_type: {before}", f"name: {name}, data_type: {after}"))
    before_it = landed.staging()
    [table] = landed.land().tables
    assert type(table.error) is LandingError
    assert f"s_things.{name} is now " in str(table.error)
    assert "2 values in staging" in str(table.error)
    assert str(value) not in str(table.error)
    assert landed.staging() == before_it
    landed.contract(PLAIN)
    assert landed.landed()["unchanged"] == 2


def test_a_column_that_lands_no_more_is_emptied_in_rows_that_are_read_no_more(landed):
    """Purged at the source, kept here: only we can still take the person out of them."""
    landed.fetch(WINDOW + ", sweep_every_days: 0, full_every_days: 0")
    landed.sql("delete from s_things where id = 1")
    harmless = "{name: title, data_type: text(20), config: {meta: {source_type: varchar, personal: none}}}"
    assert harmless in PLAIN
    identifier = "{name: title, config: {meta: {source_type: varchar, personal: identifier}}}"
    landed.contract(PLAIN.replace(harmless, identifier))
    landed.landed()
    assert landed.ids() == [1, 2]
    assert landed.rows("select count(*) from staging_shop.s_things where title is not null") == [(0,)]


def test_a_contract_that_did_not_change_alters_nothing(landed, monkeypatch):
    statements: list[str] = []
    execute = DuckDbWarehouse.execute

    def heard(warehouse: DuckDbWarehouse, sql: str, *more: Any) -> None:
        statements.append(sql)
        execute(warehouse, sql, *more)

    monkeypatch.setattr(DuckDbWarehouse, "execute", heard)
    landed.landed()
    assert statements
    assert not [sql for sql in statements if sql.startswith(("alter", "update staging"))]
