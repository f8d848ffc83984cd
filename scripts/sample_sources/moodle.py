"""A made-up Moodle site as a SQLite file: Moodle's own table and column names, invented people.

The same `scale` and `as_of` give the same rows. Scale 1 has about 300 accounts, 20 courses over the four
academic years up to `as_of`, 900 enrolments and 15,000 log rows; all of them grow with the scale.

The story: learners enrol by hand, by themselves or by cohort, work through a course's outline as far as
their diligence goes, are graded, and complete what is tracked. Columns that must never land (names,
addresses, posts, feedback, secrets) are filled, so that tests can look for NEVER_LANDS in the warehouse.

Deliberate dirt:
- accounts: soft-deleted ones with the e-mail in the username and names kept, whose attempts, completions,
  log rows and a re-created grade stay; a username used again under a new id; an e-mail shared by two;
  guest, admin and test accounts, one of them with a learner's role
- roles: given twice by two methods; a learner's role under a short name of the site's own
- orphans: enrolment, role, grade, attempt, module completion and log rows whose parent is gone
- grades: overridden by hand; an essay marked out of 100 whose gradebook item was cut to 50; totals whose
  maximum differs from learner to learner; -1 for not graded
- attempts: previews by teachers; left open
- enrolments: by two methods, suspended, ended, not begun, ending at 2147483647; a completion and an
  overridden total of somebody who was unenrolled
- submissions: reopened, draft, by a team (user 0)
- values: a text in a number (`mdl_forum_posts.wordcount`), a NUL character, characters outside the basic
  plane, multi-language tags
- log: hundreds of rows in one second, time stepping back in id order, users 0 and -1, guests, anonymous
  events, an administrator logged in as a learner, identifiers in `other` and `objectid`
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from scripts.sample_sources import moodle_learning, moodle_people
from scripts.sample_sources.moodle_courses import add_courses
from scripts.sample_sources.moodle_dirt import add_dirt
from scripts.sample_sources.moodle_learning import add_learning
from scripts.sample_sources.moodle_people import add_people
from scripts.sample_sources.moodle_site import Site

NEVER_LANDS = (*moodle_people.NEVER_LANDS, *moodle_learning.NEVER_LANDS, "203.0.113.")


def write_moodle(path: Path, scale: int, as_of: datetime, people: list[str]) -> None:
    """Writes the site to `path`, replacing what is there.

    `as_of` is naive UTC; nothing happens after it. `people` are e-mail addresses of contacts on other
    platforms: the first become teachers, the next learners, so that some persons have several accounts.
    """
    site = Site(scale, as_of)
    accounts = add_people(site, people)
    courses = add_courses(site, accounts)
    add_learning(site, accounts, courses)
    add_dirt(site, accounts, courses)
    site.number_events()
    site.write(path)
