"""Reading ahead changes nothing about what is read: order, errors and ends are those of the reader itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

import pyarrow as pa
import pytest

from pipelines.sources.ahead import DEPTH, read_ahead

THREAD = "read ahead"


def batch(number: int) -> pa.RecordBatch:
    return pa.record_batch([[number]], names=["id"])


def numbers(batches: Iterable[pa.RecordBatch]) -> list[int]:
    return [row["id"] for each in batches for row in each.to_pylist()]


def no_thread_is_left() -> bool:
    return not any(thread.name == THREAD for thread in threading.enumerate())


def test_all_batches_come_in_their_order_and_nothing_is_stopped():
    stopped = []
    read = read_ahead(lambda: (batch(number) for number in range(50)), lambda: stopped.append(1))
    assert numbers(read) == list(range(50))
    assert stopped == [] and no_thread_is_left()


def test_an_error_comes_after_the_batches_before_it():
    def failing():
        yield batch(1)
        raise ValueError("broken")

    read = read_ahead(failing, lambda: None)
    assert numbers([next(read)]) == [1]
    with pytest.raises(ValueError, match="broken"):
        next(read)
    assert no_thread_is_left()


def test_it_reads_a_few_ahead_and_no_more():
    begun = []

    def noted():
        for number in range(100):
            begun.append(number)
            yield batch(number)

    read = read_ahead(noted, lambda: None)
    next(read)
    time.sleep(0.5)
    assert len(begun) == DEPTH + 2  # one was taken, one is in hand
    read.close()


def test_a_read_that_is_given_up_is_stopped_and_lets_go():
    stop, closed = threading.Event(), []

    def silent():
        try:
            yield batch(1)
            stop.wait(30)  # as a server that does not answer
            yield batch(2)
        finally:
            closed.append(1)

    read = read_ahead(silent, stop.set)
    next(read)
    started = time.monotonic()
    read.close()
    assert time.monotonic() - started < 5
    assert closed == [1] and no_thread_is_left()
