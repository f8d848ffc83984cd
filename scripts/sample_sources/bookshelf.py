"""Writes the sample of the bookshelf: a SQLite file with the tables of its SQL Server database.

Schools that paid for the bookshelf (product SHELF of the subscription sample) have one licence a paid term.
Their contacts are teachers here under the same addresses; learners are invented. They activate some books
under each licence and read on school days while it runs; of the schools that lapse some read less and less
before. The same scale gives the same file, byte for byte; scale 1 has about 10,000 sittings.

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


def write_bookshelf(path: Path, scale: int, as_of: datetime, subscriptions: Path) -> list[str]:
    """Writes `path` anew for the customers in the sample at `subscriptions`; nothing is after `as_of`.

    Returns the learners' addresses, so that other samples can hold accounts of the same people.
    """
    rng = Random(f"bookshelf {scale}")
    shelf = Shelf()
    story = SchoolOnTheShelf(shelf, rng, as_of, add_books(shelf, rng))
    terms = paid_terms(subscriptions, as_of)
    for school in customers_of(subscriptions, PRODUCT, as_of):
        if school.number in terms:
            story.enter(school, terms[school.number])
    learners = [row["Email"] for row in shelf.rows["Accounts"] if row["AccountType"] == "learner"]
    add_dirt(shelf)
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        shelf.write(connection)
    return learners
