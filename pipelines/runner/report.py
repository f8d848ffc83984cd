"""What a run has to say at its end, and its exit code."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pipelines.landing.platform import PlatformOutcome

ALL_GOOD, FAILED, FLAGGED = 0, 1, 3


@dataclass
class RunReport:
    """What the closing table shows and what the exit code says."""

    run_id: str
    platforms: list[PlatformOutcome] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    published_rows: int | None = None
    published_in: str = ""
    page: Path | None = None
    outcome: str = "running"
    failed_with: int = FAILED

    @property
    def flagged(self) -> bool:
        return bool(self.problems)

    @property
    def exit_code(self) -> int:
        if self.outcome == "failed":
            return self.failed_with
        return FLAGGED if self.flagged else ALL_GOOD
