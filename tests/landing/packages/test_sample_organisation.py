"""The sample organisation, with real gpg and the real contract: its planted faults are where they belong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing.platform import PlatformOutcome, land_platform
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.ops import create_ops
from scripts.sample_sources import write_sample
from scripts.sample_sources.edx_expected import EXPECTED
from tests.servers.gpg_keys import NOT_INSTALLED, installed

WEEKS = sorted(EXPECTED)
NEWEST = EXPECTED[WEEKS[-1]]


class Organisation:
    """One warehouse and a store into which the sample's archives are put week by week."""

    def __init__(self, home: Path, sample: Path) -> None:
        self._sample, self._store, self._runs = sample, home / "sample" / "store", 0
        self._store.mkdir(parents=True)
        sources: dict[str, Any] = {
            "edx": {"unix": {"url": self._store.as_uri(), "gpg": {"key_file": sample / "key.asc"}}}
        }
        keys: dict[str, Any] = {"pseudonym_key": "ab" * 32, "sealing_key": "cd" * 32}
        self._settings = Settings(home=home, sources=sources, **keys)
        self.warehouse: Warehouse = open_warehouse(self._settings)
        create_ops(self.warehouse)

    def deliver(self, *weeks: int) -> None:
        for week in weeks:
            for path in (self._sample / "course-data").rglob(f"*{WEEKS[week]}.zip"):
                target = self._store / path.relative_to(self._sample / "course-data")
                target.parent.mkdir(exist_ok=True)
                shutil.copy2(path, target)

    def land(self) -> PlatformOutcome:
        self._runs += 1
        outcome = land_platform(self._settings, self.warehouse, f"run-{self._runs}", "edx", lambda _: None)
        assert [str(error) for error in outcome.errors] == []
        assert [str(table.error) for table in outcome.tables if table.error] == []
        return outcome

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.warehouse.rows(sql, list(values))

    def staging(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that landed, without what is of the run."""
        tables = self.rows("select table_name from duckdb_tables() where schema_name = 'staging_edx'")
        ours = sorted(name for (name,) in tables if not name.startswith("_dlt"))
        return {
            name: self.rows(f'select * exclude (_dlt_load_id) from staging_edx."{name}" order by all')
            for name in ours
        }


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    if not installed():
        pytest.skip(NOT_INSTALLED)
    return write_sample(tmp_path_factory.mktemp("all"), 1).parent / "edx"


@pytest.fixture(scope="module")
def at_once(sample, tmp_path_factory) -> Iterator[tuple[Organisation, PlatformOutcome]]:
    """All weeks landed by one run; nothing is changed afterwards."""
    organisation = Organisation(tmp_path_factory.mktemp("once"), sample)
    organisation.deliver(0, 1, 2)
    with closing(organisation.warehouse):
        yield organisation, organisation.land()


def test_every_file_balances(at_once):
    organisation, outcome = at_once
    assert len(outcome.tables) > 200
    assert organisation.rows(
        "select file_key from ops.landings where outcome <> 'closed' "
        "or rows_read <> rows_landed + rows_quarantined + rows_filtered"
    ) == []  # fmt: skip


def test_rows_that_cannot_land_are_in_quarantine_by_file(at_once):
    organisation, _ = at_once
    kept = organisation.rows(
        "select scope, table_name, count(*) from ops.quarantine where status = 'open' group by all"
    )
    assert {(scope, table): n for scope, table, n in kept} == dict(NEWEST.quarantined)


def test_rows_that_came_twice_are_counted_by_file(at_once):
    organisation, _ = at_once
    filtered = organisation.rows(
        "select scope, table_name, filtered_by from ops.landings where mode = 'file' and scope is not null"
    )
    twice = {(scope, table): json.loads(by).get("duplicate", 0) for scope, table, by in filtered}
    assert {place: n for place, n in twice.items() if n} == dict(NEWEST.duplicated)


def test_what_became_of_each_member(at_once):
    organisation, _ = at_once
    newest = {
        member.rsplit("/", 1)[-1].removesuffix(".gpg"): outcome
        for member, outcome in organisation.rows(
            "select member, outcome from ops.package_members where snapshot_date = ? "
            "and object_key not like 'email%'", WEEKS[-1],
        )
    }  # fmt: skip
    for outcome, names in {
        "failed_at_source": NEWEST.failed, "unknown": NEWEST.unknown, "other_site": NEWEST.of_edge,
        "not_in_subset": NEWEST.not_in_subset, "empty": NEWEST.zero_bytes,
    }.items():  # fmt: skip
        assert {name for name, said in newest.items() if said == outcome} == set(names), outcome
    assert set(newest.values()) <= {
        "failed_at_source", "unknown", "other_site", "not_in_subset", "empty", "landed",
    }  # fmt: skip
    for name in NEWEST.header_only:
        assert newest[name] == "landed"


def test_a_course_that_is_absent_keeps_its_last_week(at_once):
    organisation, _ = at_once
    [absent] = NEWEST.absent_entities
    days = organisation.rows(
        "select distinct snapshot_date from staging_edx.snapshots where _entity = ?", absent
    )
    assert days == [(WEEKS[-2],)]


def test_weeks_in_their_order_delete_what_went_and_give_the_same_staging(at_once, sample, tmp_path):
    organisation = Organisation(tmp_path, sample)
    with closing(organisation.warehouse):
        for week, day in enumerate(WEEKS):
            organisation.deliver(week)
            deleted = {
                (table.scope, table.contract.name): table.rows_deleted for table in organisation.land().tables
            }
            for place, rows in EXPECTED[day].deleted.items():
                assert deleted[place] == rows, (day, place)
        assert organisation.land().tables == []
        assert organisation.staging() == at_once[0].staging()


def test_weeks_in_another_order_give_the_same_staging(at_once, sample, tmp_path):
    organisation = Organisation(tmp_path, sample)
    with closing(organisation.warehouse):
        for week in (2, 0, 1):
            organisation.deliver(week)
            organisation.land()
        assert organisation.staging() == at_once[0].staging()
