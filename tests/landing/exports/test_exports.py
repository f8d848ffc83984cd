"""Exports land along their chain: what is in staging, and what the newest version of each item is."""

from __future__ import annotations

from datetime import datetime

from scripts.sample_sources.dynamodb_layout import changed, micros
from tests.landing.exports.reading_app import HOUR, T0, keys, reading


def test_a_full_export_lands_with_its_types_and_without_names(app):
    app.progress.export_full(T0, [reading("b1"), reading("b2", pages=3, devices={"NULL": True})])
    app.quizzes.export_full(T0, [])
    app.landed()
    rows = app.rows(
        "select reading_id, book_title, started_at, last_read_at, pages_read, is_finished, devices, _nulls, "
        "_change, _written_micros, account_kind from staging_reading.reading_progress order by reading_id"
    )
    same = ('A "}{" book\n\u2028', datetime(2026, 6, 30, 10), datetime(2026, 6, 30, 10))
    assert rows == [
        ("b1", *same, 10, True, '["phone","tablet"]', None, "item", micros(T0), "learner"),
        ("b2", *same, 3, True, None, "devices", "item", micros(T0), "learner"),
    ]
    people = app.rows("select distinct user_id, reader_email from staging_reading.reading_progress")
    assert len(people) == 1 and all(":" in value and "anary" not in value for value in people[0])


def test_changes_and_deletes_make_the_newest_version(app):
    app.progress.export_full(T0, [reading("kept"), reading("changed"), reading("gone")])
    app.progress.export_changes(
        T0, T0 + HOUR,
        [changed(T0 + HOUR / 2, keys("changed"), reading("changed", 55), reading("changed")),
         changed(T0 + HOUR / 2, keys("gone"), None, reading("gone"))],
    )  # fmt: skip
    app.landed()
    assert app.current() == [("changed", 55), ("kept", 10)]
    app.progress.export_changes(
        T0 + HOUR, T0 + 2 * HOUR, [changed(T0 + HOUR, keys("gone"), reading("gone", 1))]
    )
    app.landed()
    assert app.current() == [("changed", 55), ("gone", 1), ("kept", 10)]
    assert app.landed().tables == []
