"""The same archives in any order, twice, re-issued, with kills between: staging is what one run gives."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.landing import commit as the_commit
from pipelines.landing.load import Package
from tests.conftest import LONG
from tests.landing.packages.university import WEEKS, Files, University, enrolled, member, open_university

COURSES = ("Demo1x", "Other2x")
MODES = st.dictionaries(
    st.sampled_from(["_1", "_2", "_3"]), st.sampled_from(["audit", "verified"]), max_size=3
)
# a course may be absent from a week, its file empty
ARCHIVE = st.fixed_dictionaries({}, optional=dict.fromkeys(COURSES, MODES))


def files(archive: dict[str, dict[str, str]]) -> Files:
    return {
        member(course, "student_courseenrollment"): enrolled(**modes) for course, modes in archive.items()
    }


class Killed(BaseException):
    """Ends a landing as a kill would: nothing of ours catches it."""


def land(uni: University, ends: str) -> None:
    if ends == "well":
        uni.landed()
        return
    owner, name = (Package, "commit") if ends == "killed before the commit" else (the_commit, "_close")
    original = getattr(owner, name)

    def dies(*_: object) -> None:
        raise Killed

    setattr(owner, name, dies)
    try:
        uni.land()
    except Killed:
        pass
    finally:
        setattr(owner, name, original)
        uni.close()


@settings(max_examples=60 if LONG else 6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    archives=st.tuples(*(ARCHIVE for _ in WEEKS)),
    order=st.permutations(range(len(WEEKS))),
    together=st.lists(st.booleans(), min_size=3, max_size=3),
    ends=st.lists(
        st.sampled_from(["well", "killed before the commit", "killed after the commit"]),
        min_size=3,
        max_size=3,
    ),
)
def test_staging_is_what_one_run_gives(archives, order, together, ends):
    with tempfile.TemporaryDirectory() as once, tempfile.TemporaryDirectory() as often:
        with open_university(Path(once)) as uni:
            for week, archive in zip(WEEKS, archives, strict=True):
                uni.deliver(week, files(archive))
            uni.landed()
            expected = uni.staging()
        with open_university(Path(often)) as uni:
            for at, number in enumerate(order):
                uni.deliver(WEEKS[number], files(archives[number]))
                if not together[at]:
                    land(uni, ends[at])
            uni.landed()
            assert uni.staging() == expected
            uni.deliver(WEEKS[order[0]], files(archives[order[0]]), issue=1)
            uni.landed()
            assert uni.staging() == expected
            unbalanced = uni.ops(
                "select * from ops.landings where outcome = 'closed' "
                "and rows_read <> rows_landed + rows_quarantined + rows_filtered"
            )
            assert unbalanced == []
