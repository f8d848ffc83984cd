"""Tables of a course run on progress: enrolments, states of blocks, grades, certificates, roles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from scripts.sample_sources.edx_courses import ORGANISATION, Run
from scripts.sample_sources.edx_enrolments import PAID, UNVERIFIED, Attempt, Enrolment
from scripts.sample_sources.edx_people import hexed
from scripts.sample_sources.edx_writer import Table

CERTIFICATE_COLUMNS = (
    "id", "user_id", "download_url", "grade", "course_id", "key", "distinction", "status", "verify_uuid",
    "download_uuid", "name", "created_date", "modified_date", "error_reason", "mode",
)  # fmt: skip
STATE_COLUMNS = (
    "id", "module_type", "module_id", "student_id", "state", "grade", "created", "modified", "max_grade",
    "done", "course_id",
)  # fmt: skip
SUBSECTION_COLUMNS = (
    "course_id", "user_id", "usage_key", "earned_all", "possible_all", "earned_graded", "possible_graded",
    "first_attempted", "created", "modified",
)  # fmt: skip
GRADE_COLUMNS = (
    "course_id", "user_id", "grading_policy_hash", "percent_grade", "letter_grade", "passed_timestamp",
    "created", "modified",
)  # fmt: skip


def enrolment_table(enrolments: Sequence[Enrolment], now: datetime) -> Table:
    """student_courseenrollment; who left stays with is_active 0."""
    table = Table(("id", "user_id", "course_id", "created", "is_active", "mode"))
    for one in enrolments:
        active = one.left_at is None or one.left_at > now
        table.add(one.id, one.account.id, one.run.course_id, one.created, active, one.mode_at(now))
    return table


def anonymous_table(enrolments: Sequence[Enrolment]) -> Table:
    """student_anonymoususerid of those who have begun; every 25th learner has two."""
    table = Table(("id", "user_id", "anonymous_user_id", "course_id"))
    for one in enrolments:
        for turn in range(2 if one.account.id % 25 == 0 else 1):
            table.add(2 * one.id + turn, one.account.id, anonymous_id(one, turn), one.run.course_id)
    return table


def anonymous_id(one: Enrolment, turn: int = 0) -> str:
    """The learner's id in essays of this course, 32 hex digits."""
    return hexed(f"{one.run.course_id} {one.account.id} {turn}")


def role_table(enrolments: Sequence[Enrolment]) -> Table:
    """student_courseaccessrole of staff and beta testers."""
    table = Table(("org", "course_id", "user_id", "role"))
    for one in enrolments:
        if one.account.role not in ("learner", "worker"):
            table.add(ORGANISATION, one.run.course_id, one.account.id, one.account.role)
    return table


def state_table(enrolments: Sequence[Enrolment], now: datetime) -> Table:
    """courseware_studentmodule: where a learner stands in course, sequences, videos, problems. Unordered."""
    table = Table(STATE_COLUMNS)
    for one in enrolments:
        tried = one.tried(now)
        if tried:
            _state(table, one, "course", one.run.block("course", ""), {"position": 1}, tried)
            for place, video in enumerate(one.run.videos[: len(tried)]):
                position = {"saved_video_position": f"00:0{place}:41", "speed": 1.25}
                _state(table, one, "video", video, position, tried)
        for sequential in one.run.sequentials:
            here = [attempt for attempt in tried if attempt.problem.sequential == sequential]
            if here:
                _state(table, one, "sequential", sequential, {"position": len(here)}, here)
        for attempt in tried:
            table.add(*_answer(one, attempt))
    return table


def _state(
    table: Table, one: Enrolment, category: str, block: str, state: dict[str, Any], tried: Sequence[Attempt]
) -> None:
    places = [*one.run.problems, *one.run.videos, "", *one.run.sequentials]
    number = one.id * 100 + (places.index(block) if block in places else places.index(""))
    table.add(number, category, block, one.account.id, json.dumps(state), None, tried[0].moment,
              tried[-1].moment, None, "na", one.run.course_id)  # fmt: skip


def _answer(one: Enrolment, attempt: Attempt) -> tuple[Any, ...]:
    block, points = attempt.problem.block, attempt.problem.points
    part = f"{block.rpartition('@')[2].rpartition('/')[2]}_2_1"
    correctness = "correct" if attempt.earned else "incorrect"
    state = {
        "attempts": 1, "seed": 1, "done": True, "student_answers": {part: f'choice_{points} "\\alpha"'},
        "correct_map": {part: {"correctness": correctness, "npoints": None, "msg": ""}},
        "input_state": {part: {}}, "score": {"raw_earned": attempt.earned, "raw_possible": points},
        "last_submission_time": attempt.moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }  # fmt: skip
    number = one.id * 100 + one.run.problems.index(attempt.problem)
    return (number, "problem", block, one.account.id, json.dumps(state), float(attempt.earned),
            attempt.moment - timedelta(minutes=4), attempt.moment, float(points), "na",
            one.run.course_id)  # fmt: skip


def grade_table(enrolments: Sequence[Enrolment], now: datetime) -> Table:
    """grades_persistentcoursegrade: of those who tried anything."""
    table = Table(GRADE_COLUMNS)
    for one in enrolments:
        if tried := one.tried(now):
            passed_at = one.passed_at(now)
            if passed_at:
                passed_at = passed_at.replace(microsecond=one.id)
            table.add(one.run.course_id, one.account.id, hexed(f"policy {one.run.entity}"), one.percent(now),
                      "Pass" if passed_at else "", passed_at, tried[0].moment, tried[-1].moment)  # fmt: skip
    return table


def subsection_table(enrolments: Sequence[Enrolment], now: datetime) -> Table:
    """grades_persistentsubsectiongrade: a row a graded sequential that was tried."""
    table = Table(SUBSECTION_COLUMNS)
    for one in enrolments:
        tried = one.tried(now)
        for sequential in one.run.sequentials:
            here = [attempt for attempt in tried if attempt.problem.sequential == sequential]
            if here:
                earned = float(sum(attempt.earned for attempt in here))
                possible = float(_possible(one.run, sequential))
                moments = here[0].moment, here[-1].moment
                table.add(one.run.course_id, one.account.id, sequential, earned, possible, earned, possible,
                          moments[0], *moments)  # fmt: skip
    return table


def _possible(run: Run, sequential: str) -> int:
    return sum(problem.points for problem in run.problems if problem.sequential == sequential)


def certificate_table(enrolments: Sequence[Enrolment], now: datetime) -> Table:
    """certificates_generatedcertificate: three days after the end, in a capstone a day after passing."""
    table = Table(CERTIFICATE_COLUMNS)
    for one in enrolments:
        made = _made(one, now)
        if made:
            status = certificate_status(one, now)
            earned = status == "downloadable"
            uuids = (hexed(f"verify {one.id}"), hexed(f"download {one.id}")) if earned else ("", "")
            table.add(one.id + 7_000, one.account.id, "", str(one.percent(now)), one.run.course_id, "", False,
                      status, *uuids, one.account.as_of(now).name, made, made, "",
                      one.mode_at(now))  # fmt: skip
    return table


def _made(one: Enrolment, now: datetime) -> datetime | None:
    passed_at = one.passed_at(now)
    if one.run.place == "capstone":
        made = passed_at + timedelta(days=1) if passed_at else None
    else:
        made = one.run.ends + timedelta(days=3, seconds=one.id % 3600) if one.tried(now) else None
    return made if made and made <= now else None


def certificate_status(one: Enrolment, now: datetime) -> str:
    """What edX's certificate says of an enrolment once there is one."""
    passed, mode = one.passed_at(now) is not None, one.mode_at(now)
    if mode in ("audit", "honor"):
        return (
            f"{mode}_{'passing' if passed else 'notpassing'}" if mode == "audit" or passed else "notpassing"
        )
    if one.outcome == UNVERIFIED and mode == PAID:
        return "unverified"
    return "downloadable" if passed else "notpassing"
