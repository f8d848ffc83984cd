"""One process for the checks of a run, so that Great Expectations is loaded once, and while dbt works.

It has no warehouse open between two questions.
"""

from __future__ import annotations

import json
import sys
from threading import Event, Timer
from typing import Self

from pipelines.errors import CheckFailed
from pipelines.runner.child import end, start
from pipelines.settings import PROJECT_ROOT, Settings

COMMAND = [sys.executable, "-m", "expectations.served"]


class ChecksProcess:
    """`expectations.served`, started with its `with` and ended with it."""

    def __init__(self, settings: Settings, command: list[str] | None = None) -> None:
        self._environment = settings.subprocess_environment()
        self._command = command or COMMAND

    def __enter__(self) -> Self:
        self._child = start(self._command, self._environment, PROJECT_ROOT)  # results come by file
        return self

    def __exit__(self, *_: object) -> None:
        end(self._child)

    def ask(self, words: list[str], time_limit: float) -> int:
        """Runs `expectations.checkpoint` with these arguments; its exit code, or that of the dead process.

        Raises CheckFailed when it takes more than `time_limit` seconds; the process is stopped then.
        """
        late = Event()

        def stop() -> None:
            late.set()
            self._child.kill()

        timer = Timer(time_limit, stop)
        timer.start()
        try:
            answer = self._answer(words)
        finally:
            timer.cancel()
        if late.is_set():
            raise CheckFailed(
                f"The checks did not end within {time_limit:.0f} seconds and were stopped.",
                "See whether another process keeps the machine busy, then run again.",
            )
        return int(answer) if answer else self._child.wait()

    def _answer(self, words: list[str]) -> str:
        """One line for one line; empty if the process ended instead."""
        told, answers = self._child.stdin, self._child.stdout
        if told is None or answers is None:
            return ""
        try:
            print(json.dumps(words), file=told, flush=True)
            return answers.readline()
        except BrokenPipeError:
            return ""
