"""The bookshelf sample: deterministic, of the schools that pay for it, as dirty as its docstring says.

And what its landing makes of the dirt."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from expectations.checkpoint import check
from expectations.suite import Scope
from scripts.sample_sources import AS_OF
from scripts.sample_sources.bookshelf import write_bookshelf
from scripts.sample_sources.bookshelf_dirt import NEVER_LANDS, UNKNOWN_BOOK
from scripts.sample_sources.bookshelf_tables import TABLES
from scripts.sample_sources.subscriptions import write_subscriptions
from tests.landing.own_warehouse import Landed

CONTRACT = Path("dbt_project/models/staging/bookshelf/_bookshelf__sources.yml")
GUID = "________-____-____-____-____________"
TWICE = "(SELECT SessionId FROM ReadingSessions GROUP BY 1 HAVING count(*) > 1)"
TWO_VERSIONS = "(SELECT AccountId FROM Accounts GROUP BY 1 HAVING count(DISTINCT UpdatedAt) = 2)"
SEATED = "SELECT count(DISTINCT AccountId) FROM Activations WHERE Activations.LicenceId = Licences.LicenceId"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder `sample` with both files, at scale 1."""
    made = tmp_path_factory.mktemp("shelf") / "sample"
    made.mkdir()
    write_subscriptions(made / "subscriptions.sqlite", 1, AS_OF)
    write_bookshelf(made / "bookshelf.sqlite", 1, AS_OF, made / "subscriptions.sqlite")
    return made


@pytest.fixture(scope="module")
def sample(folder) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(folder / "bookshelf.sqlite")) as connection:
        connection.execute("ATTACH ? AS shop", (str(folder / "subscriptions.sqlite"),))
        yield connection


def rows(sample: sqlite3.Connection, sql: str) -> list[tuple]:
    return sample.execute(sql).fetchall()


def test_the_same_scale_gives_the_same_bytes(folder, tmp_path):
    write_bookshelf(tmp_path / "again.sqlite", 1, AS_OF, folder / "subscriptions.sqlite")
    assert (tmp_path / "again.sqlite").read_bytes() == (folder / "bookshelf.sqlite").read_bytes()


def test_it_has_exactly_the_tables_and_columns_of_the_contract(sample):
    declared = {
        table["name"]: {
            column["name"] for column in table["columns"] if "derive" not in column["config"]["meta"]
        }
        for table in yaml.safe_load(CONTRACT.read_text())["sources"][0]["tables"]
    }
    written = {table: {row[1] for row in rows(sample, f"PRAGMA table_info({table})")} for table in TABLES}
    assert written == declared


def test_its_size_lets_a_run_stay_near_a_minute(sample):
    counts = [rows(sample, f"SELECT count(*) FROM {table}")[0][0] for table in TABLES]
    assert 8_000 < sum(counts) < 30_000


def test_nothing_is_entered_after_as_of(sample):
    for table in TABLES:
        assert rows(sample, f"SELECT max(UpdatedAt) <= '{AS_OF}' FROM {table}") == [(1,)], table


def test_licences_are_of_schools_that_pay_and_reading_happens_while_they_run(sample):
    paying = (
        "SELECT o.urn FROM shop.organisations o JOIN shop.subscriptions s ON s.organisation_id = o.id "
        "JOIN shop.products p ON p.id = s.product_id WHERE p.code = 'SHELF'"
    )
    strangers = rows(
        sample, f"SELECT DISTINCT SchoolUrn FROM Licences WHERE SchoolUrn NOT IN ({paying} AND urn > '')"
    )
    assert sorted(strangers) == [("999999",), ("n/a",)]
    covered = (
        "SELECT count(*) FROM ReadingSessions r WHERE EXISTS (SELECT 1 FROM Activations a "
        "JOIN Licences l ON l.LicenceId = a.LicenceId WHERE a.AccountId = r.AccountId "
        "AND date(r.StartedAt) BETWEEN l.StartsOn AND l.EndsOn)"
    )
    ((within,),) = rows(sample, covered)
    ((all_of_them,),) = rows(sample, "SELECT count(*) FROM ReadingSessions")
    assert all_of_them - within == 8, "only the accounts of the dirt read without a licence"


def test_teachers_are_contacts_of_the_subscription_service(sample):
    ((shared,),) = rows(
        sample, "SELECT count(*) FROM Accounts a JOIN shop.contacts c ON c.email = a.Email COLLATE NOCASE"
    )
    assert shared > 80


def test_nobody_reads_at_the_weekend_or_in_the_summer(sample):
    odd = "strftime('%w', StartedAt) IN ('0', '6') OR strftime('%m', StartedAt) = '08'"
    assert rows(sample, f"SELECT count(*) FROM ReadingSessions WHERE {odd}") == [(0,)]


def test_some_schools_read_less_before_they_lapse(sample):
    """Sittings in the last 60 days of a school's last licence, against those in its first 240."""
    ((last, before),) = rows(
        sample,
        "SELECT sum(julianday(l.EndsOn) - julianday(r.StartedAt) < 60), "
        "sum(julianday(r.StartedAt) - julianday(l.StartsOn) < 240) FROM Licences l "
        "JOIN Accounts a ON a.SchoolUrn = l.SchoolUrn JOIN ReadingSessions r ON r.AccountId = a.AccountId "
        "AND date(r.StartedAt) BETWEEN l.StartsOn AND l.EndsOn WHERE l.EndsOn < '2026-06-30' AND NOT EXISTS "
        "(SELECT 1 FROM Licences n WHERE n.SchoolUrn = l.SchoolUrn AND n.StartsOn > l.StartsOn)",
    )
    assert 0 < last < before / 8


@pytest.mark.parametrize(
    ("table", "condition", "expected"),
    [
        ("ReadingSessions", "EndedAt < StartedAt", 3),
        ("ReadingSessions", "EndedAt > datetime(StartedAt, '+1 day')", 2),
        ("ReadingSessions", "PagesRead < 0", 3),
        ("ReadingSessions", "SecondsActive < 0", 1),
        ("ReadingSessions", "typeof(PagesRead) = 'text'", 1),
        ("ReadingSessions", f"BookId = {UNKNOWN_BOOK}", 1),
        ("ReadingSessions", f"SessionId NOT LIKE '{GUID}'", 0),
        ("ReadingSessions", f"SessionId IN {TWICE}", 2),
        ("Activations", f"BookId = {UNKNOWN_BOOK}", 1),
        ("Accounts", "Email IS NULL", 1),
        ("Accounts", "Email = ' '", 1),
        ("Accounts", "lower(Email) = 'class3@example.org'", 2),
        ("Accounts", "AccountType = 'publisher'", 2),
        ("Accounts", "Email LIKE '%@ourcompany.example'", 2),
        ("Accounts", "Email LIKE 'noreply@%'", 1),
        ("Accounts", "SchoolUrn LIKE ' % '", 1),
        ("Accounts", f"AccountId IN {TWO_VERSIONS}", 2),
        ("Licences", f"Seats < ({SEATED})", 1),
        ("Licences", "SchoolUrn IN ('999999', 'n/a')", 2),
    ],
)
def test_the_dirt_is_there_and_only_as_much_as_promised(sample, table, condition, expected):
    assert rows(sample, f"SELECT count(*) FROM {table} WHERE {condition}") == [(expected,)]


@pytest.mark.parametrize(
    ("table", "condition"),
    [
        ("Activations", "RevokedAt IS NOT NULL"),
        ("Accounts", "IsActive = 0"),
        ("ReadingSessions", "SessionId = upper(SessionId)"),
        ("ReadingSessions", "SessionId = lower(SessionId)"),
        ("ReadingSessions", "EndedAt IS NULL"),
        ("Books", "Isbn LIKE '978-%'"),
        ("Books", "ProductCode <> 'SHELF'"),
        ("Licences", "SchoolUrn IS NULL"),
    ],
)
def test_what_is_usual_there_occurs(sample, table, condition):
    ((found,),) = rows(sample, f"SELECT count(*) FROM {table} WHERE {condition}")
    assert found >= 3


@pytest.fixture(scope="module")
def landed(folder) -> Iterator[Landed]:
    """The sample, landed as a run lands it."""
    source = {"url": f"sqlite:///{folder / 'bookshelf.sqlite'}"}
    with Landed(folder.parent, "bookshelf", source, as_of=AS_OF) as done:
        yield done


def test_every_table_lands_balanced(landed):
    assert landed.outcome.errors == [] and [table.error for table in landed.outcome.tables] == [None] * 5
    assert all(table.balanced and table.rows_landed for table in landed.outcome.tables)
    assert len(landed.outcome.tables) == len(TABLES)


def test_of_the_dirt_one_row_is_refused_and_two_are_filtered(landed, sample):
    assert {t.contract.name: t.rows_quarantined for t in landed.outcome.tables if t.rows_quarantined} == {
        "ReadingSessions": 1
    }
    assert landed.rows("select column_name, reason from ops.quarantine") == [
        ("PagesRead", "number_not_lossless")
    ]
    ((accounts,),) = rows(sample, "SELECT count(DISTINCT AccountId) FROM Accounts")
    ((sessions,),) = rows(sample, "SELECT count(DISTINCT SessionId) FROM ReadingSessions")
    assert landed.table("Accounts").rows_landed == accounts
    assert landed.table("ReadingSessions").rows_landed == sessions - 1


def test_kinds_of_account_are_told_before_the_address_is_hashed(landed):
    kinds = dict(landed.rows("select AccountKind, count(*) from staging_bookshelf.Accounts group by all"))
    assert kinds["staff"] == 2 and kinds["bot"] == 1
    assert kinds["retired"] > 50 and kinds["learner"] > 400
    ((shared,),) = landed.rows(
        "select max(n) from (select count(*) as n from staging_bookshelf.Accounts where Email is not null "
        "group by Email)"
    )
    assert shared == 2, "one mailbox in two spellings is one person"


def test_no_name_and_no_address_lands(landed):
    for table in TABLES:
        everything = str(landed.rows(f"select * from staging_bookshelf.{table}"))
        assert not [word for word in NEVER_LANDS if word.lower() in everything.lower()]
        assert "@" not in everything


def test_the_suites_find_the_dirt_and_nothing_else(landed):
    found = check(
        landed.warehouse, "staging", [f"staging_bookshelf.{table}" for table in TABLES], Scope(AS_OF, ())
    )
    failed = {(r.relation.partition(".")[2], r.expectation, r.column): r for r in found if not r.success}
    assert {place: (result.severity, result.unexpected_count) for place, result in failed.items()} == {
        ("ReadingSessions", "ends_before_it_starts", None): ("warn", 3),
        ("ReadingSessions", "longer_than_a_day", None): ("warn", 2),
        ("ReadingSessions", "expect_column_values_to_be_between", "PagesRead"): ("warn", 3),
        ("ReadingSessions", "expect_column_values_to_be_between", "SecondsActive"): ("warn", 1),
    }
