"""Rows that cannot land are sealed with their file, replayed after the fix, and end with a newer snapshot."""

from __future__ import annotations

from typing import Any

import pytest

from tests.landing.packages.university import WEEKS, University, enrolled, member

DEMO = "UniX-Demo1x-1T2026"
ENROLMENTS = member("Demo1x", "student_courseenrollment")
TOO_WIDE = "5\taudit\t2026-02-01 00:00:00\tMs Quill\n"


def quarantine(uni: University) -> list[tuple[Any, ...]]:
    return uni.rows("select position, reason, status, scope, file_key from ops.quarantine order by position")


def test_a_row_too_wide_and_one_too_long_are_kept_with_their_place(uni):
    uni.mode_length(5)
    uni.deliver(WEEKS[0], {ENROLMENTS: enrolled(_1="audit", _2="professional") + TOO_WIDE + "6\n"})

    [row] = [table for table in uni.landed().tables if table.contract.name == "enrollment"]

    file_key = f"unix-{WEEKS[0]}.zip/unix-{WEEKS[0]}/{ENROLMENTS}.gpg"
    assert (row.rows_read, row.rows_landed, row.rows_quarantined) == (4, 1, 3)
    assert {(reason, status, scope, key) for _, reason, status, scope, key in quarantine(uni)} == {
        ("width", "open", DEMO, file_key), ("text_too_long", "open", DEMO, file_key),
    }  # fmt: skip
    sealed = uni.rows("select sealed_payload from ops.quarantine")
    assert not any(b"Quill" in payload for (payload,) in sealed)


def test_the_same_bad_line_in_two_courses_is_two_rows(uni):
    both = (member(course, "student_courseenrollment") for course in ("Demo1x", "Other2x"))
    uni.deliver(WEEKS[0], dict.fromkeys(both, enrolled() + TOO_WIDE))

    uni.landed()

    assert uni.rows("select count(*) from ops.quarantine") == [(2,)]


def test_a_newer_snapshot_ends_the_quarantine_of_its_entity(uni):
    uni.deliver(WEEKS[0], {ENROLMENTS: enrolled(_1="audit") + TOO_WIDE})
    uni.landed()
    uni.deliver(WEEKS[1], {ENROLMENTS: enrolled(_1="audit", _5="audit")})

    uni.landed()

    assert [status for _, _, status, _, _ in quarantine(uni)] == ["superseded"]


def test_a_bad_line_that_comes_again_is_one_row_and_stays_open(uni):
    for week in WEEKS[:2]:
        uni.deliver(week, {ENROLMENTS: enrolled(_1="audit") + TOO_WIDE})
        uni.landed()

    assert [status for _, _, status, _, _ in quarantine(uni)] == ["open"]


def test_replay_leaves_what_has_no_columns_and_says_nothing_landed(uni):
    uni.deliver(WEEKS[0], {ENROLMENTS: enrolled(_1="audit") + TOO_WIDE})
    uni.landed()

    outcome = uni.replay()

    assert outcome.errors == []
    assert [status for _, _, status, _, _ in quarantine(uni)] == ["open"]
    assert uni.enrolments() == [(DEMO, 1, "audit")]


def test_replay_lands_what_the_contract_takes_now(uni):
    uni.mode_length(5)
    uni.deliver(WEEKS[0], {ENROLMENTS: enrolled(_1="audit", _2="professional")})
    uni.landed()
    uni.mode_length(20)

    uni.replay()

    assert uni.enrolments() == [(DEMO, 1, "audit"), (DEMO, 2, "professional")]
    assert [status for _, _, status, _, _ in quarantine(uni)] == ["replayed"]


def test_a_file_most_of_whose_rows_fit_nowhere_is_refused_whole(uni):
    uni.deliver(WEEKS[0], {ENROLMENTS: enrolled(_1="audit")})
    uni.landed()
    uni.deliver(WEEKS[1], {ENROLMENTS: enrolled(_1="verified") + TOO_WIDE * 20_001})

    outcome = uni.land()

    assert [
        "20,001 of the first 20,002 rows do not fit" in str(it.error) for it in outcome.tables if it.error
    ] == [True]
    assert quarantine(uni) == []
    assert uni.enrolments() == [(DEMO, 1, "audit")]


@pytest.mark.parametrize("older", [enrolled(), "", b""])
def test_an_older_file_without_a_row_ends_nothing(uni, older):
    uni.deliver(WEEKS[1], {ENROLMENTS: enrolled(_1="audit") + TOO_WIDE})
    uni.deliver(WEEKS[0], {ENROLMENTS: older})

    uni.landed()

    assert [status for _, _, status, _, _ in quarantine(uni)] == ["open"]
