"""Logs that cannot be read, sealed with real gpg: each is refused whole with one sentence, others land."""

from __future__ import annotations

import gzip
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from pipelines.landing.logs.read import LogReader
from pipelines.landing.platform import PlatformOutcome
from tests.landing.logs.daily import NAME, DailyLogs, key_of, sealed
from tests.landing.logs.lines import day_log, event, log
from tests.landing.logs.staged import DAY, gzipped

HERON = "heron@nest.example"


def day_of(number: int) -> date:
    return DAY + timedelta(days=number)


def plain(number: int, lines: int = 400) -> bytes:
    """A day of which every line names somebody."""
    return log(*(event(n, day=day_of(number), session=HERON, username=HERON) for n in range(lines)))


def flipped(content: bytes, at: int) -> bytes:
    altered = bytearray(content)
    altered[at] ^= 1
    return bytes(altered)


def sentences(outcome: PlatformOutcome) -> list[str]:
    """What was said of what went wrong; nobody is named in it."""
    said = {str(error) for error in outcome.errors} | {str(it.error) for it in outcome.tables if it.error}
    for text in said:
        assert HERON not in text
        assert "\n" not in text
        assert len(text) < 500
    return sorted(said)


def assert_nothing_of(days: DailyLogs, *keys: str) -> None:
    for key in keys:
        assert key not in days.counts()
        assert days.reasons(key) == {}
        counts = days.rows(
            "select rows_read, rows_landed, rows_quarantined, rows_filtered, outcome from ops.landings "
            "where file_key = ?", key,
        )  # fmt: skip
        assert counts == [(0, 0, 0, 0, "failed")]
        assert days.rows("select outcome from ops.packages where object_key = ?", key) == [("refused",)]
    assert list((days.folder / "home" / "work" / "landing").rglob("*.parquet")) == []


def test_files_cut_altered_or_for_another_key_stop_no_other(sealed_days, log_keys):
    whole = [sealed(log_keys, plain(number)) for number in range(8)]
    packed = gzipped(plain(1))
    bad = {
        1: log_keys.encrypted(packed[: len(packed) // 2], NAME),  # gzip cut, gpg whole
        2: whole[2][: len(whole[2]) // 2],
        3: whole[3][:-1],
        4: flipped(whole[4], len(whole[4]) * 3 // 4),
        5: sealed(log_keys, plain(5), to="other"),
        6: log_keys.encrypted(flipped(packed, len(packed) // 2), NAME),  # gzip altered, gpg whole
        7: b"-----BEGIN PGP MESSAGE-----\n\nheron\n",
        8: log_keys.encrypted(plain(8), NAME),  # no gzip at all
        9: gzipped(plain(9)),  # not encrypted
    }
    sealed_days.deliver(DAY, whole[0])
    keys = {number: sealed_days.deliver(day_of(number), content) for number, content in bad.items()}
    last = sealed_days.deliver(day_of(10), sealed(log_keys, plain(10)))

    outcome = sealed_days.land()

    assert sealed_days.counts() == {key_of(DAY): 400, last: 400}
    assert_nothing_of(sealed_days, *keys.values())
    said = sentences(outcome)
    for number in bad:
        assert len([text for text in said if f"{day_of(number)}.log" in text or " more: " in text]) >= 1
    assert len(said) <= len(bad)
    for text in said:
        assert text.startswith(f"edx/{NAME}: ")
    about = {
        number: str(table.error)
        for number in bad
        for table in outcome.tables
        if table.file_key == keys[number]
    }
    assert "cut off" in about[1]
    assert "altered" in about[6]
    assert "other keys than ours" in about[5]
    assert "is no gzip" in about[8]

    for number, key in keys.items():
        assert sealed_days.deliver(day_of(number), sealed(log_keys, plain(number)), issue=1) == key
    sealed_days.landed()
    assert sealed_days.counts() == {key_of(day_of(number)): 400 for number in range(11)}
    assert sealed_days.landed().tables == []


def test_a_bad_file_that_stays_is_refused_again_and_again_and_touches_nothing(sealed_days, log_keys):
    key = sealed_days.deliver(DAY, sealed(log_keys, plain(0))[:-40])
    for _ in range(2):
        [said] = sentences(sealed_days.land())
        assert str(DAY) in said
    assert sealed_days.rows("select count(*) from staging_edx.tracking_events") == [(0,)]
    assert sealed_days.rows("select count(*) from ops.touched_partitions") == [(0,)]
    assert sealed_days.rows("select outcome from ops.packages where object_key = ?", key) == [("refused",)]


def test_objects_without_a_byte_and_logs_without_a_line_are_no_error(sealed_days, log_keys):
    keys = [
        sealed_days.deliver(DAY, b""),
        sealed_days.deliver(day_of(1), sealed(log_keys, b"")),
        sealed_days.deliver(day_of(2), log_keys.encrypted(b"", NAME)),
    ]
    outcome = sealed_days.landed()
    [warning] = outcome.warnings
    assert warning.startswith(f"edx/{NAME}: 3 logs have no line")
    assert [(table.file_key, table.rows_read, table.rows_landed) for table in outcome.tables] == [
        (key, 0, 0) for key in keys
    ]
    assert sealed_days.events() == []
    assert sealed_days.landed().tables == []


def test_several_gzips_in_one_and_zeros_behind_them(sealed_days, log_keys):
    parts = gzipped(day_log(DAY, range(5))) + gzip.compress(b"") + gzipped(day_log(DAY, range(5, 8)))
    sealed_days.deliver(DAY, log_keys.encrypted(parts + b"\0" * 512, NAME))
    sealed_days.landed()
    assert sealed_days.counts() == {key_of(DAY): 8}


def test_a_line_of_more_than_64_mb_is_refused_with_its_file(plain_days):
    """Packed it is some kilobytes; the file before it and the one after it land."""
    for number in (0, 2):
        plain_days.deliver(day_of(number), gzipped(plain(number, 3)))
    long = b'{"time": "' + b"x" * (65 << 20) + b'"}'
    plain_days.deliver(day_of(1), gzipped(plain(1, 3) + long))
    [said] = sentences(plain_days.land())
    assert "longer than 64 MB" in said
    assert f"{day_of(1)}.log" in said
    assert plain_days.counts() == {key_of(DAY): 3, key_of(day_of(2)): 3}
    assert_nothing_of(plain_days, key_of(day_of(1)))


def test_a_file_most_of_whose_lines_are_no_events_is_refused_whole(plain_days):
    plain_days.deliver(DAY, gzipped(plain(0, 9) + b"no event\n" * 20_001))
    plain_days.deliver(day_of(1), gzipped(plain(1, 9)))
    [said] = sentences(plain_days.land())
    assert "20,001 of its first 20,010 lines are no events" in said
    assert plain_days.counts() == {key_of(day_of(1)): 9}
    assert_nothing_of(plain_days, key_of(DAY))


def test_the_acts_of_a_file_that_was_given_up_land_with_no_other(plain_days):
    """They wait for the end of their file, which does not come."""
    whole = gzipped(plain(0, 2_000) + bytes(100_000))
    plain_days.deliver(DAY, whole[:-8])
    plain_days.deliver(day_of(1), gzipped(plain(1, 4)))
    plain_days.land()
    assert plain_days.counts() == {key_of(day_of(1)): 4}


def test_names_that_are_no_logs_are_left_alone(plain_days):
    content = gzipped(plain(0, 2))
    names = (
        "unix-edx-events-2026-07-32.log.gz.gpg", "unix-edx-events-2026-07-01.log.gz", "readme.txt",
        "unix-edge-events-2026-07-01.log.gz.gpg", "other-edx-events-2026-07-01.log.gz.gpg",
    )  # fmt: skip
    for name in names:
        path = plain_days.store / NAME / "edx" / "events" / "2026" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert plain_days.landed().tables == []


def test_a_statement_that_fails_stops_its_own_file_only(plain_days, monkeypatch):
    """No line is known to do that; one that did would otherwise keep all logs of its load from landing."""
    bad, good = (plain_days.deliver(day_of(n), gzipped(day_log(day_of(n), range(20 + n)))) for n in (0, 1))
    told = LogReader._told

    def failing(self: LogReader, statement: Any, lines: pa.Table, day: date) -> pa.Table:
        if day == day_of(0):
            monkeypatch.setitem(self._sql, statement, f"select error('{HERON}'), $day")
        else:
            monkeypatch.setitem(self._sql, statement, statement.sql("_block"))
        return told(self, statement, lines, day)

    monkeypatch.setattr(LogReader, "_told", failing)
    outcome = plain_days.land()
    [said] = sentences(outcome)
    assert bad.rpartition("/")[2] in said
    assert "statement on its lines failed" in said
    assert plain_days.counts() == {good: 21}
