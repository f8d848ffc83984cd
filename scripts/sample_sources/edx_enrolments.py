"""What becomes of learners of the sample's edX organisation: who is in which run, how, with what success."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from scripts.sample_sources.edx_courses import HOMEWORK_WEIGHT, PASS_MARK, RUNS, Problem, Run
from scripts.sample_sources.edx_people import LEARNERS_PER_SCALE, Account

PAID, PASSED, FAILED, STARTED, NOTHING = "verified", "passed", "failed", "started", "nothing"
# `unverified`: passed and paid, but the ID was never shown, so there is no certificate.
UNVERIFIED, LEFT = "unverified", "left"
# Of 140 learners of a programme per scale; 30 are in both. Place in the programme: mode and outcome.
FATES: dict[str, tuple[int, dict[str, tuple[str, str]]]] = {
    "eligible": (13, {"first": (PAID, PASSED), "second": (PAID, PASSED)}),
    "in capstone": (34, {"first": (PAID, PASSED), "second": (PAID, PASSED), "capstone": (PAID, STARTED)}),
    "completed": (6, {"first": (PAID, PASSED), "second": (PAID, PASSED), "capstone": (PAID, PASSED)}),
    "second failed": (11, {"first": (PAID, PASSED), "second": (PAID, FAILED)}),
    "first only": (11, {"first": (PAID, PASSED)}),
    "second only": (6, {"second": (PAID, PASSED)}),
    "both in audit": (9, {"first": ("audit", PASSED), "second": ("audit", PASSED)}),
    "second in audit": (7, {"first": (PAID, PASSED), "second": ("audit", PASSED)}),
    "no ID shown": (4, {"first": (PAID, PASSED), "second": (PAID, UNVERIFIED)}),
    "honor": (2, {"first": ("honor", PASSED), "second": ("honor", FAILED)}),
    "professional": (2, {"first": ("no-id-professional", FAILED)}),
    "refunded": (2, {"first": (PAID, LEFT)}),
    "left": (9, {"first": ("audit", LEFT)}),
    "looked around": (18, {"first": ("audit", STARTED), "second": ("audit", NOTHING)}),
    "too early": (6, {"first": (PAID, PASSED), "capstone": ("audit", NOTHING)}),
}
TRIES = {PASSED: 1.0, UNVERIFIED: 1.0, FAILED: 0.7, STARTED: 0.3, NOTHING: 0.0, LEFT: 0.15}
SURE = {PASSED: 0.88, UNVERIFIED: 0.85, FAILED: 0.35, STARTED: 0.6, NOTHING: 0.0, LEFT: 0.5}


@dataclass(frozen=True)
class Attempt:
    """One problem answered: `earned` of its points at `moment`."""

    problem: Problem
    moment: datetime
    earned: int


@dataclass(frozen=True)
class Enrolment:
    """One account in one run; `attempts` in order of time, a few of them later than the snapshots."""

    id: int
    account: Account
    run: Run
    created: datetime
    mode: str
    outcome: str
    attempts: tuple[Attempt, ...]
    left_at: datetime | None = None
    upgraded_at: datetime | None = None

    def tried(self, now: datetime) -> tuple[Attempt, ...]:
        """The attempts up to `now`."""
        return tuple(attempt for attempt in self.attempts if attempt.moment <= now)

    def mode_at(self, now: datetime) -> str:
        """Audit until the upgrade, if there is one."""
        return "audit" if self.upgraded_at and self.upgraded_at > now else self.mode

    def percent(self, now: datetime) -> float:
        """The course grade, 0 to 1: homework and exam weighted, what was not tried counts as nothing."""
        return course_grade(self.run, self.tried(now))

    def passed_at(self, now: datetime) -> datetime | None:
        """When the grade first reached the pass mark, if it has by `now`."""
        tried = self.tried(now)
        for last in range(1, len(tried) + 1):
            if course_grade(self.run, tried[:last]) >= PASS_MARK:
                return tried[last - 1].moment
        return None


def course_grade(run: Run, attempts: Sequence[Attempt]) -> float:
    """0 to 1, two decimals as edX rounds it."""
    total = 0.0
    for in_exam, weight in ((False, HOMEWORK_WEIGHT), (True, 1 - HOMEWORK_WEIGHT)):
        possible = sum(problem.points for problem in run.problems if problem.in_exam == in_exam)
        earned = sum(attempt.earned for attempt in attempts if attempt.problem.in_exam == in_exam)
        total += weight * earned / possible
    return round(total + 1e-9, 2)


def fates(rng: Random, scale: int, programme: str) -> dict[int, str]:
    """Place of a learner among the learners → fate, for those of one programme."""
    names = [name for name, (count, _) in FATES.items() for _ in range(count * scale)]
    rng.shuffle(names)
    learners = LEARNERS_PER_SCALE * scale
    first = 0 if programme == "leadership" else learners - len(names)
    return {first + place: name for place, name in enumerate(names)}


def enrol(rng: Random, scale: int, accounts: Sequence[Account]) -> list[Enrolment]:
    """All enrolments, learners' and staff's, in order of time; ids go up with it."""
    learners = [account for account in accounts if account.role == "learner"]
    found: list[Enrolment] = []
    for programme in ("leadership", "energy"):
        runs = {run.place: run for run in RUNS if run.programme == programme}
        for place, fate in fates(rng, scale, programme).items():
            for where, (mode, outcome) in FATES[fate][1].items():
                found.append(_enrolment(rng, learners[place], runs[where], mode, outcome))
    staff = (account for account in accounts if account.role != "learner")
    found += [_enrolment(rng, account, run, "audit", NOTHING) for account in staff for run in RUNS]
    found.sort(key=lambda one: (one.created, one.account.id))
    return [replace(one, id=40_000 + number) for number, one in enumerate(found)]


def _enrolment(rng: Random, account: Account, run: Run, mode: str, outcome: str) -> Enrolment:
    # Capstones fill while the packages are made: some enrol between two of them.
    span = 40 if run.place == "capstone" else 30
    created = run.starts + timedelta(seconds=rng.randrange(-20 * 86_400, (span - 20) * 86_400))
    created = max(created, account.joined + timedelta(minutes=5)).replace(microsecond=0)
    attempts = _attempts(rng, run, created, outcome)
    left_at = created + timedelta(days=9) if outcome == LEFT else None
    upgraded_at = None
    if run.number == "EngyCapx" and mode == PAID and rng.random() < 0.4:
        upgraded_at = created + timedelta(days=3)
    return Enrolment(0, account, run, created, mode, outcome, attempts, left_at, upgraded_at)


def _attempts(rng: Random, run: Run, created: datetime, outcome: str) -> tuple[Attempt, ...]:
    begin = max(created, run.starts)
    # A capstone that is passed by now was done in its first weeks.
    end = begin + timedelta(days=25) if run.place == "capstone" else run.ends
    problems = run.problems[: round(len(run.problems) * TRIES[outcome])]
    seconds = sorted(rng.randrange(int((end - begin).total_seconds())) for _ in problems)
    moments = [begin + timedelta(seconds=second) for second in seconds]
    earned = [problem.points if rng.random() < SURE[outcome] else 0 for problem in problems]
    attempts = [Attempt(*parts) for parts in zip(problems, moments, earned, strict=True)]
    return tuple(_as_told(run, attempts, outcome))


def _as_told(run: Run, attempts: list[Attempt], outcome: str) -> list[Attempt]:
    """Mends points until the grade is on the side of the pass mark on which the outcome is."""
    should_pass = outcome in (PASSED, UNVERIFIED)
    for place, attempt in enumerate(attempts):
        if (course_grade(run, attempts) >= PASS_MARK) == should_pass:
            break
        attempts[place] = replace(attempt, earned=attempt.problem.points if should_pass else 0)
    return attempts


def with_changes(enrolments: Sequence[Enrolment], last: datetime) -> list[Enrolment]:
    """Three accounts change: one was retired long ago, one before the snapshot at `last`, one has moved.

    Both latter ones are in the first and the second run of a programme, so that one file has the old row.
    """
    in_both = [
        one.account
        for one in enrolments
        if one.run.number == "Lead1x" and one.outcome == STARTED and not one.account.email.endswith(".uk")
    ]
    long_ago, lately, moved = in_both[:3]
    changed = {
        long_ago.id: replace(long_ago, retired_at=last - timedelta(days=60)),
        lately.id: replace(lately, retired_at=last - timedelta(days=3)),
        moved.id: replace(moved, moves=(last - timedelta(days=2), f"moved.{moved.email}")),
    }
    return [replace(one, account=changed.get(one.account.id, one.account)) for one in enrolments]
