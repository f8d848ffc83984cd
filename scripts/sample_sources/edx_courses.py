"""Course runs of the sample's edX organisation, their blocks and the structure file of each."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

ORGANISATION = "UniX"
PASS_MARK = 0.65
HOMEWORKS, PROBLEMS_A_HOMEWORK, PROBLEMS_IN_EXAM, VIDEOS = 4, 2, 3, 4
HOMEWORK_WEIGHT = 0.6


@dataclass(frozen=True)
class Problem:
    """One graded problem: its block, the sequential it counts in, points it can bring (1 to 3)."""

    block: str
    sequential: str
    points: int
    in_exam: bool


@dataclass(frozen=True)
class Run:
    """One course run; `place` is first, second or capstone in its programme.

    `complete` runs come with every table, the others with those that grades need.
    `slash`: the course key is in the old form.
    """

    number: str
    term: str
    programme: str
    place: str
    starts: datetime
    ends: datetime
    complete: bool = False
    slash: bool = False

    @property
    def course_id(self) -> str:
        parts = (ORGANISATION, self.number, self.term)
        return "/".join(parts) if self.slash else f"course-v1:{'+'.join(parts)}"

    @property
    def entity(self) -> str:
        """The run as file names have it."""
        return f"{ORGANISATION}-{self.number}-{self.term}"

    def block(self, category: str, name: str) -> str:
        """A block's id: old ones do not name the run. `name` becomes 32 hex digits, as Studio makes them."""
        hexed = self.term if category == "course" else _hexed(f"{self.entity} {category} {name}")
        if self.slash:
            return f"i4x://{ORGANISATION}/{self.number}/{category}/{hexed}"
        key = f"{ORGANISATION}+{self.number}+{self.term}"
        return f"block-v1:{key}+type@{category}+block@{'course' if category == 'course' else hexed}"

    @cached_property
    def sequentials(self) -> tuple[str, ...]:
        """Graded sequentials: the homeworks, then the exam."""
        return tuple(self.block("sequential", str(place)) for place in range(HOMEWORKS + 1))

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Graded problems in the order of the course."""
        return tuple(
            Problem(self.block("problem", f"{place} {number}"), sequential, 1 + number, place == HOMEWORKS)
            for place, sequential in enumerate(self.sequentials)
            for number in range(PROBLEMS_IN_EXAM if place == HOMEWORKS else PROBLEMS_A_HOMEWORK)
        )

    @cached_property
    def videos(self) -> tuple[str, ...]:
        return tuple(self.block("video", str(place)) for place in range(VIDEOS))


RUNS = (
    Run("Lead1x", "1T2026", "leadership", "first", datetime(2026, 1, 20), datetime(2026, 4, 7)),
    Run("Lead2x", "1T2026", "leadership", "second", datetime(2026, 3, 24), datetime(2026, 6, 9),
        complete=True),
    Run("LeadCapx", "2T2026", "leadership", "capstone", datetime(2026, 6, 15), datetime(2026, 9, 8),
        slash=True),
    Run("Engy1x", "1T2026", "energy", "first", datetime(2026, 2, 3), datetime(2026, 4, 21)),
    # Its certificates are made between the first and the second package.
    Run("Engy2x", "2T2026", "energy", "second", datetime(2026, 4, 28), datetime(2026, 7, 14), complete=True),
    Run("EngyCapx", "2T2026", "energy", "capstone", datetime(2026, 7, 15), datetime(2026, 10, 6)),
)  # fmt: skip


def structure_file(run: Run) -> bytes:
    """course_structure as edX writes it: one object, keys sorted, own metadata only."""
    blocks = _blocks(run)
    return json.dumps(blocks, indent=2, sort_keys=True).encode()


def _blocks(run: Run) -> dict[str, Any]:
    chapters = [run.block("chapter", str(place)) for place in range(HOMEWORKS + 1)]
    root = {
        "display_name": f"{run.number}: {run.programme.title()}",
        "start": f"{run.starts.isoformat()}Z",
        "end": f"{run.ends.isoformat()}Z",
        "tabs": [{"type": "courseware"}, {"type": "discussion"}],
    }
    blocks = {run.block("course", ""): _block("course", chapters, root)}
    for place, (chapter, graded) in enumerate(zip(chapters, run.sequentials, strict=True)):
        blocks |= _chapter(run, place, chapter, graded)
    return blocks


def _chapter(run: Run, place: int, chapter: str, graded: str) -> dict[str, Any]:
    is_exam = place == HOMEWORKS
    lesson, page = run.block("sequential", f"lesson {place}"), run.block("vertical", f"lesson {place}")
    work = run.block("vertical", f"graded {place}")
    problems = [problem.block for problem in run.problems if problem.sequential == graded]
    assessed = [run.block("openassessment", "essay")] if is_exam and run.complete else []
    videos = [] if is_exam else [run.videos[place]]
    # A library's block is a child of the page, but the file does not have it.
    library = [run.block("library_content", "gone")] if place == 0 else []
    due = run.ends if is_exam else run.starts + timedelta(days=14 * (place + 1))
    form = {"graded": True, "format": "Final Exam" if is_exam else "Homework", "due": f"{due.isoformat()}Z"}
    blocks = {
        chapter: _block("chapter", [lesson, graded], {"display_name": f"Week {place + 1}"}),
        lesson: _block("sequential", [page], {"display_name": f"Lesson {place + 1}"}),
        page: _block("vertical", [*videos, *library], {"display_name": "Watch"}),
        graded: _block("sequential", [work], {"display_name": form["format"], **form}),
        work: _block("vertical", [*problems, *assessed], {}),
    }
    blocks |= {block: _block("video", [], {"display_name": "Lecture"}) for block in videos}
    blocks |= {block: _block("problem", [], {"display_name": "Question"}) for block in problems}
    return blocks | {block: _block("openassessment", [], {"display_name": "Essay"}) for block in assessed}


def _block(category: str, children: list[str], metadata: dict[str, Any]) -> dict[str, Any]:
    return {"category": category, "children": children, "metadata": metadata}


def _hexed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
