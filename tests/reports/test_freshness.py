"""How fresh a source is called, against the limits of its contract."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pipelines import contracts
from pipelines.reports.freshness import freshness

NOW = datetime(2026, 8, 3, 6)


def look(platform: str, table: str, hours: float) -> dict[str, object]:
    looked_at = NOW - timedelta(hours=hours)
    return {"platform": platform, "instance": "main", "table_name": table, "looked_at": looked_at}


@pytest.mark.parametrize(
    ("hours", "state"), [(0, "fresh"), (36, "fresh"), (36.1, "late"), (72, "late"), (72.1, "stale")]
)
def test_the_limits_are_those_of_the_contract(hours, state):
    (row,) = freshness([look("moodle", "mdl_user", hours)], NOW)
    assert (row.warn_after, row.error_after) == (timedelta(hours=36), timedelta(hours=72))
    assert row.state == state
    assert row.age == timedelta(hours=hours)


def test_a_source_is_as_fresh_as_its_oldest_table():
    (row,) = freshness([look("moodle", "mdl_user", 1), look("moodle", "mdl_course", 40)], NOW)
    assert (row.oldest_table, row.state) == ("mdl_course", "late")


@pytest.mark.parametrize("text", ["{", "sources: []", "sources: [{name: shop}]", "sources: [{config: 3}]"])
def test_a_contract_without_limits_or_that_cannot_be_read_has_none(tmp_path, monkeypatch, text):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "_shop__sources.yml").write_text(text)
    monkeypatch.setattr("pipelines.contracts.reader.CONTRACT_FOLDER", tmp_path)
    (row,) = freshness([look("shop", "orders", 1000)], NOW)
    assert row.state == "unknown"


def test_every_contract_gives_limits():
    platforms = sorted(path.name for path in contracts.CONTRACT_FOLDER.iterdir() if path.is_dir())
    rows = freshness([look(platform, "any", 0) for platform in platforms], NOW)
    assert [(row.platform, row.state) for row in rows] == [(platform, "fresh") for platform in platforms]
