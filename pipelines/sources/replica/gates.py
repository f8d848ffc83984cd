"""What must be so before a source is asked for a chunk: its time, its pause window, lag, connections."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipelines.errors import SourcePaused, SourceUnreachable
from pipelines.settings import InstanceSettings
from pipelines.sources.replica.reader import Reader
from pipelines.sources.replica.source_load import SourceLoad

LOOK_SECONDS = 2.0  # a look at lag and connections holds this long: 200 small tables are not 200 looks
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0


def _now() -> datetime:
    return datetime.now(UTC)


def _say_nothing(_: str) -> None:
    pass


@dataclass(frozen=True)
class Timekeeper:
    """The one way a landing tells the time and waits; `say` shows a person what is waited for."""

    now: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    say: Callable[[str], None] = _say_nothing


@dataclass
class Slots:
    """Connections of ours to one source in this process, whoever holds them."""

    taken: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, number: int, limit: int) -> bool:
        """Takes that many if the limit leaves room for all of them."""
        with self._lock:
            if self.taken + number > limit:
                return False
            self.taken += number
            return True

    def give(self, number: int) -> None:
        with self._lock:
            self.taken -= number


@dataclass(frozen=True)
class Closed:
    """A gate that is closed: since when does not matter, why does. `opens_in`: seconds, if that is known."""

    gate: str
    what: str
    advice: str
    opens_in: float | None = None


class Gates:
    """The gates of one source in one landing. Waiting is bounded for all of them together."""

    def __init__(
        self, reader: Reader, where: InstanceSettings, keeper: Timekeeper, load: SourceLoad, slots: Slots
    ) -> None:
        self._reader, self._where, self._keeper = reader, where, keeper
        self._load, self._slots = load, slots
        self._started = keeper.monotonic()
        self._looked = float("-inf")
        self._seen: tuple[float | None, tuple[int, int] | None] = (None, None)
        self._refused: dict[str, SourcePaused] = {}

    def passed(self, connections: int = 0) -> None:
        """Returns when every gate is open, with that many more connections of ours taken.

        Waits with growing pauses while one is closed. Raises SourcePaused when it would have to wait longer
        than `max_wait_seconds` allows for this source in all.
        """
        self._wait_for(lambda: self._outside() or self._inside() or self._own(connections))

    def may_connect(self, connections: int) -> None:
        """The gates that can be told without asking the source: before the first connection."""
        self._wait_for(lambda: self._outside() or self._own(connections))

    def still_time(self) -> None:
        """Raises SourcePaused when `max_seconds` are over."""
        if closed := self._time():
            raise self._refusal(closed)

    def lag(self) -> float | None:
        """Seconds the replica is behind, by a look that is LOOK_SECONDS old at most."""
        self._look()
        return self._seen[0]

    def _wait_for(self, gates: Callable[[], Closed | None]) -> None:
        pause = FIRST_WAIT
        while closed := gates():
            left = self._where.max_wait_seconds - self._load.seconds_waited
            seconds = min(pause, left) if closed.opens_in is None else closed.opens_in
            if left <= 0 or seconds > left:
                raise self._refusal(closed)
            self._keeper.say(f"waiting {seconds:,.0f} s: {closed.what}")
            self._keeper.sleep(seconds)
            self._load.waited[closed.gate] += seconds
            self._looked = float("-inf")
            pause = min(pause * 2, LONGEST_WAIT)
        self._refused.clear()

    def _refusal(self, closed: Closed) -> SourcePaused:
        """One sentence a cause: the tables that follow say the same, until a gate has opened again."""
        if closed.gate not in self._refused:
            waited = self._load.waited.get(closed.gate, 0.0)
            what = f"{closed.what}, after {waited:,.0f} s of waiting." if waited else f"{closed.what}."
            self._refused[closed.gate] = SourcePaused(what, closed.advice)
        return self._refused[closed.gate]

    # ------------------------------------------------------------ the gates

    def _outside(self) -> Closed | None:
        return self._time() or self._window()

    def _inside(self) -> Closed | None:
        try:
            self._look()
        except SourceUnreachable as gone:  # replication stands still, or the server is away: both may return
            return Closed("lag", gone.what.rstrip("."), gone.advice)
        return self._lagging() or self._busy()

    def _look(self) -> None:
        if self._keeper.monotonic() - self._looked < LOOK_SECONDS:
            return
        self._load.questions += 2
        self._seen = (self._reader.lag(), self._reader.connections())
        self._load.saw_lag(self._seen[0])
        self._looked = self._keeper.monotonic()

    def _time(self) -> Closed | None:
        limit = self._where.max_seconds
        if limit is None or self._keeper.monotonic() - self._started < limit:
            return None
        what = f"{self._reader.place}: its {limit:,.0f} seconds of this run are spent"
        return Closed("time", what, f"What landed stays; raise {self._setting('MAX_SECONDS')}.", float("inf"))

    def _window(self) -> Closed | None:
        now = self._keeper.now()
        ends = [end for window in self._where.pause_windows if (end := window.until(now))]
        if not ends:
            return None
        end = max(ends)
        what = (
            f"{self._reader.place} is in its pause window and left alone until {end:%a %H:%M} ({end.tzinfo})"
        )
        advice = f"What landed stays; run outside of {self._setting('PAUSE_WINDOW')}."
        return Closed("window", what, advice, (end - now).total_seconds())

    def _lagging(self) -> Closed | None:
        lag, limit = self._seen[0], self._where.max_lag_seconds
        if lag is None or lag <= limit:
            return None
        what = (
            f"{self._reader.place}: the replica is {lag:,.0f} s behind, more than the {limit:,.0f} s allowed"
        )
        return Closed("lag", what, f"See why it lags, or raise {self._setting('MAX_LAG_SECONDS')}.")

    def _busy(self) -> Closed | None:
        share = self._where.busy_share
        used, allowed = self._seen[1] or (0, 1)
        if used <= allowed * share:
            return None
        what = (
            f"{self._reader.place}: {used} of the server's {allowed} connections are in use, "
            f"more than {share:.0%}"
        )
        return Closed("busy", what, f"Run at a quieter hour, or raise {self._setting('BUSY_SHARE')}.")

    def _own(self, connections: int) -> Closed | None:
        limit = self._where.connection_limit
        if self._slots.take(connections, limit):
            return None
        what = (
            f"{self._reader.place}: {connections} more connections of ours would be more than {limit} at once"
        )
        return Closed(
            "own", what, f"Wait for the other reader, or raise {self._setting('CONNECTION_LIMIT')}."
        )

    def _setting(self, name: str) -> str:
        return f"WAREHOUSE_SOURCES__{self._reader.place.replace('/', '__').upper()}__{name}"
