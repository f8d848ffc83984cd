"""Who may take a capstone, again in plain Python: one learner and one course at a time, nothing is joined.

Written from decisions 060 to 062 and edX's rule, not from the SQL, so that the two can disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

EARNED = ("downloadable", "generating")
PROGRAMMES = {
    "leadership": (("UniX+Lead1x", "UniX+Lead2x"), "UniX+LeadCapx"),
    "energy": (("UniX+Engy1x", "UniX+Engy2x"), "UniX+EngyCapx"),
}
WORDS = {
    "uncertified": "passed, but no certificate that counts",
    "wrong_mode": "passed in a mode that does not count",
    "studying": "not passed yet",
    "left": "left without passing",
    "not taken": "not taken",
}
BEST_FIRST = ("passed", *WORDS)
# passed, needed, eligible, eligible on, in the capstone, paying for it, qualifies by upgrading, why not
Verdict = tuple[int, int, bool, date | None, bool, bool, bool, str | None]


@dataclass(frozen=True)
class Result:
    """What a snapshot says of one account on one course run; None where a table has no row."""

    account: str
    run: str
    course: str
    enrolment: tuple[str, bool] | None = None
    grade: tuple[float, str | None, date | None] | None = None
    certificate: tuple[str, str, date] | None = None

    @property
    def pays(self) -> bool:
        """Enrolled now, in the mode that the programmes ask for."""
        return self.enrolment is not None and self.enrolment[1] and counts(self.enrolment[0])

    @property
    def standing(self) -> str:
        """The first that holds."""
        earned = self.certificate is not None and self.certificate[0] in EARNED
        if earned and self.certificate and counts(self.certificate[1]):
            return "passed"
        if earned or self._grade_passes or self._passed_by_status:
            return "uncertified" if self.pays else "wrong_mode"
        return "studying" if self.enrolment and self.enrolment[1] else "left"

    @property
    def earned_on(self) -> date:
        """Of one that stands as passed."""
        assert self.certificate
        return (self.grade and self.grade[2]) or self.certificate[2]

    @property
    def _grade_passes(self) -> bool:
        if self.grade is None:
            return False
        share, letter, _ = self.grade
        mark = 0.7 if "Cap" in self.course else 0.65
        return share >= mark if letter is None else letter != ""

    @property
    def _passed_by_status(self) -> bool:
        return self.certificate is not None and self.certificate[0] in ("audit_passing", "honor_passing")


@dataclass
class Snapshot:
    """All results; person of each account that may learn; (account, run) of those in a run's team."""

    results: list[Result] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)
    team: set[tuple[str, str]] = field(default_factory=set)


def counts(mode: str) -> bool:
    """All courses of these programmes ask for verified."""
    return mode in ("verified", "credit")


def eligibility(snapshot: Snapshot) -> dict[tuple[str, str], Verdict]:
    """(programme, person) → what the mart says."""
    found = {}
    for person in sorted(set(snapshot.people.values())):
        own = [
            result
            for result in snapshot.results
            if snapshot.people.get(result.account) == person
            and (result.account, result.run) not in snapshot.team
            and "ccx" not in result.run
        ]
        for programme, (needed, capstone) in PROGRAMMES.items():
            if any(result.course in (*needed, capstone) for result in own):
                found[programme, person] = _verdict(own, needed, capstone)
    return found


def _verdict(own: list[Result], needed: tuple[str, ...], capstone: str) -> Verdict:
    best = {course: _best([result for result in own if result.course == course]) for course in needed}
    standings = [standing for standing, _ in best.values()]
    days = [day for _, day in best.values() if day]
    passed, wrong = standings.count("passed"), standings.count("wrong_mode")
    eligible = passed == len(needed)
    in_capstone = [result for result in own if result.course == capstone]
    why = [f"{course}: {WORDS[how]}" for course, (how, _) in sorted(best.items()) if how in WORDS]
    return (
        passed, len(needed), eligible, max(days) if eligible else None,
        any(one.enrolment and one.enrolment[1] for one in in_capstone),
        any(one.pays for one in in_capstone),
        wrong > 0 and passed + wrong == len(needed), "; ".join(why) or None,
    )  # fmt: skip


def _best(results: list[Result]) -> tuple[str, date | None]:
    if not results:
        return "not taken", None
    standing = min((result.standing for result in results), key=BEST_FIRST.index)
    days = [result.earned_on for result in results if result.standing == "passed"]
    return standing, min(days) if days else None
