"""The sample bookshelf's books."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from scripts.sample_sources.bookshelf_tables import Shelf
from scripts.sample_sources.sqlite_tables import Row
from scripts.sample_sources.subscriptions_schools import stamp

SUBJECTS = {
    "English": ("Stories from the River", "Words at Work", "Plays for Reading Aloud"),
    "Mathematics": ("Numbers and Patterns", "Shapes and Measures"),
    "Science": ("Living Things", "Forces and Energy"),
    "History": ("Romans to Tudors", "The World since 1900"),
    "Geography": ("Maps and Rivers",),
    "French": ("Bonjour à tous",),
    "Welsh": ("Croeso i’r ysgol",),
}
KEY_STAGES = ("KS1", "KS2", "KS3", "KS4")


def add_books(shelf: Shelf, rng: Random) -> list[Row]:
    """Each series once a key stage; every eighth book is of another product, which nobody has here."""
    titles = [(subject, series) for subject, many in SUBJECTS.items() for series in many]
    for number, (subject, series, stage) in enumerate(
        (subject, series, stage) for subject, series in titles for stage in KEY_STAGES
    ):
        entered = datetime(2022, 2, 1, 9) + timedelta(days=number // 2)
        shelf.add(
            "Books", "BookId", Isbn=_isbn(number), Title=f"{series} {number % 4 + 1}", Subject=subject,
            KeyStage=stage, ProductCode="READ" if number % 8 == 7 else "SHELF",
            PageCount=rng.randrange(48, 320), PublishedOn=str(date(2014 + number % 9, 3, 1)),
            UpdatedAt=stamp(entered),
        )  # fmt: skip
    return [book for book in shelf.rows["Books"] if book["ProductCode"] == "SHELF"]


def _isbn(number: int) -> str:
    """An ISBN-13 with its check digit; every third as a publisher prints it, with hyphens."""
    digits = f"978030{number:06d}"
    check = (10 - sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits)) % 10) % 10
    if number % 3:
        return f"{digits}{check}"
    return f"{digits[:3]}-{digits[3]}-{digits[4:7]}-{digits[7:]}-{check}"
