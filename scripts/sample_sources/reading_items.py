"""Items of the reading app as DynamoDB writes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from scripts.sample_sources.dynamodb_layout import Item, micros

DEVICES = ("desktop", "phone", "tablet")
QUESTIONS = 5
NEVER_LANDS = ("a note in words that never lands", "an answer in words that never lands")


def reading(number: int, address: str, book: int, began: datetime, rng: Random) -> Item:
    """One book on one day."""
    seconds = rng.randrange(120, 3000)
    ended = began + timedelta(seconds=seconds)
    return {
        **_reader(number, address),
        "readingId": {"S": f"B{book}#{began:%Y-%m-%d}"},
        "book": {"M": {"id": {"S": f"B{book}"}, "title": {"S": f"Reader {book}"},
                       "isbn": {"S": f"978-0-00-0000{book:02d}-0"}}},
        "startedAt": {"S": f"{began:%Y-%m-%dT%H:%M:%S}Z"},
        "lastReadAt": {"N": str(micros(ended) // rng.choice((1000, 1_000_000)))},
        "pagesRead": {"N": str(rng.randrange(1, 40))},
        "secondsActive": {"N": str(seconds)},
        "percentRead": {"N": f"{rng.randrange(1, 1000) / 10:.2f}"},
        "finished": {"BOOL": rng.random() < 0.1},
        "devices": {"SS": rng.sample(DEVICES, rng.randrange(1, 3))},
        "note": {"S": NEVER_LANDS[0]},
    }  # fmt: skip


def attempt(number: int, address: str, book: int, handed_in: datetime, rng: Random) -> Item:
    """An attempt at the quiz of a book."""
    right = [rng.random() < 0.7 for _ in range(QUESTIONS)]
    return {
        **_reader(number, address),
        "attemptId": {"S": f"Q{book}#{handed_in:%Y%m%d%H%M}"},
        "quizId": {"S": f"Q{book}"},
        "bookId": {"S": f"B{book}"},
        "submittedAt": {"N": str(micros(handed_in) // 1000)},
        "score": {"N": str(sum(right))},
        "maxScore": {"N": str(QUESTIONS)},
        "answers": {"L": [
            {"M": {"questionId": {"S": f"Q{book}-{place}"}, "answer": {"S": NEVER_LANDS[1]},
                   "correct": {"BOOL": is_right}, "seconds": {"N": str(rng.randrange(3, 90))}}}
            for place, is_right in enumerate(right, 1)
        ]},
    }  # fmt: skip


def with_progress(item: Item, pages: int) -> Item:
    """The same reading, some pages later."""
    read = int(item["pagesRead"]["N"]) + pages
    return item | {"pagesRead": {"N": str(read)}, "finished": {"BOOL": True}}


def keys_of(item: Item) -> Item:
    """The item's key attributes."""
    return {name: item[name] for name in ("userId", "readingId", "attemptId") if name in item}


def _reader(number: int, address: str) -> Item:
    return {
        "userId": {"S": f"r-{number}"},
        "reader": {"M": {"email": {"S": address}, "displayName": {"S": f"Reader {number}"},
                         "role": {"S": "learner"}}},
    }  # fmt: skip
