"""Who does what in the days of the sample's tracking logs: every visit of the story, then its requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from scripts.sample_sources.edx_courses import RUNS, VIDEOS, Run
from scripts.sample_sources.edx_enrolments import Enrolment
from scripts.sample_sources.edx_log_community import (
    certificate_records,
    cohort_records,
    other_records,
    reading_records,
    talk_records,
    teaching_records,
)
from scripts.sample_sources.edx_log_courseware import (
    browse_records,
    moment_before,
    sequence_records,
    transcript_records,
    video_records,
)
from scripts.sample_sources.edx_log_enrolments import enrolment_records
from scripts.sample_sources.edx_log_essays import essay_records
from scripts.sample_sources.edx_log_lines import Record, Visit
from scripts.sample_sources.edx_log_problems import (
    answer_records,
    grade_records,
    staff_records,
    too_late_records,
)
from scripts.sample_sources.edx_log_requests import request_record

# Lines of one day at scale 1: so many that 85 of 100 are requests, but between these two.
FEWEST, MOST = 400, 620
REQUESTS_A_RECORD = 85 / 15
VISITS_A_DAY = 18
# How long before the days covered phones were offline that come online in them.
OFFLINE = timedelta(days=11)
# The course whose page people look at who are not signed in.
STRANGERS = RUNS[4]
Visits = dict[date, list[Visit]]


def told_records(enrolments: Sequence[Enrolment], scale: int, first: date, last: date) -> Iterator[Record]:
    """All records of what happened from `first` to `last`, inclusive, and what phones kept from before it."""
    begin, end = datetime.combine(first, time()), datetime.combine(last + timedelta(days=1), time())
    rng, visits = Random(f"edx logs {scale}"), defaultdict[date, list[Visit]](list)
    found = [
        *enrolment_records(enrolments, begin, end),
        *_attempts(enrolments, visits, begin, end),
        *_of_runs(enrolments, begin, end),
        *_changing(enrolments, begin, end),
        *_browsing(rng, enrolments, visits, scale, (first, last)),
    ]
    yield from found
    yield from _offline(enrolments, begin)
    yield from _requests(rng, visits, found, scale, (first, last))


def _attempts(
    enrolments: Sequence[Enrolment], visits: Visits, begin: datetime, end: datetime
) -> Iterator[Record]:
    """A visit for every problem answered: to the lesson, its video, the answer, away."""
    answered = [(one, nth) for one in enrolments for nth in range(len(one.attempts))]
    covered = [(one, nth) for one, nth in answered if begin <= one.attempts[nth].moment < end]
    for turn, (one, nth) in enumerate(covered):
        attempt = one.attempts[nth]
        came = moment_before(attempt.moment, 240 + turn % 7 * 130, one.created + timedelta(seconds=1))
        came = max(came, datetime.combine(attempt.moment, time()))
        visit, place = Visit(one.account, one.run, came), min(nth, VIDEOS - 1)
        visits[came.date()].append(visit)
        if turn % 2:
            yield from sequence_records(visit, place, turn)
        if turn % 4 == 1:
            yield from video_records(visit, place, turn // 4)
        if turn % 32 == 2:
            yield from transcript_records(visit, place, turn)
        yield from answer_records(visit, attempt, turn)


def _of_runs(enrolments: Sequence[Enrolment], begin: datetime, end: datetime) -> Iterator[Record]:
    for one in enrolments:
        yield from grade_records(one, begin, end)
    for run in RUNS:
        of_run = [one for one in enrolments if one.run is run]
        yield from certificate_records(run, of_run, begin, end)
        if run.complete:
            yield from essay_records(run, of_run, begin, end)
            yield from reading_records(run, of_run, begin)
            teacher = next(one for one in of_run if one.account.role == "instructor")
            learners = [one for one in of_run if one.account.role == "learner"][:12]
            visit = Visit(teacher.account, run, begin + timedelta(days=1, hours=9))
            yield from cohort_records(visit, learners)


def _changing(enrolments: Sequence[Enrolment], begin: datetime, end: datetime) -> Iterator[Record]:
    """Who is retired or moves was here before under the name and address that the snapshots lose."""
    for one in enrolments:
        account = one.account
        gone = account.retired_at or (account.moves[0] if account.moves else None)
        if gone is None or one.run.number != "Lead2x":
            continue
        for turn in (2, 9, 20):
            visit = Visit(account, one.run, gone - timedelta(days=turn))
            if begin <= visit.at < end:
                address = {"GET": {"email": [account.as_of(visit.at).email]}}
                yield visit.request(visit.after(3), "/dashboard", address)
                yield visit.request(visit.after(4), f"/u/{visit.username}", {})
                yield from browse_records(visit, turn)


def _browsing(
    rng: Random, enrolments: Sequence[Enrolment], visits: Visits, scale: int, days: tuple[date, date]
) -> Iterator[Record]:
    """Visits without an answer, until a day has enough of them; they open from the week before a run."""
    turn = 0
    for day in _days(*days):
        dawn = datetime.combine(day, time())
        there = [one for one in enrolments if one.created < dawn and _is_open(one.run, day)]
        for _ in range(max(4 * scale, VISITS_A_DAY * scale - len(visits[day]))):
            turn += 1
            one = rng.choice(there)
            visit = Visit(one.account, one.run, dawn + timedelta(seconds=rng.randrange(82_000)))
            visits[day].append(visit)
            yield from _looked(visit, one, turn, rng.choice(there).account.username)
        visits[day] += [Visit(None, STRANGERS, dawn + timedelta(hours=3 * turn)) for turn in range(7)]


def _is_open(run: Run, day: date) -> bool:
    return run.starts.date() - timedelta(days=7) <= day <= run.ends.date() + timedelta(days=21)


def _looked(visit: Visit, one: Enrolment, turn: int, other: str) -> Iterator[Record]:
    """What a visit without an answer leaves, by who it is and in turn."""
    role = one.account.role
    if role in ("instructor", "staff"):
        yield from teaching_records(visit, turn)
    elif role == "beta_testers":
        yield from staff_records(visit, one.run)
    elif role == "learner":
        if turn % 3 == 0:
            yield from browse_records(visit, turn // 3)
        elif turn % 3 == 1:
            yield from other_records(visit, turn // 3)
        elif not one.run.complete:
            yield from talk_records(visit, turn // 3, other)
        elif visit.at > one.run.ends:
            yield from too_late_records(visit, one.run)
        else:
            yield from sequence_records(visit, turn % VIDEOS, turn)


def _offline(enrolments: Sequence[Enrolment], begin: datetime) -> Iterator[Record]:
    """Videos watched before the days covered on phones that came online in them."""
    late = [
        (one, attempt.moment)
        for one in enrolments
        for attempt in one.attempts
        if begin - OFFLINE <= attempt.moment < begin and attempt.problem is one.run.problems[0]
    ]
    for one, moment in late[:20]:
        yield from video_records(Visit(one.account, one.run, moment + timedelta(minutes=9)), 0, 64)


def _requests(
    rng: Random, visits: Mapping[date, Sequence[Visit]], found: Sequence[Record], scale: int,
    days: tuple[date, date],
) -> Iterator[Record]:  # fmt: skip
    """Requests of a day's visits, so many that a day has as many lines as a day has."""
    told: dict[str, int] = defaultdict(int)
    for record in found:
        told[record["time"][:10]] += 1
    for day in _days(*days):
        records = told[day.isoformat()]
        wanted = round(records * REQUESTS_A_RECORD)
        wanted = max(min(wanted, MOST * scale - records), FEWEST * scale - records)
        for _ in range(wanted):
            yield request_record(rng, rng.choice(visits[day]))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
