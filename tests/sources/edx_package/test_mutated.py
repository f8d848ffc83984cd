"""Files of every format with bytes changed, lost and put in: they balance or are refused, and never crash."""

from __future__ import annotations

import json
import random

import pytest

from pipelines.errors import TableMismatch
from pipelines.sources.edx_package import FileFetch, course_structure
from tests.sources.edx_package.snapshots import contract, read_all, written

PIECES = [
    b"", b"\t", b"\n", b"\r\n", b"\\", b'"', b",", b"{", b"}", b"\xff", b"\0", b"\xed\xa0\x80", b"\\ud800",
]  # fmt: skip
TABLE = contract("id", "name", "goals")
TSV = written(("id", "name", "goals"), [(str(n), f'é "{n}" \\', "a\tb\nc") for n in range(30)])
CSV = ("id,name,goals\r\n" + "".join(f'{n},"a, ""{n}""\r\n",x\r\n' for n in range(30))).encode()
POSTS = [
    {"_id": {"$oid": f"{n}"}, "created_at": {"$date": n * 10**11}, "votes": {"up_count": n}}
    for n in range(30)
]
BLOCKS = {
    f"b{n}": {"category": "x", "children": [f"b{n + 1}"], "metadata": {"due": "2013-02-05T05:00:00Z"}}
    for n in range(9)
}
FILES = {
    "tsv": (TSV, TABLE),
    "csv": (CSV, TABLE),
    "mongo": (
        "".join(f"{json.dumps(post)}\n" for post in POSTS).encode(),
        contract("_id", "created_at", "votes_up", key=("_id",)),
    ),
    "json_structure": (json.dumps(BLOCKS).encode(), contract(*course_structure.COLUMNS, key=("block_id",))),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_mutated_file_balances_or_is_refused(kind, long_counts):
    chance = random.Random(7)
    sound, table = FILES[kind]
    fetch = FileFetch(format=kind, escaped_raw=kind == "tsv")
    assert len(read_all(sound, table, fetch)[0]) >= 9
    read = 0
    for _ in range(1_000 if long_counts else 100):
        mutated = bytearray(sound)
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(mutated))
            mutated[at : at + chance.randint(0, 3)] = chance.choice([*PIECES, bytes([chance.randrange(256)])])
        try:
            rows, _ = read_all(bytes(mutated), table, fetch, block=chance.choice([5, 100, 10_000]))
            read += bool(rows)
        except TableMismatch as refused:
            assert kind != "mongo"
            assert len(str(refused)) < 400
    assert read
