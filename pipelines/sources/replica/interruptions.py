"""What follows an interruption: a wait, another try from where the read stands, and an end to patience."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pipelines.errors import SourceError, SourceInterrupted

IN_A_ROW = (
    5  # waits of 1, 2, 4, 8 and 16 s: a standby that restarts, or replays a long batch, is back by then
)
_GIVEN_UP = "given_up"
_Done = TypeVar("_Done")


class Resumption:
    """The interruptions of one read. Patience is for those in a row: each row that came renews it."""

    def __init__(self, wait: Callable[[float], None]) -> None:
        self._in_a_row, self._wait = 0, wait

    def went_on(self) -> None:
        self._in_a_row = 0

    def after(self, failed: SourceError) -> None:
        """Waits before the next try. Raises what failed when it was no interruption, or one too many.

        While an interrupted read is tried again, a source that does not answer is part of the interruption.
        """
        of_it = isinstance(failed, SourceInterrupted) or (self._in_a_row > 0 and failed.retryable)
        if not of_it or self._in_a_row == IN_A_ROW or failed.facts.get(_GIVEN_UP):
            failed.facts[_GIVEN_UP] = True  # who reads the whole table must not begin it anew
            raise failed
        self._wait(2.0**self._in_a_row)
        self._in_a_row += 1


def from_the_start(
    wait: Callable[[float], None], work: Callable[[], _Done], before_another: Callable[[], None] | None = None
) -> _Done:
    """Does `work`, anew when a read in it was interrupted that cannot go on where it stood."""
    resumption = Resumption(wait)
    while True:
        try:
            return work()
        except SourceError as failed:
            resumption.after(failed)
        if before_another:
            before_another()
