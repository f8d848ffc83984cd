"""Findings as a table: a sign, what was looked at, what was found and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from pipelines.runner.doctor.finding import SIGNS, Finding

_STYLES = {"ok": "green", "warning": "yellow", "failure": "red"}


def findings_table(findings: Sequence[Finding]) -> Table:
    """One row a finding, in the order in which they were made."""
    table = Table("", "what", "found", title="Doctor", title_justify="left")
    for finding in findings:
        sign = f"[{_STYLES[finding.level]}]{SIGNS[finding.level]}[/]"
        said = f"{finding.said.rstrip('.')}. {finding.advice}".strip()
        table.add_row(sign, escape(f"{finding.subject}: {finding.check}"), escape(said))
    return table
