"""Writes the sample of the bookshelf: a SQLite file with the tables of its SQL Server database.

Schools that paid for the bookshelf (product SHELF of the subscription sample) have one licence a paid term.
Their contacts are teachers here under the same addresses; learners are invented. They activate some books
under each licence and read on school days while it runs; most schools that lapse read less and less in the
months before, and some that stay have a weak term. The same scale gives the same file, byte for byte; scale 1
has about 9,000 sittings.

Deliberate dirt, the same few rows at every scale, and what a run must make of it:
- sittings that end before they start, that last longer than a day, negative pages and seconds: they land and
  are warned about; no mart may count their length;
- a word in a number (`PagesRead` '12 pages'): the row is quarantined;
- revoked activations; more activations than the licence has seats: they land;
- a book nobody knows in a sitting and an activation: warned about, the sitting counts;
- accounts without an address, with a blank one, two that share one mailbox (in two spellings);
- the publisher's own people, one with a private address, and a machine: staff and bot, nobody's learners;
- closed accounts (`IsActive` 0): retired;
- GUIDs in upper case from desktops, in lower case from the rest: one form in staging;
- licences of schools nobody knows ('999999', 'n/a') with a product code in lower case and a blank behind it;
- school URNs with blanks around them, '000000', and those that the subscription sample already spoils;
- ISBNs with hyphens and without: one form in staging;
- sittings that never ended, as tablets that are put away leave them;
- one key twice with two versions (the newer wins), one row twice word for word.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from random import Random

from scripts.sample_sources.bookshelf_books import add_books
from scripts.sample_sources.bookshelf_dirt import add_dirt
from scripts.sample_sources.bookshelf_schools import PRODUCT, SchoolOnTheShelf, paid_terms
from scripts.sample_sources.bookshelf_tables import Shelf
from scripts.sample_sources.customers import customers_of
from scripts.sample_sources.quiet import Absences, absences_of


def write_bookshelf(path: Path, scale: int, as_of: datetime, subscriptions: Path) -> list[str]:
    """Writes `path` anew for the customers in the sample at `subscriptions`; nothing is after `as_of`.

    Returns the learners' addresses, so that other samples can hold accounts of the same people.
    """
    rng = Random(f"bookshelf {scale}")
    shelf = Shelf()
    story = SchoolOnTheShelf(shelf, rng, as_of, add_books(shelf, rng))
    terms = paid_terms(subscriptions, as_of)
    schools = customers_of(subscriptions, PRODUCT, as_of)
    for school in schools:
        if school.number in terms:
            story.enter(school, terms[school.number])
    _go_quiet(shelf, absences_of(PRODUCT, schools, as_of))
    learners = [row["Email"] for row in shelf.rows["Accounts"] if row["AccountType"] == "learner"]
    add_dirt(shelf)
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        shelf.write(connection)
    return learners


def _go_quiet(shelf: Shelf, absences: Absences) -> None:
    """Takes out the sittings of accounts on days on which they stay away."""
    away = {row["AccountId"]: absences(row["SchoolUrn"], row["AccountId"]) for row in shelf.rows["Accounts"]}
    shelf.rows["ReadingSessions"] = [
        row
        for row in shelf.rows["ReadingSessions"]
        if not ((absence := away[row["AccountId"]]) and absence.covers(row["StartedAt"]))
    ]
