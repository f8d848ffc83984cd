"""What a person sees while a run goes on (stderr) and at its end (stdout)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

from pipelines.landing.outcome import TableOutcome
from pipelines.landing.platform import PlatformOutcome
from pipelines.sources.replica import SourceLoad


class Progress:
    """One status line, overwritten on a terminal; plain lines, a step each, elsewhere (cron, CI)."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._status = self._console.status("starting")
        self._waited_for: set[str] = set()

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        self._console.print(what, style="bold")
        with self._status:
            self.say(what)
            yield

    def say(self, what: str) -> None:
        if self._console.is_terminal:
            self._status.update(what.replace("[", "\\["))

    def waiting(self, what: str) -> None:
        """What is waited for; where nothing is overwritten each cause is one line, however long it takes."""
        self.say(what)
        cause = re.sub(r"[\d,.]+", "", what)
        if not self._console.is_terminal and cause not in self._waited_for:
            self._waited_for.add(cause)
            self._console.print(f"… {what}", markup=False, soft_wrap=True)

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


def load_table(loads: list[SourceLoad]) -> Table:
    """What each source was asked for: one row an instance; seconds it worked, and that we waited for it."""
    table = Table(title="Asked of each source", title_justify="left")
    table.add_column("source")
    for name in (
        "statements",
        "rows",
        "MB",
        "worked s",
        "longest s",
        "waited s",
        "rested s",
        "lag s",
        "conns",
    ):
        table.add_column(name, justify="right")
    for load in loads:
        lag = "-" if load.lag_max is None else f"{load.lag_min:,.0f} to {load.lag_max:,.0f}"
        table.add_row(
            f"{load.platform}/{load.instance}",
            f"{load.statements:,}",
            f"{load.rows:,}",
            f"{load.bytes / 1e6:,.1f}",
            f"{load.seconds_worked:,.1f}",
            f"{load.longest_statement:,.1f}",
            f"{load.seconds_waited:,.0f}",
            f"{load.rested:,.0f}",
            lag,
            f"{load.connections_opened:,}",
        )
    return table


def print_table(table: Table) -> None:
    """To stdout, at a width that logs keep whole."""
    width = None if sys.stdout.isatty() else 120
    Console(highlight=False, width=width).print(table)
