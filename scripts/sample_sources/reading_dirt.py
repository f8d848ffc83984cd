"""Dirt of the reading app's sample, and what a run must count of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from scripts.sample_sources.dynamodb_layout import Item, micros
from scripts.sample_sources.reading_items import keys_of


@dataclass(frozen=True)
class Expected:
    """What a run quarantines by table, filters by table and reason, and finds undeclared."""

    quarantined: Mapping[str, int]
    filtered: Mapping[tuple[str, str], int]
    undeclared: frozenset[str]


EXPECTED = Expected(
    {"reading_progress": 3, "quiz_results": 1, "quiz_answers": 1},
    {("quiz_results", "other_table"): 1},
    frozenset(["experiment", "reader.locale"]),
)


def spoil_readings(readings: list[Item]) -> list[Item]:
    """The items of the newer full export, some of them spoiled."""
    spoiled = list(readings)
    changes: dict[int, Item] = {
        0: {"pagesRead": {"S": "twelve"}},
        1: {"startedAt": {"S": "2026-02-31T10:00:00Z"}},
        2: {"percentRead": {"N": "33.33333333333333333333333333333333333333"}},
        3: {"percentRead": {"NULL": True}, "devices": {"NULL": True}},
        4: {"book": {"M": {"id": {"S": "B1"}, "title": {"S": ""}}}},
        5: {"experiment": {"S": "b"}},
        6: {"experiment": {"L": []}, "secondsActive": {"N": "99999"}},
    }
    for place, change in changes.items():
        spoiled[place] = spoiled[place] | change
    del spoiled[7]["devices"]
    people = {8: "editor@ourcompany.example", 9: "noreply@reading.example"}
    for place, address in people.items():
        spoiled[place] = _of_somebody(spoiled[place], f"r-{address}", {"email": {"S": address}})
    spoiled[10] = _of_somebody(spoiled[10], "r-nobody", {"locale": {"S": "en"}, "role": {"S": "learner"}})
    return spoiled


def spoil_quizzes(attempts: list[Item]) -> list[Item]:
    """The attempts of the newer full export: one is open, and one has a text among its answers."""
    spoiled = list(attempts)
    spoiled[0] = {name: value for name, value in spoiled[0].items() if name != "submittedAt"}
    spoiled[1] = spoiled[1] | {"answers": {"L": [*spoiled[1]["answers"]["L"], {"S": "seven"}]}}
    return spoiled


def stream_files(last: datetime, attempts: list[Item]) -> dict[str, bytes]:
    """Objects as Firehose leaves them: key below the stream's prefix, and content."""
    at = last + timedelta(hours=1)
    records = [_record(attempts[60 + place], at + timedelta(minutes=place), place) for place in range(6)]
    braces = _record(attempts[66] | {"quizId": {"S": 'Q}{"'}}, at, 7, "INSERT")
    other = _record(attempts[67], at, 8) | {"tableName": "another_table"}
    gone = _record(attempts[68], at, 9, "REMOVE")
    plain = [records[1], records[0], braces, records[2], records[2], other]
    folder = f"{at:%Y/%m/%d/%H}"
    return {
        f"{folder}/quiz_results-1-{at:%Y-%m-%d-%H}-00-00-a":
            _joined(plain) + b'{"awsRegion":"eu-west-1","dyna',
        f"{folder}/quiz_results-1-{at:%Y-%m-%d-%H}-05-00-b.gz":
            gzip.compress(_joined(records[3:5]), mtime=0) + gzip.compress(_joined([gone]), mtime=0),
        f"{last:%Y/%m/%d/%H}/quiz_results-1-{at:%Y-%m-%d-%H}-09-00-c": _joined([records[5]]) + b"\n",
    }  # fmt: skip


def _of_somebody(item: Item, account: str, reader: Item) -> Item:
    return item | {"userId": {"S": account}, "reader": {"M": reader}}


def _record(item: Item, at: datetime, number: int, event: str = "MODIFY") -> Item:
    """A record of Kinesis for DynamoDB; times come in seconds, milliseconds and microseconds in turn."""
    moment, scale = micros(at), (1_000_000, 1000, 1)[number % 3]
    change: Item = {"ApproximateCreationDateTime": moment // scale, "Keys": keys_of(item), "SizeBytes": 137}
    change |= {"ApproximateCreationDateTimePrecision": "MICROSECOND"} if scale == 1 else {}
    change |= {"OldImage" if event == "REMOVE" else "NewImage": item}
    return {
        "awsRegion": "eu-west-1", "eventID": f"f89436e0-0000-4000-8000-{number:012d}", "eventName": event,
        "userIdentity": None, "recordFormat": "application/json", "tableName": "quiz_results",
        "dynamodb": change, "eventSource": "aws:dynamodb",
    }  # fmt: skip


def _joined(records: list[Item]) -> bytes:
    """As they come from Kinesis: one after the other, without line ends."""
    return "".join(json.dumps(record, separators=(",", ":")) for record in records).encode()
