"""Logs with bytes and lines changed at random balance or are refused; cut anywhere they give the same rows.

`WAREHOUSE_TEST_LONG=1` changes a thousand logs, else forty; `MUTATION_SEED` repeats a run.
"""

from __future__ import annotations

import os
import random
import secrets

import pytest

from pipelines.errors import SourceUnreadable
from scripts.sample_sources import edx
from scripts.sample_sources.edx_log_dirt import DIRT_DAYS, odd_lines
from scripts.sample_sources.edx_logs import log_name, plain_logs
from tests.landing.logs.staged import Staged, Stager, gzipped
from tests.landing.other_lines import other_lines

LINES = 40
ODD = (
    b"\n", b"\r", b"\r\n", b"\\", b'"', b"{", b"}", b"[", b":", b",", b"\0", b"\xff", b"\xed\xa0\xbd",
    b"\xc3", b"\x80", b"\\ud83e", b"\\u0000", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"NaN", b"null", b"1e999",
    b"-", b"#", b"\\n", b'\\"', b"9" * 400, b"$", b"%2B", b"'",
    b";--", b"\n\n", b"{}\n", b"}{", b"/", b"%FF", b"%",
)  # fmt: skip


def mutated(chance: random.Random, content: bytes) -> bytes:
    """One to eight changes: bytes flipped, put in, taken out; lines doubled, swapped, joined, cut."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at, length = chance.randrange(len(changed) + 1), chance.choice((0, 1, 1, 2, 30, 3_000))
        match chance.choice(("flip", "put", "put", "copy", "lines", "lines")):
            case "flip" if at < len(changed):
                changed[at] ^= 1 << chance.randrange(8)
            case "put":
                changed[at : at + length] = chance.choice((*ODD, bytes([chance.randrange(256)])))
            case "copy":
                changed[at:at] = changed[at : at + length]
            case _:
                changed = other_lines(chance, changed)
    return bytes(changed)


@pytest.fixture(scope="module")
def originals() -> list[bytes]:
    """The odd lines of each of the sample's logs that has some, but for the longest, among usual ones."""
    enrolments, chance = edx.told(1, []), random.Random(5)
    logs, odd = plain_logs(enrolments, 1), [line for _, line in odd_lines(enrolments)]
    found = []
    for day in DIRT_DAYS:
        lines = [line.content for line in odd if line.filed == day and len(line.content) < 5_000]
        usual = [line for line in logs[log_name(day)].split(b"\n") if 0 < len(line) < 5_000]
        lines += chance.sample(usual, LINES)
        chance.shuffle(lines)
        found.append(b"".join(line + b"\n" for line in lines))
    return found


@pytest.fixture
def chance() -> random.Random:
    seed = os.environ.get("MUTATION_SEED") or secrets.token_hex(4)
    print(f"MUTATION_SEED={seed} repeats this test")
    return random.Random(seed)


def ended(staged: Staged) -> tuple[object, ...]:
    """Everything that a way of cutting must not change."""
    return staged.rows, staged.not_landed, staged.repairs, staged.outcome.rows_read, staged.outcome.partitions


def test_mutated_logs_balance(stager: Stager, originals, chance, long_counts):
    """The stager itself counts rows, quarantine and what was left out against the lines that were read."""
    landed = others = 0
    for _ in range(1_000 if long_counts else 40):
        content = mutated(chance, chance.choice(originals))
        staged = stager.plain(content)
        assert staged.outcome.rows_read == content.count(b"\n") + (not content.endswith(b"\n"))
        for one in staged.outcome.refused:
            assert one.payload["_line"] in content[one.position :].partition(b"\n")[0]  # a prefix is left out
        landed, others = landed + len(staged.rows), others + staged.not_landed.total()
    assert landed > others > 0


def test_any_way_of_cutting_gives_the_same_rows(stager, originals, chance, long_counts):
    for _ in range(100 if long_counts else 1):
        content = mutated(chance, b"".join(chance.sample(originals, 2)))
        whole = ended(stager.plain(content))
        for chunk_bytes in (chance.randint(6_000, 30_000), chance.randint(30_000, len(content))):
            assert ended(stager.plain(content, chunk_bytes, block=chance.randint(100, 9_000))) == whole
        packed = gzipped(content)
        block = chance.randint(1, 3_000)
        assert ended(stager.packed(packed[at : at + block] for at in range(0, len(packed), block))) == whole


def test_packed_logs_that_are_mutated_are_refused_or_whole(stager, originals, chance, long_counts):
    """Of a log that was refused nothing is left that a next one would get."""
    sound = [ended(stager.plain(content)) for content in originals]
    refused = 0
    for _ in range(300 if long_counts else 6):
        at = chance.randrange(len(originals))
        packed = bytearray(gzipped(originals[at]))
        place = chance.randrange(len(packed))
        packed[place : place + chance.randint(0, 2)] = chance.choice((b"", b"\0", b"\xff", b"x"))
        try:
            assert ended(stager.packed([bytes(packed)])) == sound[at]
        except SourceUnreadable:
            refused += 1
            assert ended(stager.plain(originals[at])) == sound[at]
    assert refused
