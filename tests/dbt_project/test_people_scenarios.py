"""Who is one person, and whose address is shared or re-used, as worked out by hand in `people_scenarios/`.

Addresses are hashed by the landing's own expressions; the rows are built by one dbt run on all platforms.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.contracts import Condition
from tests.dbt_project.landing_stand_in import dbt, read_csv, stand_in_warehouse
from tests.dbt_project.worked_out import asked
from tests.landing.tables import classify, column, in_memory, table

SCENARIOS = Path(__file__).parent / "people_scenarios"
TABLES = {
    "subscriptions": "contacts", "classroom": "users", "bookshelf": "Accounts", "moodle": "mdl_user",
    "edx": "auth_user",
}  # fmt: skip
FOUND = """
    WITH people AS (
        SELECT person_key, string_agg(concat_ws('/', platform, instance, account_id), ' + '
            ORDER BY platform, instance, account_id) AS accounts
        FROM intermediate.int_people__accounts GROUP BY person_key
    )
    SELECT people.accounts, d.platforms, d.has_shared_email, d.has_reused_email
    FROM people JOIN core.dim_people d ON d.person_key = people.person_key
"""
SHARED = """
    SELECT platform, count(*), sum(accounts), sum(open_accounts), sum(learner_accounts)
    FROM core.shared_addresses GROUP BY platform ORDER BY platform
"""


def hashed(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows with pseudonym and class of the address, as the contract of each platform makes them."""
    batch = pa.table(
        {
            "id": pa.array(range(len(rows)), pa.int64()),
            "email": pa.array([_typed(row) for row in rows], pa.string()),
            "forgotten": pa.array([int(_forgotten(row)) for row in rows], pa.int64()),
        }
    )
    email = column("email", personal="pseudonym", identifier="email", blank_when=Condition("forgotten", "1"))
    domain = column("class", derive="email_domain_class", derived_from="email")
    with in_memory() as warehouse:
        landed = classify(warehouse, table(email, domain, column("forgotten", "bigint")), batch).landed
    found = zip(landed["email"].to_pylist(), landed["class"].to_pylist(), strict=True)
    return [
        row | {"class": kind} | ({"pseudonym": name} if name else {})
        for row, (name, kind) in zip(rows, found, strict=True)
    ]


def _typed(row: dict[str, str]) -> str | None:
    return row.get("address", "" if row["platform"] == "bookshelf" else None)


def _forgotten(row: dict[str, str]) -> bool:
    return row["platform"] == "moodle" and "closed" in row


def landed_row(row: dict[str, str]) -> dict[str, str]:
    """One line of accounts.csv as its platform lands it; all are learners, or contacts."""
    opened, closed = row["opened"], row.get("closed", "")
    kind = "retired" if closed else "learner"
    name = {"email": row["pseudonym"]} if "pseudonym" in row else {}
    lower = {"_instance": row["instance"], "account_kind": kind, "email_domain_class": row["class"], **name}
    if row["platform"] == "subscriptions":
        return {**lower, "id": row["account"], "created_at": opened}
    if row["platform"] == "classroom":
        gone = {"status": "deleted", "deleted_at": closed} if closed else {"status": "active"}
        return {**lower, **gone, "id": row["account"], "role": "student", "created_at": opened}
    if row["platform"] == "edx":
        nobody = {"is_staff": "false", "is_superuser": "false", "is_active": "true"}
        return {**lower, **nobody, "_entity": "UniX-A-1T2024", "id": row["account"], "date_joined": opened}
    if row["platform"] == "moodle":
        made = int(datetime.fromisoformat(opened).replace(tzinfo=UTC).timestamp())
        gone = {"deleted": "1" if closed else "0"}
        return {**lower, **gone, "id": row["account"], "timecreated": str(made)}
    return {
        "_instance": row["instance"], "AccountKind": kind, "EmailDomainClass": row["class"],
        "AccountId": row["account"], "AccountType": "learner", "IsActive": "false" if closed else "true",
        "CreatedAt": opened, "UpdatedAt": closed or "2024-03-01",
        **{name.title(): value for name, value in name.items()},
    }  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """The folder of the one build, with the data tests that need nothing more."""
    folder = tmp_path_factory.mktemp("people")
    accounts = hashed(read_csv(SCENARIOS / "accounts.csv"))
    rows = {
        platform: {name: [landed_row(row) for row in accounts if row["platform"] == platform]}
        for platform, name in TABLES.items()
    }
    rows["reading"] = {}
    stand_in_warehouse(folder, rows)
    report = dbt(
        folder, "build", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious",
        "--select", "+dim_people", "+shared_addresses", WAREHOUSE_AS_OF="2024-03-10 00:00:00",
    )  # fmt: skip
    assert report.returncode == 0, report.stdout[-4000:]
    return folder


def test_people_are_those_worked_out_by_hand(home):
    yes = {"yes": True, "no": False}
    expected = [
        (row["accounts"], int(row["platforms"]), yes[row["has_shared_email"]], yes[row["has_reused_email"]])
        for row in read_csv(SCENARIOS / "expected_people.csv")
    ]
    assert sorted(asked(home, FOUND)) == sorted(expected)


def test_every_account_is_expected_somewhere():
    accounts = {
        "/".join((row["platform"], row["instance"], row["account"]))
        for row in read_csv(SCENARIOS / "accounts.csv")
    }
    named = [
        name for row in read_csv(SCENARIOS / "expected_people.csv") for name in row["accounts"].split(" + ")
    ]
    assert sorted(named) == sorted(accounts)


def test_addresses_are_counted_by_platform(home):
    assert asked(home, SHARED) == [
        ("bookshelf", 1, 2, 1, 2),
        ("classroom", 5, 11, 7, 11),
        ("subscriptions", 1, 2, 2, 0),
    ]
