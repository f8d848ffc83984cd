"""Enrolment events of the sample's tracking logs, and how they differ from the snapshots on purpose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from scripts.sample_sources.edx_enrolments import Enrolment
from scripts.sample_sources.edx_log_lines import Record, Visit

ACTIVATED = "edx.course.enrollment.activated"
DEACTIVATED = "edx.course.enrollment.deactivated"
MODE_CHANGED = "edx.course.enrollment.mode_changed"
PATH = "/change_enrollment"
# Of enrolments in the days covered, counted by id: whose event was lost, who comes with three in a row, who
# left and came back the same day, and whose coming back was lost.
LOST, IN_A_ROW, CAME_BACK, SEEMS_GONE = 19, 23, 29, 43


def enrolment_records(enrolments: Sequence[Enrolment], first: datetime, end: datetime) -> Iterator[Record]:
    """Events of what happened from `first` until before `end`, each at the moment the snapshot has."""
    for one in enrolments:
        if first <= one.created < end and one.id % LOST:
            yield from _activated(one)
        if one.upgraded_at and first <= one.upgraded_at < end:
            yield _event(one, one.upgraded_at, MODE_CHANGED)
            yield _upgraded(one, one.upgraded_at)
        if one.left_at and first <= one.left_at < end:
            yield _event(one, one.left_at, DEACTIVATED)


def _activated(one: Enrolment) -> Iterator[Record]:
    visit = Visit(one.account, one.run, one.created)
    yield visit.request(
        visit.after(-2), PATH,
        {"POST": {"course_id": [one.run.course_id], "enrollment_action": ["enroll"]}},
    )  # fmt: skip
    yield _event(one, one.created, ACTIVATED)
    if one.id % IN_A_ROW == 0:
        yield from (_event(one, one.created + timedelta(seconds=turn), ACTIVATED) for turn in (4, 9))
    if one.id % CAME_BACK == 0:
        yield _event(one, one.created + timedelta(minutes=20), DEACTIVATED)
        yield _event(one, one.created + timedelta(minutes=25), ACTIVATED)
    if one.id % SEEMS_GONE == 0:
        yield _event(one, one.created + timedelta(minutes=30), DEACTIVATED)


def _event(one: Enrolment, moment: datetime, name: str) -> Record:
    visit = Visit(one.account, one.run, moment)
    payload = {"course_id": one.run.course_id, "user_id": one.account.id, "mode": one.mode_at(moment)}
    record = visit.server(visit.after(0), name, payload, PATH)
    # These are reported from outside a course, so every other context has none.
    if one.id % 2:
        record["context"] |= {"course_id": "", "org_id": ""}
    return record


def _upgraded(one: Enrolment, moment: datetime) -> Record:
    """The upgrade has no payload: its mode is in the context."""
    visit = Visit(one.account, one.run, moment)
    record = visit.server(visit.after(1), "edx.course.enrollment.upgrade.succeeded", {}, "/checkout/")
    record["context"]["mode"] = one.mode
    return record
