"""Logins, reading sessions and log events by chance, in any order of loads: the days of each account are those of plain Python.

Rows come in pieces, again, on another day at first, and go; the days a load touched are found by the landing's own code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random

import duckdb
import pytest

from pipelines.contracts import contract_path, load_contract
from pipelines.landing.touched import record_touched
from pipelines.warehouse.duckdb import DuckDbWarehouse
from tests.dbt_project.landing_stand_in import insert_rows, stand_in_warehouse
from tests.dbt_project.touched_days import TouchedDays, changes_of, compiled_sql

SETTINGS = {"WAREHOUSE_PLATFORMS": "moodle,classroom,bookshelf", "WAREHOUSE_AS_OF": "2026-07-31 06:00:00"}
DAY = 86_400
FIRST = 20_454 * DAY  # 1 January 2026
ACCOUNTS = ("ann", "bo", None)
OF_DAY = "cast(activity_date as varchar), cast(last_activity_at as varchar)"
# table of the platform, model, and what that says of an account's day
DAYS = {
    "moodle": (
        "mdl_logstore_standard_log", "int_course_activity__moodle_days",
        "user_id, cast(activity_date as varchar), cast(last_event_at as varchar), events",
    ),
    "classroom": (
        "logins", "int_engagement__classroom_login_days", f"user_id, {OF_DAY}, activities",
    ),
    "bookshelf": (
        "ReadingSessions", "int_engagement__bookshelf_days", f"account_id, {OF_DAY}, activities",
    ),
}  # fmt: skip
MODELS = tuple(model for _, model, _ in DAYS.values())


@dataclass(frozen=True)
class Visit:
    """Of an account, or of nobody, on a platform; `at` in seconds since 1970, or a time that is not known."""

    platform: str
    number: int
    account: str | None
    at: int | None

    @property
    def moment(self) -> datetime | None:
        return None if self.at is None else datetime.fromtimestamp(self.at, UTC).replace(tzinfo=None)

    def row(self, version: int) -> dict[str, str]:
        number, who, at = f"{self.number}", self.account, None if self.at is None else f"{self.moment}"
        named: dict[str, dict[str, str | None]] = {
            "moodle": {"id": number, "userid": who, "courseid": "7", "origin": "web", "anonymous": "0",
                       "edulevel": "2", "timecreated": None if self.at is None else f"{self.at}"},
            "classroom": {"id": number, "user_id": who, "logged_in_at": at},
            "bookshelf": {"SessionId": number, "AccountId": who, "StartedAt": at},
        }  # fmt: skip
        row = {name: value for name, value in named[self.platform].items() if value is not None}
        return row | {"_row_hash": f"{version}"}


class Days(TouchedDays):
    """The warehouse, and the SQL of each model by relation: whole, and for the touched days."""

    day = "activity_date"

    def land(self, there: dict[int, tuple[Visit, int]]) -> None:
        for platform, (table, _, _) in DAYS.items():
            contract = load_contract(contract_path(platform))
            rows = [visit.row(version) for visit, version in there.values() if visit.platform == platform]
            self.connection.execute(f'delete from {contract.schema}."{table}"')
            insert_rows(self.connection, platform, table, rows)
            record_touched(self.warehouse, contract.schema, contract.tables[table], "load")


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    home = tmp_path_factory.mktemp("days")
    stand_in_warehouse(home, {platform: {} for platform in DAYS})
    select = ["--resource-type", "model", "--select", *(f"+{model}" for model in MODELS)]
    whole = compiled_sql(home, SETTINGS, "build", *select)
    changes = changes_of(home)
    touching = compiled_sql(home, SETTINGS, "compile", "--select", *MODELS)
    with closing(duckdb.connect(home / "warehouse.duckdb")) as connection:
        warehouse = DuckDbWarehouse(connection, home / "warehouse.duckdb")
        in_whole, by_days = (dict(sql[model] for model in MODELS) for sql in (whole, touching))
        yield Days(connection, warehouse, in_whole, by_days, changes)


def history(rng: Random) -> list[Visit]:
    """Some at the first and the last moment of a day, some at one moment, some at none."""
    moments = (None, FIRST, FIRST + DAY - 1, FIRST + DAY, *(FIRST + rng.randrange(5 * DAY) for _ in range(9)))
    return [
        Visit(rng.choice(list(DAYS)), number, rng.choice(ACCOUNTS), rng.choice(moments))
        for number in range(rng.randint(0, 60))
    ]


def landings(rng: Random, visits: list[Visit]) -> Iterator[dict[int, tuple[Visit, int]]]:
    """What staging holds after each load; in the end all visits as they are."""
    there: dict[int, tuple[Visit, int]] = {}
    for _ in range(rng.randint(1, 4)):
        for visit in rng.sample(visits, rng.randint(0, len(visits))):
            moved = visit.at if visit.at is None else visit.at + rng.choice((0, 0, DAY, -DAY))
            there[visit.number] = replace(visit, at=moved), rng.randrange(1 << 40)
            if rng.random() < 0.15:
                del there[visit.number]
        yield dict(there)
    yield {visit.number: (visit, rng.randrange(1 << 40)) for visit in visits}


def by_hand(visits: list[Visit], platform: str) -> Counter[tuple[str, str, str, int]]:
    """Account, day, last moment and number of visits."""
    found: dict[tuple[str, str], list[str]] = {}
    for visit in visits:
        if visit.platform == platform and visit.account and visit.moment:
            found.setdefault((visit.account, str(visit.moment.date())), []).append(str(visit.moment))
    return Counter((*of, max(moments), len(moments)) for of, moments in found.items())


def test_any_order_of_loads_gives_the_days_of_plain_python(days, long_counts):
    seen = 0
    for seed in range(200 if long_counts else 8):
        rng = Random(seed)
        visits = history(rng)
        days.forget_all()
        days.connection.execute("delete from ops.partition_fingerprints")
        for there in landings(rng, visits):
            days.land(there)
            days.rebuild_touched()
            days.compare_with_anew(f"seed {seed}")
        for platform, (_, model, columns) in DAYS.items():
            expected = by_hand(visits, platform)
            found = days.rows(f"select {columns} from intermediate.{model}")
            assert Counter(found) == expected, f"seed {seed}, {platform}"
            seen += len(expected)
    assert seen > 50, "chance left all days out"
