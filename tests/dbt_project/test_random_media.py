"""Acts on videos and problems by chance, in any order of loads, files and issues: the marts are those of plain Python.

A day's log can come in pieces, again without a line or with it elsewhere, and once more under another site; the days
that a load touched are found by the landing's own code, and models are rebuilt by SQL that dbt compiled.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from random import Random

import duckdb
import pytest

from pipelines.contracts import contract_path, load_contract
from pipelines.landing.touched import record_touched
from pipelines.warehouse.duckdb import DuckDbWarehouse
from tests.dbt_project import plain_media as plain
from tests.dbt_project.landing_stand_in import insert_rows, stand_in_warehouse
from tests.dbt_project.touched_days import TouchedDays, changes_of, compiled_sql

SETTINGS = {"WAREHOUSE_PLATFORMS": "edx", "WAREHOUSE_AS_OF": "2026-07-31 06:00:00"}
BY_DAY = ("int_edx__video_parts", "int_edx__problem_checks_counted")
ABOVE = (
    "int_edx__video_plays_joined", "fct_video_views", "int_edx__problem_attempts_placed", "fct_problem_attempts"
)  # fmt: skip
CHANGED = ("int_edx__video_plays_joined", "int_edx__problem_attempts_placed", "fct_problem_attempts")
CLOCKS = ("2025-12-31", "2026-01-01", "2026-01-02", "2026-07-31")
ASKED = ("video_segments", "problem_answers")
RUN, OLD_RUN = "course-v1:UniX+Demo1x+1T2026", "UniX/Old/2013"
LEARNERS = {"ann": RUN, "bo": RUN, "cy": OLD_RUN}
STAFF = {"sue": RUN, "rob": RUN}  # sue is in the team, rob is a service account
BEFORE_MIDNIGHT = 1_767_225_600 - 900  # 1 January 2026, in seconds since 1970
PAUSES = (0, 0, 0.25, 1, 5, 60, 600, 80_000)
PLACES = ("0", "0.1", "0.3", "4.9", "5", "9.75", "30", "61", "62.5", "100", "-1", "36001", "36000", None)
LENGTHS = (None, None, "0", "-1", "61", "61", "100", "40000")
VIDEO_ACTS = ("play_video", "play_video", "edx.video.played", "pause_video", "stop_video", "seek_video",
              "edx.video.seeked", "edx.video.position.changed", "load_video")  # fmt: skip
KINDS = ("choiceresponse", "multiplechoiceresponse", "stringresponse", None)


class Media(TouchedDays):
    """The warehouse, and the SQL of each model by relation: whole, and for the touched days."""

    def empty(self) -> None:
        self.connection.execute("delete from staging_edx.tracking_events")
        self.forget_all()
        self.connection.execute("delete from ops.partition_fingerprints")

    def land(self, lines: list[dict[str, str]]) -> None:
        """Staging holds these lines and no others; the landing's code says which days that touched."""
        contract = load_contract(contract_path("edx"))
        self.connection.execute("delete from staging_edx.tracking_events")
        insert_rows(self.connection, "edx", "tracking_events", lines)
        record_touched(self.warehouse, contract.schema, contract.tables["tracking_events"], "load")


def entity(course: str) -> str:
    return re.sub(r"[/+]", "-", course.removeprefix("course-v1:"))


def people() -> dict[str, list[dict[str, str]]]:
    placed = [(who, entity(course), course) for who, course in {**LEARNERS, **STAFF}.items()]
    return {
        "auth_user": [
            {"id": who, "username": f"name-{who}", "_entity": where, "email_domain_class": "none",
             "account_kind": "bot" if who == "rob" else "learner", "is_staff": "0", "is_superuser": "0",
             "is_active": "1"}
            for who, where, _ in placed
        ],
        "student_courseenrollment": [
            {"id": f"{number}", "user_id": who, "_entity": where, "course_id": course, "is_active": "1",
             "created": "2025-01-01", "mode": "audit"}
            for number, (who, where, course) in enumerate(placed)
        ],
        "student_courseaccessrole": [
            {"user_id": "sue", "_entity": entity(RUN), "course_id": RUN, "org": "UniX", "role": "staff"}
        ],
        "snapshots": [
            {"_entity": where, "table_name": "auth_user", "snapshot_date": "2026-01-01", "file_key": "z",
             "row_count": "1"}
            for where in sorted({where for _, where, _ in placed})
        ],
    }  # fmt: skip


def others(rng: Random) -> dict[str, list[dict[str, str]]]:
    """The people as they may have been: some retired, not yet in the team, not yet enrolled."""
    found = people()
    for row in found["auth_user"]:
        row["account_kind"] = rng.choice((row["account_kind"], "learner", "retired"))
    for table in ("student_courseenrollment", "student_courseaccessrole"):
        found[table] = [row for row in found[table] if rng.random() < 0.7]
    return found


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Media]:
    home = tmp_path_factory.mktemp("media")
    stand_in_warehouse(home, {"edx": people()})
    select = ["--select", *(f"+{name}" for name in (*BY_DAY, *ABOVE, *ASKED))]
    whole = compiled_sql(
        home, SETTINGS, "build", "--resource-type", "model", "--resource-type", "seed", *select
    )
    changes = changes_of(home)
    touching = compiled_sql(home, SETTINGS, "compile", "--select", *BY_DAY, *CHANGED)
    with closing(duckdb.connect(home / "warehouse.duckdb")) as connection:
        yield Media(
            connection, DuckDbWarehouse(connection, home / "warehouse.duckdb"),
            dict(whole[name] for name in (*BY_DAY, *ABOVE, *ASKED)), dict(touching[name] for name in (*BY_DAY, *CHANGED)), changes,
        )  # fmt: skip


def history(rng: Random) -> list[dict[str, str]]:
    """Acts of each account after pauses, over some midnights; a third of the lines do not say the account."""
    lines: list[dict[str, str]] = []
    for who, course in {**LEARNERS, **STAFF}.items():
        at = float(BEFORE_MIDNIGHT + rng.choice((0, 600, 80_000)))
        for _ in range(rng.randint(0, 40)):
            at += rng.choice(PAUSES)
            moment = datetime.fromtimestamp(at, UTC).replace(tzinfo=None)
            line = {"time": f"{moment:%Y-%m-%d %H:%M:%S.%f}", "event_date": f"{moment:%Y-%m-%d}",
                    "line_hash": f"{rng.randrange(-(1 << 62), 1 << 62)}", "course_id": course, "user_id": who,
                    "_offset": "0"}  # fmt: skip
            lines.append(line | (played(rng) if rng.random() < 0.8 else checked(rng)))
    nobody = rng.sample(lines, len(lines) // 20)
    for line in nobody:
        del line["user_id" if rng.random() < 0.5 else "course_id"]
    return lines


def played(rng: Random) -> dict[str, str]:
    act = rng.choice(VIDEO_ACTS)
    places = {"current_time": rng.choice(PLACES), "duration": rng.choice(LENGTHS)}
    if "seek" in act or "position" in act:
        places |= {"old_time": rng.choice(PLACES), "new_time": rng.choice(PLACES)}
    payload = "broken" if rng.random() < 0.03 else "read"
    found = {"family": "video", "event_source": "browser", "event_type": act, "payload": payload,
             "block_id": rng.choice(("v1", "v1", "v2"))}  # fmt: skip
    return found | {name: place for name, place in places.items() if place is not None}


def checked(rng: Random) -> dict[str, str]:
    parts = [
        {"part": f"p_{number}_1", "type": kind, "correct": rng.choice(("correct", "incorrect")),
         "answers": None if kind == "stringresponse"
         else rng.choice((["choice_1"], ["choice_2"], ["choice_1", "choice_2"], [], None))}
        for number in range(rng.randint(1, 3)) for kind in (rng.choice(KINDS),)
    ]  # fmt: skip
    return {"family": "problem", "event_type": rng.choice(("problem_check", "save_problem_check")),
            "event_source": rng.choice(("server", "server", "browser")), "payload": "read",
            "block_id": rng.choice(("a", "b")), "success": rng.choice(("correct", "incorrect")),
            "grade": "1", "max_grade": "2",
            "answers": json.dumps(parts, separators=(",", ":"))}  # fmt: skip


def landings(rng: Random, lines: list[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    """What staging holds after each load: parts of days, some lines on another day or in two files; then all."""
    for _ in range(rng.randint(1, 3)):
        there = [dict(line) for line in rng.sample(lines, rng.randint(0, len(lines)))]
        for line in there:
            if rng.random() < 0.1:
                line["event_date"] = rng.choice(lines)["event_date"]
        yield filed(rng, there)
    yield filed(rng, lines)


def filed(rng: Random, lines: list[dict[str, str]]) -> list[dict[str, str]]:
    """Each line in the file of its day, some in a patched or late one, too."""
    found = []
    for line in lines:
        also = rng.choice(((), (), (), ("patches",), ("patches", "late")))
        found += [
            line | {"_file_key": file, "_row_hash": f"{hash((file, str(line))) >> 24}"}
            for file in (line["event_date"], *also)
        ]
    return found


VIEWED = """
    select account_key, course_run_key, video_id, cast(viewed_on as varchar), strftime(started_at, '%Y-%m-%d %H:%M:%S.%f'),
        from_seconds, to_seconds, video_seconds
    from course_activity.fct_video_views
"""
SEGMENTS = """
    select course_run_key, video_id, segment, users, views, video_seconds, is_length_known, users_at_start, users_at_end
    from course_activity.video_segments
"""
ATTEMPTED = """
    select course_run_key, problem_id, account_key, strftime(attempted_at, '%Y-%m-%d %H:%M:%S.%f'), outcome
    from course_activity.fct_problem_attempts
"""
ANSWERED = """
    select course_run_key, problem_id, part_id, answer, is_correct, first_answers, last_answers
    from course_activity.problem_answers
"""


def run_key(course: str) -> str:
    return f"edx:main:{course}"


def compared(media: Media, seed: int) -> tuple[list[plain.Viewing], dict]:
    """Lands a history in its own way and compares all marts; what plain Python says of it."""
    rng = Random(seed)
    lines = history(rng)
    media.empty()
    for there in landings(rng, lines):
        media.land(there)
        media.meet("edx", others(rng))
        media.set_clock(rng.choice(CLOCKS))
        media.rebuild_touched()
    media.meet("edx", people())
    media.set_clock(CLOCKS[-1])
    media.rebuild_touched()
    media.compare_with_anew(f"seed {seed}")
    own = [line for line in there if line.get("user_id") in LEARNERS]
    viewed, checks = plain.viewings(own), plain.attempts(own)
    assert Counter(media.rows(VIEWED)) == Counter(
        (one.account, run_key(one.course), *one[2:]) for one in viewed
    ), f"seed {seed}"
    assert {row[:3]: row[3:] for row in media.rows(SEGMENTS)} == {
        (run_key(course), video, at): tuple(one)
        for (course, video, at), one in plain.segments(viewed).items()
    }, f"seed {seed}"
    assert Counter(media.rows(ATTEMPTED)) == Counter(
        (run_key(one["course_id"]), one["block_id"], one["user_id"], one["time"], one["success"])
        for one in checks
    ), f"seed {seed}"
    answers = plain.answers(checks)
    assert {row[:4]: row[4:] for row in media.rows(ANSWERED)} == {
        (run_key(course), *key): one for (course, *key), one in answers.items()
    }, f"seed {seed}"
    return viewed, answers


def test_any_order_of_loads_gives_the_marts_of_plain_python(media, long_counts):
    over_midnight = after_a_seek = answered = 0
    for seed in range(150 if long_counts else 12):
        _, answers = compared(media, seed)
        over_midnight += media.rows(
            "select count(*) from course_activity.fct_video_views where cast(ended_at as date) > viewed_on"
        )[0][0]
        after_a_seek += media.rows(
            "select count(*) from intermediate.int_edx__video_plays_joined as j join intermediate.int_edx__video_parts "
            "as p using (instance, event_date, account_id, course_key, block_id, day_part) "
            "where j.from_seconds <> p.played_from_seconds"
        )[0][0]
        answered += len(answers)
    assert min(over_midnight, after_a_seek, answered) >= 5, "chance left out what is to be tested"
