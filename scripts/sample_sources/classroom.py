"""Writes the sample of the e-learning platform: a SQLite file that looks like its replica.

Schools are those of the subscription sample that bought Classroom, their teachers and some learners are its
contacts. Classes run over four academic years, 2022/23 to 2025/26, on school days that a term covers; most
schools that leave go quiet in the months before, and some that stay have a weak term. On 10 February 2026
everybody takes part in a challenge: the peak day. The same scale gives the same file, byte for byte. Columns
that must never land (names, class names, details, addresses of devices) are filled.

Deliberate dirt, the same few rows at every scale, and what a run must make of it:
- a word in a number (`score` 'A*', `points` 'ten', `duration_minutes` 'an hour'), a score with three
  decimals, a title of over 200 characters, a hand-in at a zero date, a login of nobody: seven rows are
  quarantined;
- zero dates where there may be none (three `deleted_at`, `ends_on`, `graded_at`, `completed_at`): they become
  NULL and are counted as six value repairs;
- a class and a score with an older version beside the newer one, which wins; a login and a progress row twice
  word for word: four rows are filtered;
- scores below zero, above the highest mark and out of no marks at all; progress of 104.5 % and 250 %: they
  land and are warned of, no mart counts them as they are;
- titles with emoji and with a NUL character: land unharmed;
- soft-deleted users whose work stays, one deleted without a time, one with a time that is not deleted;
- guest, staff, machine, test and demonstration accounts; a test account learns in a class and has more points
  than anybody;
- the address of a pupil who was deleted years ago, given to a new pupil of the school;
- two siblings with one address, three pupils with their class's mailbox, one in capitals, many without;
- contacts of schools who learn here and on Moodle, pupils who also read on the bookshelf: one person each, by
  e-mail;
- schools written as 'tbc', '000000' and with blanks around, an academic year written '2022-23'; a role that
  nobody knows;
- members of a class that does not exist, a member, logins and an audit line of a user that does not, a lesson
  without its class, progress without its lesson, points in a class that is gone;
- a pupil who left a class and came back, so is a member twice;
- points taken back, once more than there were; two learners who share the first place of a class, and two
  who share its third;
- clocks: a login two days ahead of as of, one before its account was made, forty logins whose times step back
  although their ids go on, a grade before the hand-in, a progress that ends before it begins.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from random import Random

from scripts.sample_sources.classroom_dirt import add_dirt
from scripts.sample_sources.classroom_quiet import go_quiet
from scripts.sample_sources.classroom_schools import NOTE, SchoolStory
from scripts.sample_sources.classroom_tables import EVENTS, TABLES
from scripts.sample_sources.classroom_year import NETWORK
from scripts.sample_sources.customers import customers_of
from scripts.sample_sources.quiet import absences_of
from scripts.sample_sources.subscriptions_tables import Book

PRODUCT = "CLASS"
# What stands in columns that must never land, so that a test can look for it in the warehouse.
NEVER_LANDS = (NOTE, NETWORK)


def write_classroom(
    path: Path, scale: int, as_of: datetime, subscriptions: Path, readers: Iterable[str] = ()
) -> None:
    """Writes `path` anew for the customers in the sample at `subscriptions`, about scale × 25,000 rows.

    `readers` are addresses of pupils on the bookshelf; those of schools that have both get accounts here too.
    Nothing but deliberate dirt is later than `as_of`.
    """
    book = Book(TABLES)
    story = SchoolStory(book, Random(f"classroom {scale}"), as_of, readers)
    schools = customers_of(subscriptions, PRODUCT, as_of)
    for school in schools:
        story.tell(school)
    go_quiet(book, absences_of(PRODUCT, schools, as_of))
    _number(book)
    add_dirt(book, as_of)
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        book.write(connection)


def _number(book: Book) -> None:
    """Events get their ids in the order in which they happened, all schools together."""
    for table, moment in EVENTS.items():
        in_order = sorted(book.rows[table], key=lambda row: row[moment])
        book.rows[table] = [{"id": number, **row} for number, row in enumerate(in_order, 1)]
