"""What `warehouse doctor` says of one thing it looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.errors import WarehouseError

Level = Literal["ok", "warning", "failure"]
SIGNS: dict[Level, str] = {"ok": "✓", "warning": "!", "failure": "✗"}


@dataclass(frozen=True)
class Finding:
    """One line: `subject` is what was looked at (`keys`, `home`, `moodle`, `moodle/main`), `check` what of
    it, `said` what was found, `advice` what to do about it; `names`: all tables or columns meant, where a
    line shows some.
    """

    subject: str
    check: str
    level: Level
    said: str
    advice: str = ""
    names: tuple[str, ...] = ()


def good(subject: str, check: str, said: str) -> Finding:
    """As it should be."""
    return Finding(subject, check, "ok", said)


def warning(subject: str, check: str, said: str, advice: str = "", names: Sequence[str] = ()) -> Finding:
    """A run goes on with it; `said` has `{}` where `names` go."""
    said = said.format(listed(names)) if names else said
    return Finding(subject, check, "warning", said, advice, tuple(names))


def failure(subject: str, check: str, refused: WarehouseError) -> Finding:
    """What a run would say, and end with."""
    return Finding(subject, check, "failure", refused.what, refused.advice)


def exit_code(findings: Sequence[Finding]) -> int:
    """0 healthy, 3 with warnings, 1 when something would make a run fail."""
    levels = {finding.level for finding in findings}
    return 1 if "failure" in levels else 3 if "warning" in levels else 0


def listed(names: Sequence[str], shown: int = 4) -> str:
    """`a, b and 7 more`: a line stays a line."""
    first = ", ".join(names[:shown])
    more = len(names) - shown
    return f"{first} and {more} more" if more > 0 else first
