"""The subscription sample: deterministic, plausible, and as dirty as its docstring says."""

from __future__ import annotations

import sqlite3
import stat
from collections import Counter
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from scripts.sample_sources import AS_OF, write_sample
from scripts.sample_sources.subscriptions import write_subscriptions
from scripts.sample_sources.subscriptions_dirt import ORPHAN_ORGANISATION, ORPHAN_SUBSCRIPTION
from scripts.sample_sources.subscriptions_tables import TABLES

CONTRACT = Path("dbt_project/models/staging/subscriptions/_subscriptions__sources.yml")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    path = tmp_path_factory.mktemp("sample") / "subscriptions.sqlite"
    addresses = write_subscriptions(path, 1, AS_OF)
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection, addresses, path


def rows(sample: tuple[sqlite3.Connection, list[str], Path], sql: str) -> list[tuple]:
    return [tuple(row) for row in sample[0].execute(sql)]


def test_the_same_scale_gives_the_same_bytes(sample, tmp_path):
    again = tmp_path / "again.sqlite"
    write_subscriptions(again, 1, AS_OF)
    assert again.read_bytes() == sample[2].read_bytes()


def test_scale_multiplies_schools_and_terms_but_not_the_dirt(sample, tmp_path):
    write_subscriptions(tmp_path / "three.sqlite", 3, AS_OF)
    with closing(sqlite3.connect(tmp_path / "three.sqlite")) as large:
        ((schools,),) = large.execute("SELECT count(DISTINCT id) FROM organisations").fetchall()
        ((terms,),) = large.execute("SELECT count(*) FROM subscriptions").fetchall()
        words = large.execute("SELECT count(*) FROM subscriptions WHERE typeof(seats) = 'text'").fetchall()
    ((small,),) = rows(sample, "SELECT count(*) FROM subscriptions")
    assert schools == 450
    assert 700 < small < 900
    assert 2.7 < terms / small < 3.3
    assert words == [(1,)]


def test_it_has_exactly_the_tables_and_columns_of_the_contract(sample):
    declared = {
        table["name"]: {
            column["name"] for column in table["columns"] if "derive" not in column["config"]["meta"]
        }
        for table in yaml.safe_load(CONTRACT.read_text())["sources"][0]["tables"]
    }
    written = {table: {row[1] for row in rows(sample, f"PRAGMA table_info({table})")} for table in TABLES}
    assert written == declared


def test_nothing_is_entered_after_as_of(sample):
    for table in TABLES:
        ((newest,),) = rows(sample, f"SELECT max(updated_at) FROM {table}")
        assert newest <= AS_OF.strftime("%Y-%m-%d %H:%M:%S"), table


def test_most_terms_start_in_september_and_four_academic_years_are_covered(sample):
    starts = Counter(start[5:7] for (start,) in rows(sample, "SELECT starts_on FROM subscriptions"))
    assert starts["09"] > sum(starts.values()) * 0.4
    years = {start[:4] for (start,) in rows(sample, "SELECT starts_on FROM subscriptions")}
    assert years >= {"2022", "2023", "2024", "2025"}


@pytest.mark.parametrize(
    ("what", "condition"),
    [
        (
            "renewals without a gap",
            "date(old.ends_on, '+1 day') = new.starts_on AND old.product_id = new.product_id",
        ),
        ("late renewals", "date(old.ends_on, '+8 days') <= new.starts_on"),
        ("product swaps", "old.product_id <> new.product_id"),
        ("more seats at renewal", "new.seats > old.seats"),
        ("fewer seats at renewal", "new.seats < old.seats"),
    ],
)
def test_renewals_of_every_kind_occur(sample, what, condition):
    ((found,),) = rows(
        sample,
        "SELECT count(*) FROM subscriptions new JOIN subscriptions old ON old.id = new.renewed_from_id"
        f" WHERE {condition}",
    )
    assert found >= 5, what


@pytest.mark.parametrize(
    ("what", "table", "condition"),
    [
        (
            "cancellations with later effect",
            "subscriptions",
            "cancel_effective_on > substr(cancelled_at, 1, 10)",
        ),
        ("cancellations against the school's wish", "subscriptions", "cancel_voluntary = 0"),
        ("terms in euro", "subscriptions", "currency = 'EUR'"),
        ("terms sold ahead", "subscriptions", "starts_on > '2026-07-31'"),
        ("upgrades", "subscription_changes", "change_type = 'upgrade'"),
        ("lost trials", "trials", "lost_reason IS NOT NULL"),
        ("federations", "organisations", "org_type = 'federation'"),
        ("open invoices", "invoices", "status = 'open'"),
        ("invoices paid months late", "invoices", "date(issued_on, '+150 days') <= paid_on"),
        ("credit notes", "invoices", "amount LIKE '-%' AND status = 'paid'"),
    ],
)
def test_other_things_that_happen_to_schools_occur(sample, what, table, condition):
    ((found,),) = rows(sample, f"SELECT count(*) FROM {table} WHERE {condition}")
    assert found >= 2, what


@pytest.mark.parametrize(
    ("what", "sql", "expected"),
    [
        ("a word for seats", "SELECT seats FROM subscriptions WHERE typeof(seats) = 'text'", [("thirty",)]),
        (
            "a word for a value",
            "SELECT count(*) FROM subscription_changes WHERE annual_value_after = 'n/a'",
            [(1,)],
        ),
        ("a zero date", "SELECT count(*) FROM invoices WHERE paid_on = '0000-00-00'", [(1,)]),
        (
            "a zero timestamp",
            "SELECT count(*) FROM subscriptions WHERE cancelled_at LIKE '0000-00-00%'",
            [(1,)],
        ),
        (
            "one key with two versions",
            "SELECT count(DISTINCT updated_at) FROM organisations GROUP BY id HAVING count(*) > 1",
            [(2,)],
        ),
        (
            "one row twice",
            "SELECT count(DISTINCT updated_at) FROM invoices GROUP BY id HAVING count(*) > 1",
            [(1,)],
        ),
        (
            "a URN shared by two schools, and a word for one",
            "SELECT count(DISTINCT id) AS n FROM organisations WHERE urn > '' GROUP BY urn HAVING n > 1",
            [(2,), (2,)],
        ),
        ("emoji", "SELECT count(*) FROM organisations WHERE name LIKE '%🌞📚'", [(1,)]),
        ("a NUL", "SELECT count(*) FROM organisations WHERE instr(name, char(0)) > 0", [(1,)]),
        ("a text too long", "SELECT count(*) FROM organisations WHERE length(name) > 300", [(1,)]),
        (
            "a term without its school",
            f"SELECT count(*) FROM subscriptions WHERE organisation_id = {ORPHAN_ORGANISATION}",
            [(1,)],
        ),
        (
            "a change without its term",
            f"SELECT count(*) FROM subscription_changes WHERE subscription_id = {ORPHAN_SUBSCRIPTION}",
            [(1,)],
        ),
        (
            "a back-dated change",
            "SELECT count(*) FROM subscription_changes WHERE date(recorded_at, '-70 days') > effective_on",
            [(1,)],
        ),
        ("a staff address", "SELECT count(*) FROM contacts WHERE email LIKE '%@ourcompany.example'", [(1,)]),
        ("a machine's address", "SELECT count(*) FROM contacts WHERE email LIKE 'noreply@%'", [(1,)]),
        ("a void invoice", "SELECT count(*) FROM invoices WHERE status = 'void'", [(1,)]),
        ("a contact without address", "SELECT count(*) FROM contacts WHERE email IS NULL", [(1,)]),
    ],
)
def test_the_dirt_is_there_and_only_as_much_as_promised(sample, what, sql, expected):
    assert rows(sample, sql) == expected, what


def test_two_terms_of_one_school_and_product_overlap(sample):
    pairs = rows(
        sample,
        "SELECT a.id, b.id FROM subscriptions a JOIN subscriptions b ON a.organisation_id = b.organisation_id"
        " AND a.product_id = b.product_id AND a.id < b.id"
        " AND a.starts_on <= b.ends_on AND b.starts_on <= a.ends_on"
        " AND a.plan_id % 3 <> 0 AND b.plan_id % 3 <> 0",
    )
    assert len(pairs) >= 1


def test_people_are_named_so_that_a_leak_could_be_seen(sample):
    ((named,),) = rows(
        sample, "SELECT count(*) FROM contacts WHERE length(first_name) > 1 AND length(last_name) > 1"
    )
    ((contacts,),) = rows(sample, "SELECT count(*) FROM contacts")
    assert named == contacts == len(sample[1])
    assert len(set(sample[1])) == len(sample[1])
    assert all(address.endswith((".example.sch.uk", "@example.org")) for address in sample[1])


def test_settings_are_private_and_keep_their_keys(tmp_path):
    first = write_sample(tmp_path, 1)
    before = first.read_text()
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert write_sample(tmp_path, 1).read_text() == before
    values = dict(line.split("=", 1) for line in before.splitlines() if not line.startswith("#"))
    assert values["WAREHOUSE_SAMPLE"] == "true"
    assert datetime.fromisoformat(values["WAREHOUSE_AS_OF"]) == AS_OF
    assert values["WAREHOUSE_PSEUDONYM_KEY_ID"] == values["WAREHOUSE_SEALING_KEY_ID"] == "sample"
    assert len(bytes.fromhex(values["WAREHOUSE_PSEUDONYM_KEY"])) == 32
    assert values["WAREHOUSE_PSEUDONYM_KEY"] != values["WAREHOUSE_SEALING_KEY"]
    for platform in ("subscriptions", "moodle"):
        url = values[f"WAREHOUSE_SOURCES__{platform.upper()}__MAIN__URL"]
        assert Path(url.removeprefix("sqlite:///")) == tmp_path / "sample" / f"{platform}.sqlite"
        assert Path(url.removeprefix("sqlite:///")).stat().st_size > 0
