"""Exports that cannot be used: one sentence each, nothing of them lands, and the others do."""

from __future__ import annotations

import json

import pytest

from scripts.sample_sources.dynamodb_layout import changed, check_sum
from tests.landing.exports.reading_app import HOUR, T0, keys, reading

NEXT = T0 + HOUR


def damaged(app, name: str, change) -> str:
    """Applies `change` to the newest object whose key holds `name`; gives the key."""
    path = next(
        path
        for path in sorted(app.store.rglob("*"), reverse=True)
        if name in path.as_posix() and path.is_file()
    )
    content = change(path.read_bytes())
    if content is None:
        path.unlink()
    else:
        app.put(path.relative_to(app.store).as_posix(), content)
    return path.as_posix()


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("manifest-files.json", lambda _: None, "has no manifest-files.json"),
        ("manifest-files.md5", lambda _: None, "has no check sum beside it"),
        ("manifest-files.json", lambda text: text + b"{}", "is not what its check sum says"),
        ("manifest-summary.json", lambda text: text[:-5], "is not what its check sum says"),
        (".json.gz", lambda packed: packed[:-9], "is not what its manifest's check sum says"),
        (".json.gz", lambda _: None, "lacks 1 of its 2 data files"),
    ],
)  # fmt: skip
def test_a_damaged_full_export_does_not_land_and_the_one_before_it_stays(app, name, change, said):
    app.progress.export_full(T0, [reading("old")])
    app.landed()
    made = app.progress.export_full(NEXT, [reading("new"), reading("newer")])
    folder = f"{made}/{name}" if name.startswith("manifest") else f"{made}/data"
    damaged(app, folder, change)
    sentences = app.refused()
    assert len(sentences) == 1 and said in sentences[0] and made in sentences[0]
    assert app.current() == [("old", 10)]
    assert app.rows("select count(*) from ops.landings where outcome = 'open'") == [(0,)]


def test_a_cut_gzip_and_a_wrong_number_of_items_are_refused_though_the_sum_agrees(app):
    app.progress.export_full(T0, [reading("old")], files=1)
    made = app.progress.export_full(NEXT, [reading("new")], files=1)
    path = next((app.store / "nightly/AWSDynamoDB" / made / "data").iterdir())
    whole = path.read_bytes()
    manifest = app.store / f"nightly/AWSDynamoDB/{made}/manifest-files.json"

    def deliver(content: bytes, **entry: object) -> None:
        path.write_bytes(content)
        said = json.loads(manifest.read_bytes()) | {"md5Checksum": check_sum(content), **entry}
        app.put(str(manifest.relative_to(app.store)), json.dumps(said).encode())
        app.put(
            str(manifest.relative_to(app.store).with_suffix(".md5")),
            check_sum(manifest.read_bytes()).encode(),
        )

    deliver(whole[:-20])
    assert ["is cut off" in said for said in app.refused()] == [True]
    deliver(whole, itemCount=2)
    assert ["says 1 items, its files together 2" in said for said in app.refused()] == [True]
    assert app.current() == [("old", 10)]
    deliver(whole, itemCount=1)
    assert app.landed() and app.current() == [("new", 10)]


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        ({"outputFormat": "ION"}, "is in the format ION, which is not read"),
        ({"tableArn": None}, "but in no contract"),
        ({"itemCount": "many"}, "is not what DynamoDB writes"),
        ({"itemCount": 7}, "says 7 items, its files together 1"),
    ],
)
def test_a_summary_that_cannot_be_read_is_one_sentence(app, summary, said):
    app.quizzes.export_full(T0, [])
    app.progress.changes = summary
    app.progress.export_full(T0, [reading("b1")])
    outcome = app.land()
    sentences = [*map(str, outcome.errors), *outcome.warnings]
    assert len(sentences) == 1 and said in sentences[0]


def test_a_hole_asks_for_a_full_export_and_closes_when_the_missing_one_comes(app):
    app.progress.export_full(T0, [reading("b1")])
    app.progress.export_changes(NEXT, NEXT + HOUR, [changed(NEXT, keys("b1"), reading("b1", 2))])
    (said,) = app.refused()
    assert "no export of the changes from 2026-07-01 02:00:00 to 2026-07-01 03:00:00" in said
    assert "warehouse land reading --export" in said
    assert app.current() == [("b1", 10)]
    app.progress.export_changes(T0, NEXT, [changed(T0, keys("b2"), reading("b2"))])
    app.landed()
    assert app.current() == [("b1", 2), ("b2", 10)]


def test_changes_of_a_table_that_was_made_anew_wait_for_its_full_export(app):
    app.progress.export_full(T0, [reading("b1")])
    anew = app.table("reading_progress", table_id="another")
    anew.export_changes(T0, NEXT, [changed(T0, keys("b2"), reading("b2"))])
    (said,) = app.refused()
    assert "was made anew" in said and app.current() == [("b1", 10)]
    anew.export_full(NEXT, [reading("b2"), reading("b3")])
    app.landed()
    assert app.current() == [("b2", 10), ("b3", 10)]


def test_changes_without_a_full_export_wait(app):
    app.progress.export_changes(T0, NEXT, [changed(T0, keys("b1"), reading("b1"))])
    (said,) = app.refused()
    assert "has no full export, so 1 export of changes cannot land" in said


def test_one_bad_window_stops_those_after_it_and_none_before_it(app):
    app.progress.export_full(T0, [reading("b1")])
    for hour in range(3):
        window = (T0 + hour * HOUR, T0 + (hour + 1) * HOUR)
        made = app.progress.export_changes(
            *window, [changed(window[0], keys(f"w{hour}"), reading(f"w{hour}"))]
        )
        if hour == 1:
            damaged(app, f"{made}/manifest-files.md5", lambda _: b"AAAA")
    sentences = app.refused()
    assert len(sentences) == 2 and "check sum" in sentences[0] and "no export of the changes" in sentences[1]
    assert app.current() == [("b1", 10), ("w0", 10)]


def test_the_same_export_in_two_places_and_files_of_nobody_change_nothing(app):
    app.progress.export_full(T0, [reading("b1")])
    for path in [path for path in app.store.rglob("*") if path.is_file()]:
        app.put(f"copies/{path.relative_to(app.store).as_posix()}", path.read_bytes())
    app.put("nightly/AWSDynamoDB/data/stray.json.gz", b"no gzip")
    app.put("nightly/AWSDynamoDB/0178-begun/_started", b"")
    outcome = app.landed()
    assert app.current() == [("b1", 10)]
    assert ["1 exports have no manifest-summary.json" in said for said in outcome.warnings] == [True]


def test_empty_data_files_of_both_kinds_are_nothing(app):
    app.progress.export_full(T0, [], files=2)
    app.landed()
    assert app.current() == []
