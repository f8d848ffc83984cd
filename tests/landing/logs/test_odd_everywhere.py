"""Odd values in every place of an event of every family: each line ends somewhere, and no statement fails."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.end_to_end.log_canaries import acts, places, put, usual
from tests.landing.logs.lines import log

TEXTS = (
    "%FF", "%C3%28", "%", "%00", "\0", "\x1f", "\u2028", "\ufeff", "\U0001f989", "'", '"', "\\", "$", "$.a",
    "[*]", "{}", "[]", "{", '"{', '"{\\"', "null", "NaN", "-inf", "1e400", "9" * 400, "-9223372036854775809",
    "0x1", "1_000", "١٢٣", "9999-12-31T23:59:59.9999999+14:00", "0001-01-01", "290000-01-01", "infinity",
    "2026-07-01T10:00:00 BC", "999999999.9999999999", "9999999999", "99999999999999", "/courses/",
    "course-v1:", "block-v1:++", "i4x://///", "//", "http://[::1", "a" * 10_000, " " * 1_000, "\n",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    *TEXTS, 10**400, -0.0, 1e-320, 2**63, -(2**63) - 1, True, None, [], {}, [None], [[]], {"": ""},
    {'"': '"'}, {"a.b": {"c": 1}}, {"$": 1}, {"*": [1]}, {"[0]": 1}, {"\0": "\0"}, [{"a": [1, {}]}] * 3,
)  # fmt: skip


def test_every_odd_value_in_every_place(stager, long_counts):
    """Of the short form each place gets a fifteenth of the values, another one than the place before."""
    lines = [
        put(usual(family), place, value) | {"n": number}
        for at, family in enumerate(acts())
        for where, place in enumerate(places(family))
        for number, value in enumerate(ODD)
        if long_counts or (at + where + number) % 15 == 0
    ]
    staged = stager.plain(log(*lines))
    assert staged.outcome.rows_read == len(lines)
    assert len(staged.rows) > len(lines) * 0.9
    assert set(staged.not_landed) <= {"no_time", "not_json", "duplicate"}


def test_every_odd_value_as_the_payload_and_as_its_text(stager):
    forms = (*ODD, *(value if isinstance(value, str) else repr(value) for value in ODD))
    lines = [usual(family) | {"event": value, "n": n} for family in acts() for n, value in enumerate(forms)]
    staged = stager.plain(log(*lines))
    assert Counter(staged.not_landed).keys() <= {"not_json"}
    assert len(staged.rows) > 0.9 * len(lines)
