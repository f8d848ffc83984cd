"""Single lines with something odd about them: what lands, what does not, and what is counted."""

from __future__ import annotations

import json
import time
from datetime import date, datetime, timedelta
from typing import Any

from tests.landing.logs.lines import event, log, request
from tests.landing.logs.staged import DAY

RAW_BYTES = (b"\xff", b"\xc3", b"\xed\xa0\xbd", b"\xc0\x80", b"\xf5\x80\x80\x80", b"\xf0\x9f\xa6")


# ---------------------------------------------------------------- lines


def test_a_line_that_a_logger_cut_is_no_json(stager):
    for made in (event, request):
        long = json.dumps(made(event={"answers": {"a": "heron " * 10_000}})).encode()
        cut = [long[:length] for length in (512, 2_043, 10_000, 50_000)]
        assert stager.each(*cut) == ["not_json"] * 4


def test_what_only_looks_like_an_object_is_no_json(stager):
    lines = (
        b"{",
        b"}",
        b"{}}",
        b'{"a"}',
        b"{1: 2}",
        b"{'time': 1}",
        b'{"time": "2026-07-01"',
        b"{" * 5_000 + b"}",
    )
    assert stager.each(*lines) == ["not_json"] * len(lines)


def test_an_object_without_a_time_is_no_event(stager):
    lines = (b"{}", b'{"a": null}', b'{"time": {}}', b'{"time": []}', b'{"time": true}')
    assert stager.each(*lines) == ["no_time"] * len(lines)


def test_what_stands_before_the_event_is_left_out(stager):
    line = json.dumps(event()).encode()
    prefixes = (
        b"Sep  9 00:00:48 localhost ",
        b"<134>Jun  3 app [tracking] INFO ",
        b"\xef\xbb\xbf",
        b"\t",
        b" ",
    )
    plain = stager.each(line)[0]
    own = ("line_hash", "_row_hash", "_offset")
    for prefix in prefixes:
        staged = stager.plain(log(prefix + line))
        [row] = staged.rows
        assert row | dict.fromkeys(own) == plain | dict.fromkeys(own)
        assert staged.repairs == {("_line", "not_alone"): 1}
    assert stager.each(b"x: {1} - " + line) == ["not_json"]  # from its first brace on


def test_ends_of_lines_of_every_kind(stager):
    lines = [json.dumps(event(at)).encode() + end for at, end in enumerate((b"\r\n", b"\n\n\n", b" \n", b""))]
    staged = stager.plain(b"".join(lines))
    assert len(staged.rows) == 4
    assert staged.not_landed == {"blank": 2}


def test_the_last_line_is_the_same_with_its_end_and_without(stager):
    line = json.dumps(event()).encode()
    one, other = stager.plain(line).rows, stager.plain(line + b"\n").rows
    assert one == other != []


def test_of_the_same_lines_the_first_lands(stager):
    twice, other = json.dumps(event(1)).encode(), json.dumps(event(2)).encode()
    staged = stager.plain(log(other, twice, other, twice, twice), chunk_bytes=400)
    assert staged.not_landed == {"duplicate": 3}
    assert [row["_offset"] for row in staged.rows] == [0, len(other) + 1]


def test_a_log_of_nothing_but_blanks_and_comments_has_no_row(stager):
    assert stager.plain(b"\n \n# a comment\n\r\n").not_landed == {"blank": 4}
    assert stager.plain(b"").outcome.rows_read == 0


def test_escapes_that_are_text_land(stager):
    texts = ("\\u0000", "\\u2028", "\\ud83e\\udd89", "\\u0085", "é", "\\/", "\u2028", "\x85")
    lines = [json.dumps(event(7)).replace("learner1", f"learner{text}").encode() for text in texts]
    assert all(stager.values("username", *lines))
    lines = [
        json.dumps(event(7)).replace('"event"', f'"m{text}": "{text}", "event"').encode() for text in texts
    ]
    assert stager.values("current_time", *lines) == [7] * len(lines)


def test_escapes_that_are_no_text_are_no_json(stager):
    texts = ("\\ud83e", "\\udd89", "\\ud83e\\ud83e", "\\u12", "\\x41", "\0", "\x1f")
    lines = [json.dumps(event(7)).replace("learner1", f"learner{text}").encode() for text in texts]
    assert stager.each(*lines) == ["not_json"] * len(texts)


def test_bytes_that_are_no_text_never_reach_the_database(stager):
    """Its functions of text may never end on them. In every place of a line, and at the ends of blocks."""
    bad = [
        line for raw in RAW_BYTES
        for line in (b'{"time": "' + raw + b'"}', raw, b"Jun  3 {" + raw + b"}", b"{" + raw, raw + b"}")
    ]  # fmt: skip
    good = [json.dumps(made(at)).encode() for at, made in enumerate([event, request] * len(bad))]
    mixed = [line for pair in zip(good, bad * 2, strict=True) for line in pair]
    started = time.monotonic()
    for chunk_bytes in (16 << 20, 5_000):
        staged = stager.plain(log(*mixed), chunk_bytes=chunk_bytes)
        assert staged.not_landed == {"not_utf8": 2 * len(bad)}
        assert len(staged.rows) == len(good)
    assert time.monotonic() - started < 30


def test_long_lines_land(stager):
    started = time.monotonic()
    staged = stager.plain(log(event(1), request(2, page="x" * (5 << 20)), event(3, agent="y" * 300_000)))
    assert [row["family"] for row in staged.rows] == ["video", "request", "video"]
    assert time.monotonic() - started < 20


def test_of_a_member_that_is_there_twice_the_first_counts(stager):
    line = json.dumps(event(1)).replace('"username"', '"username": "learner2", "username"').encode()
    one, other = stager.values("username", line, event(2))
    assert one == other
    inner = json.dumps(event(1, event={"currentTime": 1}))
    inner = inner.replace('"currentTime": 1', '"currentTime": 5, "currentTime": 1')
    assert stager.values("current_time", inner.encode()) == [5]


def test_deep_and_wide_objects_are_read(stager):
    deep: Any = {"a": 1}
    for _ in range(200):
        deep = {"a": deep}
    wide = {f"member {n}": n for n in range(20_000)}
    assert stager.values("current_time", event(5, other=deep, more=wide)) == [5]


def test_an_object_too_deep_for_any_reader_costs_its_line_alone(stager):
    deep = b'{"time": "2026-07-01", "a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    first, odd, last = stager.each(event(1), deep, event(2))
    assert not isinstance(first, str)
    assert not isinstance(last, str)
    assert isinstance(odd, str) or odd["family"] == "other"


# ---------------------------------------------------------------- times

SAME_MOMENT = (
    "2026-07-01T10:00:01.25+00:00", "2026-07-01T10:00:01.25Z", "2026-07-01T10:00:01.25",
    "2026-07-01 10:00:01.25", " 2026-07-01T10:00:01.25Z\n",
    "2026-07-01T20:00:01.25+10:00", "2026-07-01T06:30:01.25-03:30",
    "2026-06-30T23:00:01.25-11:00", 1782900001.25, 1782900001250, "1782900001.25", "1782900001250",
)  # fmt: skip
NO_TIMES = (
    "2015-09-31T10:00:00+00:00", "2026-07-01T25:00:00+00:00", "yesterday", "", None, 0, -5, 1e300, "NaN",
    "infinity", "-infinity", "0000-00-00 00:00:00", "1969-12-31T23:59:59+00:00", "12026-07-01T00:00:00+00:00",
    "epoch", "now", "today", 99999999999999, "1-1-1", {"$date": 1782900001250}, ["2026-07-01"],
)  # fmt: skip
FILED = {
    "2026-07-02T23:59:59+00:00": DAY + timedelta(days=1), "2026-07-03T00:00:00+00:00": DAY,
    "2038-01-19T03:14:07+00:00": DAY, "9999-12-30T23:59:59+00:00": DAY, "2010-12-31T23:59:59+00:00": DAY,
    "2011-01-01T00:00:00+00:00": date(2011, 1, 1), "1970-01-01T00:00:00+00:00": DAY,
    "2026-06-05T00:00:00+00:00": date(2026, 6, 5), "2026-07-02T04:00:00+10:00": DAY,
}  # fmt: skip


def test_times_in_every_form_are_utc(stager):
    for made in (event, request):
        found = stager.values("time", *(made(time=written) for written in SAME_MOMENT))
        assert found == [datetime.fromisoformat("2026-07-01 10:00:01.25")] * len(SAME_MOMENT)


def test_a_clock_that_is_wrong_is_filed_by_the_file_and_kept(stager):
    for made in (event, request):
        lines = [made(time=written) for written in FILED]
        assert dict(zip(FILED, stager.values("event_date", *lines), strict=True)) == FILED
        kept = {written[:13] for written in FILED if written.endswith("+00:00")}
        assert kept <= {f"{moment:%Y-%m-%dT%H}" for moment in stager.values("time", *lines)}


def test_what_is_no_time_is_kept_in_quarantine(stager):
    for made in (event, request):
        found = stager.each(*(made(time=written) for written in NO_TIMES))
        assert dict(zip(map(str, NO_TIMES), found, strict=True)) == dict.fromkeys(
            map(str, NO_TIMES), "no_time"
        )
