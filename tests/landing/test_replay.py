"""Replay: quarantined rows land after the fix, exactly as they were, unless something newer is there."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.errors import SettingsError
from tests.landing.shop import CONTRACT, WINDOW, Shop, counts, epoch

LONG = "a title of «it's» 🏫 \\ 25"
WIDER = CONTRACT.replace("text(20)", "text(60)")


@pytest.fixture
def refused(shop) -> Shop:
    """Thing 1 landed; thing 2 is in quarantine for its long title."""
    shop.sqlite()
    shop.put(1)
    shop.put(2, title=LONG)
    assert shop.landed()["refused"] == 1
    return shop


def statuses(shop: Shop) -> list[str]:
    return [
        status for (status,) in shop.rows("select status from ops.quarantine order by first_seen, position")
    ]


def test_a_row_lands_after_the_fix_exactly_as_it_was(refused):
    refused.contract(WIDER)
    assert counts(refused.replay()) == {"mode": "replay", "read": 1, "landed": 1, "refused": 0, "deleted": 0}
    _, number, title, price, email, _, made, changed = refused.staging()[1]
    assert (number, title, price) == (2, LONG, Decimal("2.50"))
    assert (made, changed) == (epoch(refused.clock) - 2 * 86400, epoch(refused.clock) - 1)
    assert statuses(refused) == ["replayed"]
    assert refused.rows("select mode, outcome, rows_landed from ops.landings order by looked_at")[-1] == (
        "replay", "closed", 1
    )  # fmt: skip
    # what was replayed is what a read brings, its person too
    assert refused.landed()["unchanged"] == 2
    assert email.startswith("k1:")


def test_replayed_twice_it_lands_once(refused):
    refused.contract(WIDER)
    refused.replay()
    assert refused.replay().tables == []
    assert refused.ids() == [1, 2]


def test_what_is_still_refused_stays_open_under_its_first_mark(refused):
    before = refused.rows("select payload_mac, load_id, first_seen from ops.quarantine")
    assert counts(refused.replay()) == {"mode": "replay", "read": 1, "landed": 0, "refused": 1, "deleted": 0}
    assert statuses(refused) == ["open"]
    assert refused.rows("select payload_mac, load_id, first_seen from ops.quarantine") == before


def test_what_is_still_refused_under_a_contract_with_more_columns_is_still_one_row(refused):
    """Opened under the new contract its payload has a column more, and so would have another mark."""
    lines = CONTRACT.splitlines(keepends=True)
    more = next(line for line in lines if "{name: made" in line).replace("made", "sold")
    refused.contract(CONTRACT + more)
    assert counts(refused.replay())["refused"] == 1
    assert statuses(refused) == ["open"]


def test_of_several_rows_those_that_can_land_do(refused):
    refused.put(3, price="three pounds")
    refused.put(4, title=LONG + "!")
    refused.landed()
    refused.contract(WIDER)
    assert counts(refused.replay()) == {"mode": "replay", "read": 3, "landed": 2, "refused": 1, "deleted": 0}
    assert refused.ids() == [1, 2, 4]
    assert statuses(refused) == ["replayed", "open", "replayed"]


def test_of_several_versions_of_one_row_the_newest_lands(refused):
    refused.later()
    refused.put(2, title=LONG + " 2")
    refused.landed()
    refused.contract(WIDER)
    assert counts(refused.replay())["duplicate"] == 1
    assert refused.staging(("id", "title"))[1] == ("main", 2, LONG + " 2")
    assert statuses(refused) == ["replayed", "replayed"]


def test_a_row_that_was_corrected_at_its_source_leaves_quarantine(refused):
    refused.later()
    refused.put(2, title="mended")
    refused.landed()
    assert statuses(refused) == ["superseded"]
    refused.contract(WIDER)
    assert refused.replay().tables == []
    assert refused.staging(("id", "title")) == [("main", 1, "thing 1"), ("main", 2, "mended")]


def test_a_row_that_stays_refused_beside_a_change_of_another_stays_in_quarantine(refused):
    refused.put(1, title="changed")
    refused.landed()
    assert statuses(refused) == ["open"]


def twice(shop: Shop, landed: str, changed: int) -> None:
    """Thing 2 once more, with a title that can land, in a source that lets a key be there twice."""
    shop.put(1000, title=landed, changed=changed)
    shop.sql("update s_things set id = 2 where id = 1000")
    assert shop.landed()["refused"] == 1
    assert statuses(shop) == ["open"]
    shop.contract(WIDER)


def test_a_newer_row_that_landed_is_not_overwritten(refused):
    twice(refused, "newer", epoch(refused.clock) + 5)
    assert counts(refused.replay()) == {
        "mode": "replay", "read": 1, "landed": 0, "refused": 0, "deleted": 0, "superseded": 1
    }  # fmt: skip
    assert refused.staging(("id", "title"))[1] == ("main", 2, "newer")
    assert statuses(refused) == ["replayed"]


def test_an_older_row_that_landed_is_overwritten(refused):
    twice(refused, "older", 5)
    assert counts(refused.replay())["landed"] == 1
    assert refused.staging(("id", "title"))[1] == ("main", 2, LONG)


def test_without_a_version_what_landed_stays(refused):
    twice(refused, "landed", 5)
    refused.contract(WIDER.replace("version: changed, ", ""))
    assert counts(refused.replay())["superseded"] == 1
    assert refused.staging(("id", "title"))[1] == ("main", 2, "landed")


def test_a_replay_moves_no_cursor_and_deletes_nothing(refused):
    refused.fetch(WINDOW)
    refused.landed()
    before = refused.rows("select max(cursor_high) from ops.landings")
    refused.replay()
    assert refused.ids() == [1]
    refused.later()
    assert refused.landed()["mode"] == "window"
    assert before != [(None,)]


def test_bytes_and_great_numbers_come_back_as_they_were(shop):
    shop.sqlite(ddl=CREATE_PLAIN)
    shop.sql(
        "insert into s_things values (1, cast(x'ff41' as text), null, ?, '2026-01-02', 0, 0, '')",
        "a@b.example",
    )
    shop.put(2, title=LONG, made=2**40, price=2.25)
    assert shop.landed()["refused"] == 2
    shop.contract(WIDER)
    assert counts(shop.replay())["landed"] == 1
    assert shop.staging(("id", "title", "price", "made")) == [("main", 2, LONG, Decimal("2.25"), 2**40)]
    assert statuses(shop) == ["open", "replayed"]


CREATE_PLAIN = "create table %s (id%s, title, price, email, day, made, changed, letter)"


def test_with_another_sealing_key_nothing_is_replayed(refused):
    refused.given["sealing_key"] = "ef" * 32
    refused.contract(WIDER)
    outcome = refused.replay()
    assert [type(error) for error in outcome.errors] == [SettingsError]
    assert statuses(refused) == ["open"]
    assert refused.ids() == [1]
