"""Whatever happens at a source, in what order and split, and wherever a load is killed: the same staging.

Four tables at once, each with a history of its own, because a landing costs more than a table in it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.landing import commit as the_commit
from pipelines.landing.load import Package
from tests.conftest import LONG
from tests.landing.shop import BUSINESS, CONTRACT, DAY, DDL, START, Shop, epoch, open_shop

HEAD, TABLE = CONTRACT.split("      - name: s_things\n")
# name: how it is fetched, and what follows the type of its id at the source
TABLES = {
    "s_full": ("", " primary key"),
    "s_paged": ("page_rows: 2", ""),
    "s_window": ("cursor: {column: changed, unit: epoch_seconds}, page_rows: 2, overlap: 60", ""),
    "s_keyless": ("cursor: {column: changed, unit: epoch_seconds}, overlap: 60", " "),
}
EVERY_CONTRACT = HEAD + "".join(f"      - name: {name}\n{TABLE}" for name in TABLES)
EVERY_FETCH = "platform: shop\nkind: replica\ntable_prefix: s_\ntables:\n" + "".join(
    f"  {name}: {{{fetch}}}\n" for name, (fetch, _) in TABLES.items()
)

CHANGES = st.tuples(
    st.sampled_from(["put", "put", "delete", "put twice"]),
    st.integers(1, 5),  # which thing
    st.integers(0, 3),  # its title, and how many days ago it was made
    st.booleans(),  # whether it has a time of change at all
)
ROUNDS = st.fixed_dictionaries(
    {name: st.lists(CHANGES, max_size=4) for name in TABLES}
    | {"ends": st.sampled_from(["well", "well", "killed before the commit", "killed after the commit"])}
)


def make_sources(shop: Shop) -> None:
    shop.contract(EVERY_CONTRACT)
    (shop.folder / "shop.yml").write_text(EVERY_FETCH)
    shop.sources["main"] = {"url": f"sqlite:///{shop.folder / 'main.sqlite'}"}
    for name, (_, key) in TABLES.items():
        # only `integer primary key` is a key that SQLite's reader pages by
        ddl = DDL % (name, key)
        shop.sql(ddl if key else ddl.replace("id bigint", "id integer primary key"))
    shop.given |= {"sweep": "always", "max_delete_rows": 1000}


def change(shop: Shop, table: str, what: str, number: int, value: int, timed: bool) -> None:
    """One change at the source. Its clock moves, as real clocks do between two changes of one row."""
    shop.clock = shop.clock.replace(microsecond=0)
    shop.later(seconds=1)
    if what != "put twice" or table != "s_keyless":
        shop.sql(f"delete from {table} where id = ?", number)
    if what == "delete":
        return
    # where a key can be there twice, only a time of change can tell which row is the newer
    changed = epoch(shop.clock) if timed or table == "s_keyless" else None
    row = (number, f"title {value}", f"{value}.5", "p@x.example", "2026-01-02", epoch(START) - value * DAY)
    shop.sql(f"insert into {table} values (?, ?, ?, ?, ?, ?, ?, '')", *row, changed)


def land(shop: Shop, ends: str) -> None:
    """A landing that ends well, or dies just before or just after what it read is committed."""
    shop.later(minutes=10)
    owner, name = (Package, "commit") if ends == "killed before the commit" else (the_commit, "_close")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    if ends == "well":
        outcome = shop.land()
        assert [table.error for table in outcome.tables] == [None] * len(TABLES)
        return
    with pytest.MonkeyPatch.context() as deadly:
        deadly.setattr(owner, name, die)
        with pytest.raises(KeyboardInterrupt):
            shop.land()


def staged(shop: Shop) -> dict[str, list[tuple[Any, ...]]]:
    return {name: shop.staging(BUSINESS, name) for name in TABLES}


class Marts:
    """What a model has that rebuilds only the days a load touched: by table and day, the rows of staging."""

    def __init__(self) -> None:
        self.days: dict[str, dict[str, list[tuple[Any, ...]]]] = defaultdict(dict)
        self._seen = -1

    def build(self, shop: Shop) -> None:
        touched = shop.rows(
            "select rowid, table_name, cast(partition_date as varchar) from ops.touched_partitions "
            "where rowid > ? order by rowid", self._seen
        )  # fmt: skip
        for rowid, table, day in touched:
            self._seen = max(self._seen, rowid)
            rows = [row for row in shop.staging(BUSINESS, table) if self.day(row) == day]
            self.days[table][day] = rows

    @staticmethod
    def day(row: tuple[Any, ...]) -> str:
        made = row[1 + BUSINESS.index("made")]
        return f"2026-07-{31 - (epoch(START) - made) // DAY:02}"

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        return sorted((row for rows in self.days[table].values() for row in rows), key=repr)


@settings(max_examples=100 if LONG else 4)
@given(rounds=st.lists(ROUNDS, min_size=1, max_size=4))
def test_any_order_and_split_of_loads_ends_as_one_full_load_does(tmp_path_factory, rounds):
    with open_shop(tmp_path_factory.mktemp("history")) as shop:
        make_sources(shop)
        marts = Marts()
        for done in [*rounds, {"ends": "well"}]:
            for table in TABLES:
                for made in done.get(table, []):
                    change(shop, table, *made)
            land(shop, done["ends"])
            if done["ends"] == "well":
                marts.build(shop)
        histories = staged(shop)
        assert {table: marts.rows(table) for table in TABLES} == {
            table: sorted(rows, key=repr) for table, rows in histories.items()
        }
        shop.close()
        shop.given["home"] = shop.folder / "another home"
        land(shop, "well")
        assert histories == staged(shop)
