"""The ledger: counts that are recounted, cursors that move only with a commit, and killed loads settled."""

from __future__ import annotations

import json

import pytest

from pipelines.errors import Unbalanced
from pipelines.landing import commit as the_commit
from pipelines.landing.load import Package
from tests.landing.shop import CONTRACT, WINDOW, Shop, day, epoch


@pytest.fixture
def three(shop) -> Shop:
    shop.sqlite(key=" primary key")
    shop.fetch(WINDOW)
    for number in (1, 2, 3):
        shop.put(number)
    return shop


def outcomes(shop: Shop) -> list[tuple]:
    return shop.rows("select outcome, rows_landed from ops.landings order by looked_at")


def killed(shop: Shop, monkeypatch, where: object, name: str) -> None:
    """A landing that dies when it comes to this function."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as deadly:
        deadly.setattr(where, name, die)
        with pytest.raises(KeyboardInterrupt):
            shop.land()


def test_a_ledger_row_tells_the_whole_landing(three):
    three.put(3, price="much")
    three.landed()
    [row] = three.rows(
        "select run_id, platform, instance, table_name, mode, rows_read, rows_to_land, rows_landed, "
        "rows_quarantined, rows_filtered, filtered_by, rows_deleted, outcome, cursor_high, swept, error "
        "from ops.landings"
    )
    none_yet = '{"duplicate": 0, "unchanged": 0}'
    high = str(epoch(three.clock))
    assert row == (
        "run-1", "shop", "main", "s_things", "full", 3, 2, 2, 1, 0, none_yet, 0, "closed", high, True, None
    )  # fmt: skip
    [(read, seconds, landed_at, looked_at)] = three.rows(
        "select bytes_read, seconds, landed_at, looked_at from ops.landings"
    )
    assert read > 0
    assert seconds > 0
    assert landed_at >= looked_at


def test_filtered_rows_are_counted_by_reason(three):
    three.landed()
    three.put(1, title="new")
    three.landed()
    [(filtered,)] = three.rows("select filtered_by from ops.landings where run_id = 'run-2'")
    assert json.loads(filtered) == {"duplicate": 0, "unchanged": 2}


def test_a_row_lost_after_the_commit_is_seen(three, monkeypatch):
    commit = Package.commit

    def lose_one(package: Package) -> None:
        commit(package)
        three.rows("delete from staging_shop.s_things where id = 2")

    monkeypatch.setattr(Package, "commit", lose_one)
    [table] = three.land().tables
    assert type(table.error) is Unbalanced
    assert str(table.error).startswith(
        "shop/main: s_things read 3 rows, but landed 2 + quarantined 0 + filtered 0."
    )
    said = three.rows("select outcome, rows_landed, error from ops.landings")
    assert said == [("failed", 2, str(table.error))]


def test_a_failed_landing_moves_no_cursor_so_the_lost_row_comes_again(three):
    commit = Package.commit

    def lose_one(package: Package) -> None:
        commit(package)
        three.rows("delete from staging_shop.s_things where id = 2")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Package, "commit", lose_one)
        three.land()
    three.later(days=1)
    again = three.landed()
    assert (again["mode"], again["landed"], again["unchanged"]) == ("full", 1, 2)
    assert three.ids() == [1, 2, 3]


def test_a_row_counted_twice_is_seen(three, monkeypatch):
    commit = Package.commit

    def double(package: Package) -> None:
        commit(package)
        three.rows("insert into staging_shop.s_things select * from staging_shop.s_things where id = 1")

    monkeypatch.setattr(Package, "commit", double)
    assert type(three.land().tables[0].error) is Unbalanced


# ---------------------------------------------------------------- killed runs


def test_killed_before_the_commit_nothing_arrived_and_all_is_read_again(three, monkeypatch):
    three.landed()
    three.later()
    three.put(7)
    killed(three, monkeypatch, Package, "commit")
    assert outcomes(three) == [("closed", 3), ("open", None)]
    three.later()
    landed = three.landed()
    assert outcomes(three) == [("closed", 3), ("abandoned", 0), ("closed", 1)]
    assert (landed["mode"], landed["landed"]) == ("window", 1)
    assert three.ids() == [1, 2, 3, 7]


def test_killed_after_the_commit_the_load_counts_and_its_cursor_too(three, monkeypatch):
    three.landed()
    three.later()
    three.put(7)
    killed(three, monkeypatch, the_commit, "_close")
    assert three.ids() == [1, 2, 3, 7]
    three.later()
    landed = three.landed()
    assert outcomes(three) == [("closed", 3), ("closed", 1), ("closed", 0)]
    # 7 was changed after the first window: read once more only if the second's cursor had not counted
    assert (landed["mode"], landed["landed"]) == ("window", 0)
    [(days,)] = three.rows(
        "select list(cast(partition_date as varchar)) from ops.touched_partitions where load_id = 'settled'"
    )
    assert days == [day(7)]


def test_killed_halfway_through_a_load_it_is_abandoned_and_repeated(three, monkeypatch):
    killed(three, monkeypatch, the_commit, "_close")
    three.rows("delete from staging_shop.s_things where id = 2")
    assert three.landed()["landed"] == 1
    assert outcomes(three) == [("abandoned", 2), ("closed", 1)]
    assert three.ids() == [1, 2, 3]


def test_killed_after_a_commit_of_deletes_alone_they_are_looked_for_again(three, monkeypatch):
    three.fetch("")
    three.landed()
    three.sql("delete from s_things where id = 3")
    killed(three, monkeypatch, the_commit, "_close")
    assert three.ids() == [1, 2]
    assert three.landed()["deleted"] == 0
    assert [outcome for outcome, _ in outcomes(three)] == ["closed", "abandoned", "closed"]
    assert three.rows("select count(*) from ops.touched_partitions where load_id = 'settled'") == [(1,)]


def test_killed_again_and_again_staging_is_what_one_run_gives(three, monkeypatch):
    three.landed()
    for number in (4, 5):
        three.later()
        three.put(number)
        three.sql(
            "update s_things set title = title || '+', changed = ? where id = 1", epoch(three.clock) - 1
        )
        killed(three, monkeypatch, *((Package, "commit") if number == 4 else (the_commit, "_close")))
    three.later()
    three.landed()
    three.fetch("")
    assert three.landed()["landed"] == 0
    assert three.ids() == [1, 2, 3, 4, 5]


def test_an_open_row_of_a_table_that_left_the_contract_is_settled(three, monkeypatch):
    killed(three, monkeypatch, Package, "commit")
    three.contract(CONTRACT.replace("s_things", "s_others"))
    (three.folder / "shop.yml").write_text(
        "platform: shop\nkind: replica\ntable_prefix: s_\ntables: {s_others: {}}\n"
    )
    outcome = three.land()
    assert "has no table s_others" in str(outcome.tables[0].error)
    assert outcomes(three) == [("abandoned", 0), ("failed", 0)]


# ---------------------------------------------------------------- drift


def test_what_the_source_offers_beside_the_contract_is_recorded(three):
    three.sql("alter table s_things add column surprise text")
    three.landed()
    assert three.rows("select run_id, instance, table_name, column_name from ops.drift") == [
        ("run-1", "main", "s_things", "surprise")
    ]
    assert "surprise" not in three.warehouse.columns("staging_shop", "s_things")
