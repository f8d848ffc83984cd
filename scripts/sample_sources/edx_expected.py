"""What a reader must make of the sample's edX packages: counts for tests, apart from the dirt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from scripts.sample_sources.edx_courses import RUNS
from scripts.sample_sources.edx_dirt import ENGY1, ENGY2, LEAD2, WEEKS
from scripts.sample_sources.edx_dirt_files import (
    ABSENT,
    FAILED,
    HEADER_ONLY,
    OF_EDGE,
    OLX,
    UNKNOWN,
    ZERO_BYTES,
)
from scripts.sample_sources.edx_enrolments import PAID, PASSED, Enrolment

# Entity and task of a file.
File = tuple[str, str]


@dataclass(frozen=True)
class Expected:
    """One weekly package. Members are named without folder and `.gpg`; numbers are rows of a file.

    `quarantined`: too wide, too narrow, an impossible date, no value where one must be.
    `duplicated`: twice word for word. `deleted`: rows of the package before that are gone.
    `returned`: rows that came back.
    """

    quarantined: Mapping[File, int]
    deleted: Mapping[File, int] = field(default_factory=dict)
    returned: Mapping[File, int] = field(default_factory=dict)
    failed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    absent_entities: tuple[str, ...] = ()
    duplicated: Mapping[File, int] = field(
        default_factory=lambda: {
            (LEAD2, "student_courseenrollment"): 1,
            (ENGY1, "grades_persistentcoursegrade"): 1,
        }
    )
    of_edge: tuple[str, ...] = OF_EDGE
    not_in_subset: tuple[str, ...] = OLX
    zero_bytes: tuple[str, ...] = (ZERO_BYTES,)
    header_only: tuple[str, ...] = HEADER_ONLY

    @property
    def rows_quarantined(self) -> int:
        """Over all files."""
        return sum(self.quarantined.values())


_EVERY_WEEK = {
    (LEAD2, "auth_userprofile"): 1,
    (ENGY1, "student_courseenrollment"): 1,
    (ENGY2, "student_courseenrollment"): 1,
    (ENGY2, "teams"): 1,
    # Its name is NULL, which the contract does not take.
    (LEAD2, "course_groups_cohortmembership"): 1,
}
_NARROW = {(ENGY2, "certificates_generatedcertificate"): 1}
EXPECTED: Mapping[date, Expected] = {
    WEEKS[0]: Expected(_EVERY_WEEK),
    WEEKS[1]: Expected(
        _EVERY_WEEK | _NARROW,
        deleted={(ENGY1, "student_courseaccessrole"): 1, (ENGY1, "student_courseenrollment"): 1},
        unknown=(UNKNOWN,),
    ),
    WEEKS[2]: Expected(
        _EVERY_WEEK | _NARROW,
        deleted={(ENGY2, "course_structure"): 1},
        returned={(ENGY1, "student_courseenrollment"): 1},
        failed=(FAILED,),
        absent_entities=(ABSENT,),
    ),
}


def eligible_accounts(enrolments: Sequence[Enrolment]) -> dict[str, set[int]]:
    """Programme → user ids to whom the capstone is open: first and second course passed and paid for.

    From the story, not from its tables: all certificates of these are there in the last package.
    """
    found: dict[str, set[int]] = {}
    for programme in dict.fromkeys(run.programme for run in RUNS):
        passed = {
            place: {
                one.account.id
                for one in enrolments
                if (one.run.programme, one.run.place) == (programme, place)
                and (one.mode, one.outcome) == (PAID, PASSED)
            }
            for place in ("first", "second")
        }
        found[programme] = passed["first"] & passed["second"]
    return found
