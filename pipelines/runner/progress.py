"""What a person sees while a run goes on (stderr) and at its end (stdout)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

from pipelines.landing.outcome import TableOutcome
from pipelines.landing.platform import PlatformOutcome


class Progress:
    """One status line, overwritten on a terminal; plain lines, a step each, elsewhere (cron, CI)."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._status = self._console.status("starting")

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        self._console.print(what, style="bold")
        with self._status:
            self.say(what)
            yield

    def say(self, what: str) -> None:
        if self._console.is_terminal:
            self._status.update(what.replace("[", "\\["))

    def rows(self, outcome: TableOutcome) -> None:
        self.say(
            f"{outcome.platform}/{outcome.instance} {outcome.contract.name}: {outcome.rows_read:,} rows read"
        )

    def problem(self, sentence: str) -> None:
        # soft_wrap: a sentence stays one line, so that a log can be searched for it
        self._console.print(f"✗ {sentence}", style="red", markup=False, soft_wrap=True)

    def warning(self, sentence: str) -> None:
        self._console.print(f"! {sentence}", style="yellow", markup=False, soft_wrap=True)


def landing_table(platforms: list[PlatformOutcome]) -> Table:
    """The closing table: one row a platform; read = landed + quarantined + filtered in each."""
    table = Table(title="Landed", title_justify="left")
    table.add_column("platform")
    for name in ("read", "landed", "quarantined", "filtered", "deleted", "seconds"):
        table.add_column(name, justify="right")
    for platform in platforms:
        good = [outcome for outcome in platform.tables if not outcome.error]
        sums = [
            sum(outcome.rows_read for outcome in good),
            sum(outcome.rows_landed for outcome in good),
            sum(outcome.rows_quarantined for outcome in good),
            sum(outcome.rows_filtered for outcome in good),
            sum(outcome.rows_deleted for outcome in good),
        ]
        seconds = sum(outcome.seconds for outcome in good)
        table.add_row(platform.platform, *(f"{number:,}" for number in sums), f"{seconds:.1f}")
    return table


def print_table(table: Table) -> None:
    """To stdout, at a width that logs keep whole."""
    width = None if sys.stdout.isatty() else 120
    Console(highlight=False, width=width).print(table)
