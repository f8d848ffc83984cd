"""Batches read a few ahead by a thread of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from queue import Full, Queue
from typing import TypeVar

Item = TypeVar("Item")

DEPTH = 8  # batches: a group of rows, while the one before is classified
_PATIENCE = 0.1
_JOIN_SECONDS = 10


def read_ahead(
    rows: Callable[[], Generator[Item, None, None]], stop: Callable[[], None], depth: int = DEPTH
) -> Generator[Item, None, None]:
    """The batches of `rows()`, and its errors, in their order; `stop` ends a read that is given up.

    The source answers while the batch before is worked on; and Ctrl-C, which no driver hears while it waits
    for a server, is heard here. `rows` lets go of what it holds in the thread, which may outlive `stop`.
    """
    queue: Queue[Item | BaseException | None] = Queue(depth)
    given_up = threading.Event()

    def put(item: Item | BaseException | None) -> None:
        while not given_up.is_set():
            with suppress(Full):
                queue.put(item, timeout=_PATIENCE)
                return

    def work() -> None:
        try:
            with closing(rows()) as batches:
                for batch in batches:
                    put(batch)
                    if given_up.is_set():
                        return
            put(None)
        except BaseException as failed:  # noqa: BLE001 - it is raised where the batches are used
            put(failed)

    reading = threading.Thread(target=work, name="read ahead", daemon=True)
    reading.start()
    try:
        while (item := queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        given_up.set()
        if reading.is_alive():
            stop()
        reading.join(_JOIN_SECONDS)
