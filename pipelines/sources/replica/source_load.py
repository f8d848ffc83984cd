"""What one landing cost one source: the load that the people who run it would see."""

from __future__ import annotations

from dataclasses import dataclass, field

# what is waited for: the gates, and what cut a read short; rests between chunks are counted apart
CAUSES = ("window", "lag", "busy", "own", "cut")


@dataclass
class SourceLoad:
    """Counts grow as chunks pass. Seconds are wall time; bytes are those of the Arrow rows that arrived."""

    platform: str
    instance: str
    statements: int = 0  # SELECTs on tables, a chunk each
    questions: int = 0  # catalogue, clock, lag, connections: answered from memory, no table is read
    rows: int = 0
    bytes: int = 0
    seconds_worked: float = 0.0
    longest_statement: float = 0.0
    longest_table: str | None = None
    waited: dict[str, float] = field(default_factory=lambda: dict.fromkeys(CAUSES, 0.0))
    rested: float = 0.0
    lag_min: float | None = None
    lag_max: float | None = None
    connections_opened: int = 0

    @property
    def seconds_waited(self) -> float:
        """Seconds before closed gates and after cuts, rests not among them."""
        return sum(self.waited.values())

    def saw_lag(self, seconds: float | None) -> None:
        """Notes how far behind the replica was; unknown says nothing."""
        if seconds is not None:
            self.lag_min = seconds if self.lag_min is None else min(self.lag_min, seconds)
            self.lag_max = seconds if self.lag_max is None else max(self.lag_max, seconds)

    def read(self, table: str, seconds: float) -> None:
        """A chunk has ended: seconds that the source worked on it."""
        self.statements += 1
        self.seconds_worked += seconds
        if seconds >= self.longest_statement:
            self.longest_statement, self.longest_table = seconds, table
