"""Organisations, contacts, products and plans of the sample subscription service."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from scripts.sample_sources.people import invent
from scripts.sample_sources.sqlite_tables import Row
from scripts.sample_sources.subscriptions_tables import Book

PRODUCTS = (
    ("CLASS", "Classroom", "learning", 6.00),
    ("MOODLE", "Hosted Moodle", "learning", 4.50),
    ("SHELF", "Bookshelf", "content", 7.25),
    ("READ", "Reading Lab", "content", 3.80),
    ("CPD", "Courses for Staff", "training", 18.00),
)
CURRENCIES = {"GBP": 1.0, "EUR": 1.2}
REGIONS = (
    "East Midlands", "East of England", "London", "North East", "North West", "South East", "South West",
    "West Midlands", "Yorkshire and the Humber",
)  # fmt: skip
PHASES = {"primary": 0.55, "secondary": 0.3, "all-through": 0.05, "special": 0.06, "post-16": 0.04}
SEATS = {"primary": 90, "secondary": 240, "all-through": 300, "special": 40, "post-16": 350}
PLACES = (
    "Ashby", "Brookside", "Castle Hill", "Dunmore", "Elmfield", "Fairview", "Greenacre", "Highfield",
    "Ivybridge",
    "Kingsway", "Lakeside", "Meadowbank", "Northgate", "Oakfield", "Parkside", "Queensway", "Riverside",
    "St Anne's", "St Mary's", "Thornhill", "Underwood", "Valley Road", "Westbrook", "Yewtree",
)  # fmt: skip
CHANNELS = ("conference", "partner", "referral", "reseller", "search", "telephone")


def stamp(moment: datetime | date) -> str:
    """A timestamp as the service's export writes it: UTC, seconds, no zone."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def at_work(rng: Random, day: date) -> datetime:
    """Some second of `day` between 08:00 and 17:00."""
    return datetime(day.year, day.month, day.day, 8) + timedelta(seconds=rng.randrange(9 * 3600))


def money(amount: float) -> str:
    """An amount as the service's export writes it: two decimals."""
    return f"{amount:.2f}"


def add_products(book: Book) -> None:
    """Five products, each with a standard, a plus and a trial plan in each currency."""
    entered = stamp(datetime(2022, 1, 10, 9))
    for code, name, family, price in PRODUCTS:
        product = book.add("products", code=code, name=name, family=family, updated_at=entered)
        for currency, rate in CURRENCIES.items():
            for tier, factor in (("Standard", 1.0), ("Plus", 1.4), ("Trial", 1.0)):
                book.add(
                    "plans", product_id=product["id"], name=f"{name} {tier}", billing_period="year",
                    is_trial=int(tier == "Trial"), price_per_seat=money(price * rate * factor),
                    currency=currency, updated_at=entered,
                )  # fmt: skip


def add_school(book: Book, rng: Random, number: int, year: int) -> Row:
    """One organisation, entered in spring of `year`: mostly a school in England, at times a federation, or a
    school that pays in euro."""
    draw = rng.random()
    kind = "federation" if draw < 0.05 else "ireland" if draw < 0.15 else "school"
    phase = rng.choices(list(PHASES), list(PHASES.values()))[0]
    entered = at_work(rng, date(year, 3, 1) + timedelta(days=rng.randrange(80)))
    english = kind != "ireland"
    return book.add(
        "organisations",
        # 7919 and 899981 are primes: every number gives another six-digit URN.
        urn=str(100000 + number * 7919 % 899981) if kind == "school" else None,
        name=f"{rng.choice(PLACES)} {_kind_of_school(kind, phase)} {number}",
        phase=None if kind == "federation" else phase,
        region=rng.choice(REGIONS) if english else "Ireland",
        country="GB" if english else "IE",
        org_type=kind if kind == "federation" else rng.choice(("academy", "maintained", "independent")),
        channel=rng.choice(CHANNELS), status="prospect", created_at=stamp(entered), updated_at=stamp(entered),
    )  # fmt: skip


def _kind_of_school(kind: str, phase: str) -> str:
    if kind == "federation":
        return "Federation"
    return {"primary": "Primary School", "secondary": "High School", "post-16": "College"}.get(
        phase, "School"
    )


def add_contacts(book: Book, rng: Random, school: Row) -> list[str]:
    """One to three contacts of a school; returns their addresses."""
    domain = f"school{school['id']}.example.sch.uk" if school["country"] == "GB" else "example.org"
    addresses = []
    for number in range(rng.choices((1, 2, 3), (0.4, 0.4, 0.2))[0]):
        person = invent(rng, domain, school["id"] * 10 + number)
        book.add(
            "contacts", organisation_id=school["id"], email=person.email, first_name=person.first_name,
            last_name=person.last_name, job_role=person.job_role, created_at=school["created_at"],
            updated_at=school["updated_at"],
        )  # fmt: skip
        addresses.append(person.email)
    return addresses
