"""Enrolments by chance, landed in any order, split and doubled: the daily counts are those of plain Python.

The days a load touched are found by the landing's own code; models are then rebuilt by SQL that dbt compiled, and are
what a full refresh gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

import duckdb
import pytest

from pipelines.contracts import contract_path, load_contract
from pipelines.landing.touched import record_touched
from pipelines.warehouse.duckdb import DuckDbWarehouse
from tests.dbt_project.landing_stand_in import insert_rows, stand_in_warehouse
from tests.dbt_project.plain_enrolments import Act, Daily, Enrolment, counted, states
from tests.dbt_project.touched_days import TouchedDays, compiled_sql

SETTINGS = {"WAREHOUSE_PLATFORMS": "edx", "WAREHOUSE_AS_OF": "2026-07-31 06:00:00"}
FIRST = date(2026, 6, 1)
LAST = 14
RUNS = {"A": "course-v1:UniX+A+1T2026", "B": "UniX/B/2026"}
# Ann has two accounts, Tim is on the team of run A, Rob is a machine; no snapshot has Newt.
PEOPLE = {"ann": "ann", "anna": "ann", "bo": "bo", "cy": "cy", "tim": "tim", "rob": "rob"}
LEARNERS = {(run, who) for run in RUNS for who in ("ann", "anna", "bo", "cy", "newt")} | {("B", "tim")}
ACTS = ("activated", "activated", "activated", "deactivated", "deactivated", "mode_changed")
MODES = ("audit", "audit", "honor", "verified")
INCREMENTAL = ("int_edx__enrolment_acts", "int_edx__log_days")
ABOVE = (
    "int_edx__enrolment_states", "int_edx__enrolments_replayed", "int_enrolments__person_states",
    "fct_enrolments_daily",
)  # fmt: skip
DAILY = """
    select split_part(course_run_key, ':', -1), mode, enrolment_date, enrolments, enrolments_change,
        cumulative_enrolments
    from course_activity.fct_enrolments_daily
"""


@dataclass(frozen=True)
class Line:
    """A line of a log: whose act, where it stands, and the file it is in."""

    run: str
    account: str
    act: Act
    number: int
    file: int

    def row(self, version: int) -> dict[str, str]:
        moment = f"{on(self.act.day)} {timedelta(seconds=self.act.second)}"
        return {
            "_instance": "edx", "_file_key": f"{self.file}.log.gz.gpg", "_offset": f"{self.number}",
            "line_hash": f"{self.number}", "user_id": self.account, "course_id": RUNS[self.run],
            "time": moment, "event_date": f"{on(self.act.day)}", "event_source": "server",
            "family": "enrollment", "event_type": f"edx.course.enrollment.{self.act.act}",
            "mode": self.act.mode, "payload": "read", "_row_hash": f"{version}",
        }  # fmt: skip


class Enrolments(TouchedDays):
    """The warehouse, and the SQL of each model by relation: whole, and for the touched days."""

    def empty(self) -> None:
        self.forget_all()
        self.connection.execute("delete from ops.partition_fingerprints")

    def put(self, table: str, rows: list[dict[str, str]]) -> None:
        self.connection.execute(f"delete from staging_edx.{table}")
        insert_rows(self.connection, "edx", table, rows)

    def land(self, lines: dict[tuple[int, int], tuple[Line, int]]) -> None:
        """Staging holds these lines and no others; the landing's code says which days that touched."""
        contract = load_contract(contract_path("edx"))
        self.put("tracking_events", [line.row(version) for line, version in lines.values()])
        record_touched(self.warehouse, contract.schema, contract.tables["tracking_events"], "load")


def on(day: int) -> date:
    return FIRST + timedelta(days=day)


def people() -> dict[str, list[dict[str, str]]]:
    """Landed rows that say who and what there is; they stay as they are."""
    return {
        "auth_user": [
            {"_instance": "edx", "_entity": "UniX-A", "id": who, "email": f"mail-of-{person}",
             "email_domain_class": "education", "is_active": "true", "is_superuser": "false",
             "is_staff": "false", "account_kind": "bot" if who == "rob" else "learner"}
            for who, person in PEOPLE.items()
        ],
        "course_structure": [
            {"_instance": "edx", "_entity": "UniX-A", "category": "course",
             "block_id": "block-v1:UniX+A+1T2026+type@course+block@course"},
            {"_instance": "edx", "_entity": "UniX-B", "category": "course",
             "block_id": "i4x://UniX/B/course/2026"},
        ],
        "student_courseaccessrole": [
            {"_instance": "edx", "_entity": "UniX-A", "user_id": "tim", "org": "UniX", "role": "staff",
             "course_id": RUNS["A"]},
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def enrolments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Enrolments]:
    home = tmp_path_factory.mktemp("enrolments")
    stand_in_warehouse(home, {"edx": people()})
    models = ("--resource-type", "model", "--resource-type", "seed")
    whole = compiled_sql(home, SETTINGS, "build", *models, "--select", "+fct_enrolments_daily")
    touching = compiled_sql(home, SETTINGS, "compile", "--select", *INCREMENTAL)
    with closing(duckdb.connect(home / "warehouse.duckdb")) as connection:
        yield Enrolments(
            connection, DuckDbWarehouse(connection, home / "warehouse.duckdb"),
            dict(whole[name] for name in (*INCREMENTAL, *ABOVE)),
            dict(touching[name] for name in INCREMENTAL),
        )  # fmt: skip


def history(rng: Random) -> list[Line]:
    """Acts of each account on some runs, some at one moment; a line may stand in a second file."""
    lines: list[Line] = []
    for who in (*PEOPLE, "newt"):
        for run in rng.sample(sorted(RUNS), rng.randint(0, 2)):
            for _ in range(rng.randint(1, 6)):
                second = rng.choice((0, 0, 36_000, 86_399))
                act = Act(rng.randrange(LAST), second, rng.choice(ACTS), rng.choice(MODES))
                number = len(lines) + 1
                files = [act.day, *rng.sample(range(LAST, LAST + 3), rng.choice((0, 0, 1)))]
                lines.extend(Line(run, who, act, number, file) for file in files)
    return lines


def snapshots(rng: Random, lines: list[Line]) -> tuple[dict[str, int], dict[tuple[str, str], Enrolment]]:
    """Run → day of its snapshot, and what that has: most that the logs have, some from before them."""
    taken = {run: rng.randrange(2, LAST) for run in RUNS}
    had = {}
    for run, day in taken.items():
        heard = {line.account for line in lines if line.run == run and line.act.day < day}
        for who in PEOPLE:
            if rng.random() < (0.8 if who in heard else 0.3):
                began = rng.choice((-30, rng.randrange(day)))
                had[run, who] = Enrolment(began, rng.random() < 0.6, rng.choice(MODES))
    return taken, had


def landings(rng: Random, lines: list[Line]) -> Iterator[dict[tuple[int, int], tuple[Line, int]]]:
    """What staging holds after each load: files in any order, with other lines at first, some issued anew."""
    there: dict[tuple[int, int], tuple[Line, int]] = {}
    for _ in range(rng.randint(1, 4)):
        for line in rng.sample(lines, rng.randint(0, len(lines))):
            act = replace(line.act, day=rng.choice((line.act.day, rng.randrange(LAST))))
            there[line.file, line.number] = replace(line, act=act), rng.randrange(1 << 40)
            if rng.random() < 0.15:
                del there[line.file, line.number]
        yield dict(there)
    yield {(line.file, line.number): (line, rng.randrange(1 << 40)) for line in lines}


def by_hand(lines: list[Line], taken: dict[str, int], had: dict[tuple[str, str], Enrolment]) -> Daily:
    told = {}
    for run, who in LEARNERS:
        acts = [line.act for line in lines if (line.run, line.account) == (run, who)]
        unknown = (run, who) not in had
        # what the snapshot should have, and has not, is no enrolment
        if (acts or not unknown) and not (unknown and any(act.day < taken[run] for act in acts)):
            told[run, who] = states(acts, had.get((run, who)), taken[run])
    last = max([*taken.values(), *(line.act.day for line in lines)])
    return counted(told, PEOPLE, last)


def compared(enrolments: Enrolments, seed: int) -> Daily:
    """Lands a history in its own way and compares every day; what plain Python says of it."""
    rng = Random(seed)
    lines = history(rng)
    taken, had = snapshots(rng, lines)
    enrolments.empty()
    enrolments.put("snapshots", [
        {"_instance": "edx", "_entity": f"UniX-{run}", "table_name": table, "file_key": "unix.zip",
         "snapshot_date": f"{on(day)}", "row_count": "1"}
        for run, day in taken.items() for table in ("auth_user", "student_courseenrollment")
    ])  # fmt: skip
    enrolments.put("student_courseenrollment", [
        {"_instance": "edx", "_entity": f"UniX-{run}", "id": f"{number}", "user_id": who, "mode": one.mode,
         "course_id": RUNS[run], "created": f"{on(one.enrolled_on)} 12:00:00", "is_active": f"{one.active}"}
        for number, ((run, who), one) in enumerate(had.items())
    ])  # fmt: skip
    for there in landings(rng, lines):
        enrolments.land(there)
        enrolments.rebuild_touched()
    enrolments.compare_with_anew(f"seed {seed}")
    runs = {course: run for run, course in RUNS.items()}
    said = {
        (runs[course] if course in runs else runs[f"course-v1:{course}"], mode, (day - FIRST).days): counts
        for course, mode, day, *counts in enrolments.rows(DAILY)
    }
    expected = by_hand(lines, taken, had)
    assert {key: tuple(counts) for key, counts in said.items()} == expected, f"seed {seed}"
    return expected


def test_any_order_of_loads_gives_the_daily_enrolments_of_plain_python(enrolments, long_counts):
    days = left = 0
    for seed in range(150 if long_counts else 8):
        daily = compared(enrolments, seed)
        days += len(daily)
        left += sum(change < 0 for _, change, _ in daily.values())
    assert days > 500, "chance left most days out"
    assert left > 10, "hardly anybody left"
