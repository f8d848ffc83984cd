"""Several sites of one platform side by side: each with its prefix, its keys, its people and its troubles."""

from __future__ import annotations

import pytest

from pipelines.errors import SourceUnreachable, TableMismatch
from tests.landing.shop import CONTRACT, WINDOW, Shop

OWNED = CONTRACT + (
    "          - {name: owner, data_type: text(100),\n"
    "             config: {meta: {source_type: bigint, personal: pseudonym, identifier: user_id}}}\n"
)


@pytest.fixture
def sites(shop, mariadb) -> Shop:
    """North on SQLite with the prefix s_, south on MariaDB with the prefix x2_; the same ids on both."""
    shop.sqlite("north", key=" primary key")
    shop.mariadb(mariadb, "south", prefix="x2_", key=" primary key")
    for number in (1, 2, 3):
        shop.put(number, "north")
        shop.put(number, "south", "x2_", title=f"southern thing {number}")
    return shop


def test_equal_keys_do_not_collide(sites):
    outcome = sites.land()
    assert [(table.instance, table.rows_landed) for table in outcome.tables] == [("north", 3), ("south", 3)]
    assert [row[:3] for row in sites.staging(("id", "title"))] == [
        ("north", 1, "thing 1"), ("north", 2, "thing 2"), ("north", 3, "thing 3"),
        ("south", 1, "southern thing 1"), ("south", 2, "southern thing 2"), ("south", 3, "southern thing 3"),
    ]  # fmt: skip


def test_a_change_and_a_delete_stay_with_their_site(sites):
    sites.land()
    sites.put(2, "south", "x2_", title="changed")
    sites.sql("delete from s_things where id = 3", instance="north")
    north, south = sites.land().tables
    assert (north.rows_landed, north.rows_deleted, south.rows_landed, south.rows_deleted) == (0, 1, 1, 0)
    assert [row for row in sites.staging(("id", "title")) if row[1] in (2, 3)] == [
        ("north", 2, "thing 2"), ("south", 2, "changed"), ("south", 3, "southern thing 3")
    ]  # fmt: skip


def test_each_site_has_its_own_cursor(sites):
    sites.fetch(WINDOW)
    sites.land()
    sites.later()
    sites.put(4, "north")
    north, south = sites.land().tables
    assert (north.mode, north.rows_landed, south.mode, south.rows_landed) == ("window", 1, "window", 0)


def test_a_person_is_another_on_each_site_and_an_address_is_one(sites):
    sites.contract(OWNED)
    for site, prefix in (("north", "s_"), ("south", "x2_")):
        sites.sql(f"alter table {prefix}things add column owner bigint", instance=site)
        sites.sql(f"update {prefix}things set owner = 7", instance=site)
    sites.land()
    pairs = sites.rows("select count(distinct email), count(distinct owner) from staging_shop.s_things")
    assert pairs == [(3, 2)]


def test_a_site_that_does_not_answer_does_not_stop_the_others(sites):
    (sites.folder / "north.sqlite").unlink()
    sites.given["connect_attempts"] = 1
    outcome = sites.land()
    assert [type(error) for error in outcome.errors] == [SourceUnreachable]
    assert str(outcome.errors[0]).startswith("shop/north: ")
    assert {row[0] for row in sites.staging()} == {"south"}


def test_a_wrong_prefix_is_a_missing_table_of_that_site(sites):
    sites.sources["south"]["table_prefix"] = "x3_"
    outcome = sites.land()
    wrong = [table.error for table in outcome.tables if table.error]
    assert [type(error) for error in wrong] == [TableMismatch]
    assert "shop/south has no table x3_things (contract: shop.s_things)" in str(wrong[0])
    assert {row[0] for row in sites.staging()} == {"north"}


def test_a_site_that_joins_later_lands_beside_the_others(sites):
    south = sites.sources.pop("south")
    sites.land()
    sites.sources["south"] = south
    north, joined = sites.land().tables
    assert (north.rows_landed, joined.rows_landed, joined.mode) == (0, 3, "full")
    assert len(sites.staging()) == 6
