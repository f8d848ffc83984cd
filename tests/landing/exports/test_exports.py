"""Exports land along their chain: what is in staging, and what the newest version of each item is."""

from __future__ import annotations

from datetime import datetime

from scripts.sample_sources.dynamodb_layout import Item, changed, micros
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


def test_absent_null_and_empty_are_three_things_and_equal_values_have_one_form(app):
    forms: dict[str, Item] = {
        "absent": {},
        "null": {"percentRead": {"NULL": True}},
        "plain": {"percentRead": {"N": "33.3"}, "devices": {"SS": ["b", "a"]}},
        "tail": {"percentRead": {"N": "33.300"}, "devices": {"SS": ["a", "b"]}},
        "empty": {"book": {"M": {"id": {"S": "B1"}, "title": {"S": ""}}}},
    }
    plain = {name: value for name, value in reading("x").items() if name != "devices"}
    app.progress.export_full(T0, [plain | keys(name) | more for name, more in forms.items()])
    app.landed()
    rows = app.rows(
        "select reading_id, percent_read::varchar, devices, book_title = '', _nulls "
        "from staging_reading.reading_progress order by 1"
    )
    assert rows == [
        ("absent", None, None, False, None), ("empty", None, None, True, None),
        ("null", None, None, False, "percent_read"), ("plain", "33.300", '["a","b"]', False, None),
        ("tail", "33.300", '["a","b"]', False, None),
    ]  # fmt: skip


def test_what_fits_nowhere_is_quarantined_and_what_nobody_declared_is_counted(app):
    app.progress.export_full(
        T0,
        [reading("word", pagesRead={"S": "ten"}), reading("digits", percentRead={"N": "0." + "3" * 38}),
         reading("unknown_type", finished={"X": 1}), reading("no_map", reader={"S": "Ann"}),
         {"readingId": {"S": "no_user"}}, reading("new", experiment={"S": "b"}), reading("good")],
    )  # fmt: skip
    app.landed()
    said = app.rows("select reason, column_name from ops.quarantine order by all")
    assert said == [
        ("no_key", ""), ("not_of_type", "is_finished"), ("not_of_type", "pages_read"),
        ("not_of_type", "reader_email"), ("number_not_lossless", "percent_read"),
    ]  # fmt: skip
    assert app.current() == [("good", 10), ("new", 10)]
    assert app.rows("select column_name, row_count from ops.drift") == [("experiment", 1)]
    app.progress.export_changes(
        T0, T0 + HOUR, [changed(T0, keys("new"), reading("new", experiment={"S": ""}))]
    )
    app.landed()
    assert app.rows("select column_name, row_count from ops.drift") == [("experiment", 2)]


def test_a_row_that_was_quarantined_lands_when_it_is_replayed(app, monkeypatch):
    app.progress.export_full(T0, [reading("long", book={"M": {"id": {"S": "B" * 21}}})])
    app.landed()
    assert app.rows("select reason, column_name, status from ops.quarantine") == [
        ("text_too_long", "book_id", "open")
    ]
    wider = app.wider_contract("book_id", 20, 30)
    monkeypatch.setattr("pipelines.landing.platform.contract_path", lambda _: wider)
    app.replay()
    assert app.rows("select status from ops.quarantine") == [("replayed",)]
    assert app.current() == [("long", 10)]


def test_elements_of_a_list_land_with_their_attempt(app):
    answers = [
        {"M": {"questionId": {"S": "q1"}, "correct": {"BOOL": True}, "answer": {"S": "Canary words"}}},
        {"S": "no map"},
        {"M": {"questionId": {"S": "q3"}, "seconds": {"NULL": True}}},
    ]
    attempt = {
        "userId": {"S": "u1"}, "attemptId": {"S": "a1"}, "submittedAt": {"N": "1782813600123"},
        "answers": {"L": answers},
    }  # fmt: skip
    app.quizzes.export_full(T0, [attempt, {**attempt, "attemptId": {"S": "a2"}, "answers": {"L": []}}])
    landed = {table.contract.name: table for table in app.landed().tables if table.rows_read}
    rows = app.rows(
        "select element, question_id, is_correct, seconds_taken, _nulls from staging_reading.quiz_answers "
        "order by all"
    )
    assert rows == [(1, "q1", True, None, None), (3, "q3", None, None, "seconds_taken")]
    assert landed["quiz_answers"].rows_quarantined == 1
    assert app.rows("select submitted_at from staging_reading.quiz_results where attempt_id = 'a1'") == [
        (datetime(2026, 6, 30, 10, 0, 0, 123000),)
    ]


def test_a_newer_full_export_replaces_all_that_was_written_before_it(app):
    app.progress.export_full(T0, [reading("deleted_unseen"), reading("kept")])
    app.progress.export_changes(T0, T0 + HOUR, [changed(T0, keys("kept"), reading("kept", 2))])
    app.landed()
    app.progress.export_full(T0 + 5 * HOUR, [reading("kept", 3)])
    app.progress.export_changes(
        T0 + 4 * HOUR, T0 + 6 * HOUR, [changed(T0 + 5.5 * HOUR, keys("late"), reading("late"))]
    )
    app.landed()
    assert app.current() == [("kept", 3), ("late", 10)]
    left = app.rows(
        "select _change, count(*) from staging_reading.reading_progress group by all order by all"
    )
    assert left == [("item", 1), ("put", 1)]
    app.progress.export_full(T0 - HOUR, [reading("ancient")])
    assert app.landed().tables == []
