"""Files dropped into a folder: landed once, put away, or sent to quarantine with a reason; none is lost."""

from __future__ import annotations

import os
import time
from pathlib import Path

from pipelines.sources.csv_drop.folder import FolderMover
from tests.landing.drops.desk import COSTS, SCHOOLS, Desk

JANUARY = COSTS + "Fair,fair,2026-01-01,10.00,GBP\nAds,search,2026-01-01,2.50,GBP\n"


def test_a_file_lands_once_and_ends_in_the_archive(desk):
    desk.drop("campaigns-2026.csv", JANUARY)
    (table, empty) = desk.landed().tables
    assert (table.rows_read, table.rows_landed, table.file_key) == (2, 2, "drop/campaigns-2026.csv")
    assert (empty.contract.name, empty.rows_read) == ("school_register", 0)
    assert desk.costs() == [("Ads", "2026-01", "2.50"), ("Fair", "2026-01", "10.00")]
    assert (desk.files("drop"), desk.files("archive")) == ([], ["campaigns-2026.csv"])
    assert desk.text("archive", "campaigns-2026.csv") == JANUARY
    assert desk.landed().tables == []
    archived = next(path for path in (desk.place / "archive").rglob("*.csv"))
    assert archived.stat().st_mode & 0o077 == 0


def test_a_later_file_corrects_an_earlier_one_in_any_order(desk):
    desk.drop("campaigns-2.csv", COSTS + "Fair,fair,2026-01-01,12.00,GBP\n", minute=2)
    desk.landed()
    desk.drop("campaigns-1.csv", JANUARY, minute=1)
    (late,) = desk.landed().tables
    assert (late.rows_landed, late.filtered["superseded"]) == (1, 1)
    assert desk.costs() == [("Ads", "2026-01", "2.50"), ("Fair", "2026-01", "12.00")]


def test_a_file_that_says_all_of_its_table_deletes_what_it_lacks_and_an_older_one_does_not_count(desk):
    two = SCHOOLS + "1,One,primary,academy,London,10,open,\n2,Two,primary,academy,London,x,open,\n"
    desk.drop("school_register-b.csv", two.replace(",x,", ",20,") + "3,Three,,,,,open,\n", minute=2)
    desk.landed()
    desk.drop("school_register-c.csv", two, minute=3)
    (newest,) = desk.landed().tables
    assert (newest.rows_quarantined, newest.rows_deleted, newest.filtered["unchanged"]) == (1, 1, 1)
    assert desk.rows("select urn, pupils from staging_drops.school_register order by urn") == [
        ("1", 10),
        ("2", 20),
    ]
    desk.drop("school_register-a.csv", SCHOOLS + "9,Nine,,,,,open,\n", minute=1)
    outcome = desk.landed()
    assert outcome.tables[0].filtered["superseded"] == 1
    assert "is older than the last file of school_register" in outcome.warnings[0]
    assert len(desk.rows("select * from staging_drops.school_register")) == 2
    assert len(desk.files("archive")) == 3


def test_too_many_deletes_stop_the_file_and_leave_it(desk):
    many = "".join(f"{number},School,,,,,open,\n" for number in range(100))
    desk.drop("school_register.csv", SCHOOLS + many)
    desk.landed()
    desk.drop("school_register.csv", SCHOOLS + "1,School,,,,,open,\n")
    (stopped,) = desk.land().tables
    assert "99 of 100 known rows are missing" in str(stopped.error)
    assert desk.files("drop") == ["school_register.csv"]
    assert len(desk.rows("select * from staging_drops.school_register")) == 100


def test_the_same_content_under_another_name_lands_nothing_and_is_told(desk):
    desk.drop("campaigns-a.csv", JANUARY)
    desk.drop("campaigns-b.csv", JANUARY)
    outcome = desk.landed()
    assert outcome.tables[1].filtered["same_content"] == 2
    (warning,) = outcome.warnings
    assert "drop/campaigns-b.csv says the same as the last file of campaigns" in warning
    assert desk.files("archive") == ["campaigns-a.csv", "campaigns-b.csv"]


def test_content_that_was_replaced_and_comes_back_counts_again(desk):
    for cost in ("10.00", "11.00", "10.00"):
        desk.drop("campaigns.csv", COSTS + f"Fair,fair,2026-01-01,{cost},GBP\n")
        desk.landed()
        assert desk.costs() == [("Fair", "2026-01", cost)]
    assert len(desk.files("archive")) == 3


USELESS = {
    "minutes.csv": ("a,b\n1,2\n", "No contract is for a file of this name."),
    "campaigns.xlsx": ("PK", "No contract is for a file of this name."),
    "campaigns-1.csv": ("", "The file is empty."),
    "campaigns-2.csv": (COSTS, "It has a header and no row."),
    "campaigns-3.csv": (COSTS + ",,,,\n", "It has a header and no row."),
    "campaigns-4.csv": ("Name,Mail\nWinifred Oakes,w@oakes.example\n", "lacks campaign, channel, month"),
    "campaigns-5.csv": (COSTS + "Fair,fair,soon,1,GBP\nFair\n", "None of its 2 rows fits"),
}


def test_a_file_that_cannot_be_used_goes_to_quarantine_with_its_reason(desk):
    for name, (content, _) in USELESS.items():
        desk.drop(name, content)
    outcome = desk.landed()
    assert desk.files("drop") == desk.files("archive") == []
    assert desk.files("quarantine") == sorted([*USELESS, *(f"{name}.reason.txt" for name in USELESS)])
    for name, (content, said) in USELESS.items():
        assert desk.text("quarantine", name) == content
        assert said in desk.text("quarantine", f"{name}.reason.txt")
        assert [said in warning for warning in outcome.warnings if f"drop/{name} " in warning] == [True]
        assert "Winifred" not in "".join(outcome.warnings) + desk.text("quarantine", f"{name}.reason.txt")
    assert desk.rows("select count(*) from ops.quarantine") == [(0,)]
    assert desk.rows("select status, moved, count(*) from ops.drops group by all") == [("refused", True, 7)]


def test_bad_rows_are_sealed_and_land_when_they_are_corrected_or_the_contract_is(desk):
    desk.drop(
        "campaigns.csv",
        JANUARY + "Fair,fair,2026-02-30,3.00,GBP\nFair,fair\nStand,fair,2026-02-01,about 4,GBP\n",
    )
    desk.landed()
    refused = "select reason, column_name, position, status from ops.quarantine order by position"
    assert desk.rows(refused) == [
        ("not_a_date", "month", 3, "open"), ("width", "", 4, "open"),
        ("number_not_lossless", "cost", 5, "open"),
    ]  # fmt: skip
    desk.replay()
    desk.drop("campaigns-again.csv", COSTS + "Stand,fair,2026-02-01,4.00,GBP\n")
    desk.landed()
    assert [status for *_, status in desk.rows(refused)] == ["open", "open", "superseded"]


def test_a_file_that_is_not_finished_stays(desk):
    desk.drop("campaigns.csv.part", JANUARY)
    desk.drop("_SUCCESS", "")
    desk.landed()
    assert desk.files("drop") == ["_SUCCESS", "campaigns.csv.part"]


def test_a_file_replaced_while_it_is_read_lands_with_the_next_run(desk, monkeypatch):
    desk.drop("campaigns.csv", JANUARY)

    def blocks(place, stored):
        yield JANUARY.encode()
        desk.drop("campaigns.csv", COSTS + "Fair,fair,2026-01-01,99.00,GBP\n")
        place._store.open(stored).close()

    with monkeypatch.context() as patched:
        patched.setattr("pipelines.sources.csv_drop.place.Place.blocks", blocks)
        outcome = desk.land()
    assert "drop/campaigns.csv was replaced after it was listed" in str(outcome.tables[0].error)
    assert desk.rows("select count(*) from staging_drops.campaigns") == [(0,)]
    desk.landed()
    assert desk.costs() == [("Fair", "2026-01", "99.00")]
    assert desk.rows("select status from ops.drops order by modified") == [("gone",), ("landed",)]


def test_a_file_replaced_before_it_is_put_away_stays_and_lands_next(desk, monkeypatch):
    desk.drop("campaigns.csv", JANUARY)
    remove = FolderMover.remove

    def late(mover, stored):
        desk.drop("campaigns.csv", COSTS + "Fair,fair,2026-01-01,99.00,GBP\n")
        remove(mover, stored)

    with monkeypatch.context() as patched:
        patched.setattr(FolderMover, "remove", late)
        (error,) = desk.land().errors
    assert "was replaced after it was listed" in str(error)
    desk.landed()
    assert desk.costs() == [("Ads", "2026-01", "2.50"), ("Fair", "2026-01", "99.00")]
    assert desk.files("archive") == ["campaigns.csv", "campaigns.csv"]


def test_what_was_kept_long_enough_goes(desk):
    desk.sources["main"] |= {"archive_days": 10, "quarantine_days": 2}
    desk.drop("campaigns.csv", JANUARY)
    desk.drop("minutes.csv", "a\n")
    desk.landed()
    kept = [path for part in ("archive", "quarantine") for path in (desk.place / part).rglob("*.*")]
    for path in kept:
        os.utime(path, (time.time() - 5 * 86400,) * 2)
    desk.landed()
    assert (desk.files("archive"), desk.files("quarantine")) == (["campaigns.csv"], [])


def test_a_file_that_was_claimed_and_not_seen_for_a_while_lands_when_it_is_there(desk, monkeypatch):
    path = desk.drop("campaigns.csv", JANUARY)
    with monkeypatch.context() as patched:
        patched.setattr("pipelines.landing.drops.instance.DropsLanding._land", lambda *_: None)
        desk.land()
    hidden = path.rename(desk.folder / "hidden.csv")
    desk.landed()
    assert desk.rows("select status, moved from ops.drops") == [("gone", True)]
    hidden.rename(path)
    desk.landed()
    assert len(desk.costs()) == 2
    assert desk.rows("select status, moved from ops.drops") == [("landed", True)]


def test_a_file_most_of_which_fits_nowhere_is_refused_whole(desk, monkeypatch):
    monkeypatch.setattr("pipelines.landing.drops.load._MANY", 3)
    desk.drop("campaigns.csv", JANUARY + "Fair,fair,soon,1.00,GBP\n" * 3 + "Fair\n" * 3)
    (warning,) = desk.landed().warnings
    assert "6 of its first 8 rows do not fit campaigns (3 × not_a_date of month, 3 × width)" in warning
    assert desk.files("quarantine") == ["campaigns.csv", "campaigns.csv.reason.txt"]


def test_sealed_rows_have_their_own_period(desk):
    desk.drop("campaigns.csv", JANUARY + "Fair,fair\n")
    desk.landed()
    desk.sources["main"] |= {"sealed_days": 10}
    kept = "select status, octet_length(sealed_payload) > 0 from ops.quarantine"
    desk.landed()
    assert desk.rows(kept) == [("open", True)]
    desk.warehouse.execute("update ops.quarantine set last_seen = last_seen - interval 11 days")
    desk.landed()
    assert desk.rows(kept) == [("expired", False)]
    assert desk.replay().tables == []


def test_a_folder_that_may_not_be_written_is_one_sentence(desk, monkeypatch):
    desk.drop("campaigns.csv", JANUARY)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        (error,) = desk.land().errors
    assert "could not be written or removed (No space left on device)" in str(error)
    assert desk.files("drop") == ["campaigns.csv"]
    desk.landed()
    assert len(desk.costs()) == 2


def test_one_object_is_landed_where_an_event_names_it(desk: Desk):
    desk.drop("campaigns-a.csv", JANUARY)
    desk.drop("campaigns-b.csv", JANUARY)
    desk.land(only={"drop/campaigns-b.csv"})
    assert desk.files("drop") == ["campaigns-a.csv"]
