"""What a check says: one result for each expectation, or for each column that breaks a bundled one.

A result holds names and numbers only. No value of a row ever enters one, because results are kept in
`ops.check_results` and shown to operators.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FAIL, WARN = "fail", "warn"


@dataclass(frozen=True)
class CheckResult:
    """`observed` is a phrase with counts ("3 of 120 rows"); `unexpected_count` counts rows, if rows it is."""

    relation: str
    expectation: str
    column: str | None
    severity: str
    success: bool
    observed: str | None
    unexpected_count: int | None
    advice: str


def write_results(path: Path, results: list[CheckResult]) -> None:
    """What `pipelines.runner.check` reads."""
    path.write_text(json.dumps({"results": [asdict(result) for result in results]}), encoding="utf-8")


def write_refusal(path: Path, what: str, advice: str) -> None:
    """Written instead of results when the checks could not be run."""
    path.write_text(json.dumps({"refused": {"what": what, "advice": advice}}), encoding="utf-8")
