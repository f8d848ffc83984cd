"""Writes the sample of the subscription service: a SQLite file that looks like its replica.

Four academic years, 2022/23 to 2025/26, of UK schools and some that pay in euro. Most terms start on
1 September and run a year; schools renew (some late), change seats, upgrade, cancel with notice, lapse, come
back, or swap one product for another. A third of those that do not renew pay the last invoice late or never.
The same scale gives the same file, byte for byte.

Deliberate dirt, the same few rows at every scale, and what a run must make of it:
- a word in a number (`seats` 'thirty', `annual_value_after` 'n/a'): the row is quarantined;
- a zero date (`cancelled_at`, `paid_on`): becomes NULL and is counted as a value repair;
- a name of over 300 characters, a name with a NUL character: quarantined or repaired, never cut silently;
- a name with emoji: lands unharmed;
- one key twice with two versions (the newer wins), one row twice word for word;
- organisations without a URN, two with the word 'tbc' for a URN (they must not become one school), and two
  that share a real URN (they must);
- a term of an organisation that does not exist, a change of a term that does not exist;
- two terms of one school and product over the same year: they add up;
- trial terms that carry a list price: no value;
- a change entered eleven weeks after it took effect;
- two credit notes (negative amounts) after cancellations, and a void invoice beside the one that replaced it;
- a staff address, a machine's address, one mailbox shared by two contacts, one in capitals, one missing.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from random import Random

from scripts.sample_sources.subscriptions_dirt import add_dirt
from scripts.sample_sources.subscriptions_invoices import add_credit_notes, leave_unpaid
from scripts.sample_sources.subscriptions_schools import add_contacts, add_products, add_school
from scripts.sample_sources.subscriptions_tables import Book
from scripts.sample_sources.subscriptions_terms import Story

SCHOOLS_PER_SCALE = 150
YEARS = (2022, 2023, 2024, 2025)


def write_subscriptions(path: Path, scale: int, as_of: datetime) -> list[str]:
    """Writes `path` anew, scale × 150 schools and about scale × 800 terms; nothing is later than `as_of`.

    Returns the contacts' addresses, so that other samples can hold accounts of the same people.
    """
    rng = Random(f"subscriptions {scale}")
    book, addresses = Book(), []
    add_products(book)
    story = Story(book, rng, as_of)
    for number in range(1, scale * SCHOOLS_PER_SCALE + 1):
        first_year = rng.choices(YEARS, (42, 21, 20, 17))[0]
        school = add_school(book, rng, number, first_year)
        addresses += add_contacts(book, rng, school)
        story.tell(school, first_year)
    leave_unpaid(book, as_of)
    add_dirt(book)
    add_credit_notes(book)
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        book.write(connection)
    return addresses
