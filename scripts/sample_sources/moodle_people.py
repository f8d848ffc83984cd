"""The accounts of the sample site: system accounts, teachers, learners and test accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scripts.sample_sources.moodle_site import (
    ADMIN,
    DAY,
    GUEST,
    MANAGER_ROLE,
    SITE_COURSE,
    Site,
    epoch,
)

FIRST_NAMES = ("Aoife", "Björn", "Chloé", "Dafydd", "Eilidh", "Fātima", "Giorgos", "Hana", "Iñigo", "Jürgen")
LAST_NAMES = (
    "Thornquist",
    "Vanderplank",
    "Okonkwo-Peel",
    "Quillfeather",
    "Ó Dubhthaigh",
    "Brzęczyk",
    "Łaska",
)
STREET, PHONE, SCHOOL = "Zinnober Lane", "07700 900", "Copperbeech Academy"
ABOUT_ME, PASSWORD_HASH, SECRET = "I like newts and trombones", "$6$rounds=10000$sample", "s3cr3tsalt"

# What is written into columns that must never land, so that a test can look for it in the warehouse.
NEVER_LANDS = (*FIRST_NAMES, *LAST_NAMES, STREET, PHONE, SCHOOL, ABOUT_ME, PASSWORD_HASH, SECRET)


@dataclass(frozen=True)
class Account:
    """One account; `diligence` is the share of the work this learner does."""

    id: int
    username: str
    email: str
    diligence: float = 0.0


@dataclass(frozen=True)
class People:
    teachers: list[Account]
    learners: list[Account]


def add_people(site: Site, contacts: list[str]) -> People:
    """Adds all accounts; the first contacts are teachers, the next ones learners on training courses."""
    opened = epoch(site.as_of.replace(year=site.years[0], month=8, day=1))
    _add_system_roles(site, opened)
    _add(site, "guest", "root@localhost", opened, id=GUEST)
    _add(site, "admin", "admin@moodle.example", opened, id=ADMIN)
    teachers = _add_teachers(site, contacts, opened)
    learners = _add_learners(site, contacts[len(teachers) : len(teachers) + 20 * site.scale], opened)
    for number in range(10):
        name = f"tool_generator_{number + 1:06}"
        _add(site, name, f"{name}@example.com", opened)
    return People(teachers, learners)


def _add_teachers(site: Site, contacts: list[str], opened: int) -> list[Account]:
    emails = contacts[: 12 * site.scale]
    emails += [f"staff{number}@copperbeech.sch.uk" for number in range(12 * site.scale - len(emails))]
    return [
        Account(_add(site, f"teacher{number:04}", email, opened), f"teacher{number:04}", email)
        for number, email in enumerate(emails)
    ]


def _add_learners(site: Site, contacts: list[str], opened: int) -> list[Account]:
    learners = []
    for number in range(276 * site.scale):
        username = f"pupil{number:05}"
        # Learners with no contact's address have their own; a few share one with a sibling.
        email = contacts[number] if number < len(contacts) else _pupil_email(number)
        created = opened + site.chance.randrange(DAY * 20)
        person = _add(site, username, email, created)
        learners.append(Account(person, username, email, site.chance.betavariate(3, 1.5)))
    return learners


def _pupil_email(number: int) -> str:
    shared = number - 1 if number % 90 == 0 else number
    return f"pupil{shared:05}@pupils.copperbeech.sch.uk"


def _add(site: Site, username: str, email: str, created: int, **values: Any) -> int:
    seen = created + site.chance.randrange(max(1, site.now - created))
    person = site.add(
        "mdl_user",
        **values,
        auth="manual",
        confirmed=1,
        mnethostid=1,
        username=username,
        email=email,
        password=PASSWORD_HASH,
        secret=SECRET,
        idnumber=f"UPN-{site.chance.randrange(10**7):07}",
        firstname=site.chance.choice(FIRST_NAMES),
        lastname=site.chance.choice(LAST_NAMES),
        phone1=f"{PHONE}{site.chance.randrange(1000):03}",
        address=f"{site.chance.randrange(99) + 1} {STREET}",
        institution=SCHOOL,
        city="Oxford",
        country="GB",
        lang="en",
        description=f"<p>{ABOUT_ME}</p>",
        lastip=f"203.0.113.{site.chance.randrange(250)}",
        firstaccess=created,
        lastaccess=seen,
        lastlogin=max(created, seen - 3 * DAY),
        currentlogin=seen,
        timecreated=created,
        timemodified=created,
    )
    # A person's context carries the person's id in the clear: it must be blank where it lands.
    site.add("mdl_context", contextlevel=30, instanceid=person, path=None, depth=2)
    return person


def _add_system_roles(site: Site, opened: int) -> None:
    names = ("manager", "coursecreator", "editingteacher", "teacher", "student", "guest", "user", "frontpage")
    for place, name in enumerate(names, 1):
        site.add("mdl_role", shortname=name, archetype=name, sortorder=place)
    # The site made a role of its own: told by archetype, not by short name.
    site.add("mdl_role", name="Pupil", shortname="pupil", archetype="student", sortorder=9)
    site.add("mdl_context", contextlevel=10, instanceid=0, path="/1", depth=1)
    site.add(
        "mdl_role_assignments",
        roleid=MANAGER_ROLE,
        contextid=1,
        userid=ADMIN,
        timemodified=opened,
        modifierid=2,
    )
    site.add(
        "mdl_course", id=SITE_COURSE, category=0, fullname="Copperbeech learning", shortname="home",
        format="site",
        timecreated=opened, timemodified=opened,
    )  # fmt: skip
