"""Takes out of the e-learning sample what its quiet accounts would not have done; see `quiet`."""

from __future__ import annotations

from scripts.sample_sources.classroom_year import PEAK_DAY
from scripts.sample_sources.quiet import Absence, Absences
from scripts.sample_sources.sqlite_tables import Row
from scripts.sample_sources.subscriptions_schools import money
from scripts.sample_sources.subscriptions_tables import Book

MOMENTS = {"logins": "logged_in_at", "scores": "submitted_at", "points": "awarded_at"}


def go_quiet(book: Book, absences: Absences) -> None:
    """Drops activities of absent accounts; the challenge of the peak day draws everybody all the same."""
    away = {
        row["id"]: absence
        for row in book.rows["users"]
        if (absence := absences(row["school_urn"], row["id"]))
    }
    undone = _without_progress(book, away)
    for table, column in MOMENTS.items():
        book.rows[table] = [row for row in book.rows[table] if not _absent(away, row, column)]
    book.rows["scores"] = [
        row
        for row in book.rows["scores"]
        if row["submitted_at"] < undone.get((row["user_id"], row["lesson_id"]), "9999")
    ]


def _absent(away: dict[int, Absence], row: Row, column: str) -> bool:
    absence = away.get(row["user_id"])
    return absence is not None and absence.covers(row[column]) and row[column][:10] != str(PEAK_DAY)


def _without_progress(book: Book, away: dict[int, Absence]) -> dict[tuple[int, int], str]:
    """Lessons never opened vanish, those begun stay begun. Learner and lesson → first day of absence."""
    undone: dict[tuple[int, int], str] = {}
    kept = []
    for row in book.rows["progress"]:
        opened = not _absent(away, row, "first_opened_at")
        if not opened or _absent(away, row, "last_activity_at"):
            undone[row["user_id"], row["lesson_id"]] = away[row["user_id"]].first
        if opened and (row["user_id"], row["lesson_id"]) in undone:
            row.update(
                percent_complete=money(min(60.0, float(row["percent_complete"]))), status="started",
                completed_at=None, last_activity_at=row["first_opened_at"], updated_at=row["first_opened_at"],
            )  # fmt: skip
        if opened:
            kept.append(row)
    book.rows["progress"] = kept
    return undone
