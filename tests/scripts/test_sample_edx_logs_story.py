"""The edX sample's tracking logs tell the story of its packages: enrolments, answers, blocks, people."""

from __future__ import annotations

import json
import re
from collections import Counter

from scripts.sample_sources.edx_courses import RUNS
from scripts.sample_sources.edx_dirt import ENGY2, LEAD1, LEAD2, WEEKS
from scripts.sample_sources.edx_log_enrolments import LOST, SEEMS_GONE
from scripts.sample_sources.edx_log_lines import LOGS_NEVER_LAND
from scripts.sample_sources.edx_logs import EMPTY, FIRST_DAY, WITHOUT_FILE
from tests.scripts.edx_logs_read import payload
from tests.scripts.edx_packages_read import Packages

SECOND, LAST = WEEKS[1:]


def test_enrolments_that_the_snapshot_has_are_activated_at_their_moment(logs, packages):
    activated = {
        (
            payload(record)["user_id"],
            payload(record)["course_id"],
            record["time"][:19],
            payload(record)["mode"],
        )
        for record in logs.named("edx.course.enrollment.activated")
    }
    rows = covered_enrolments(packages)
    assert len(rows) > 60
    upgraded = {
        (payload(record)["user_id"], payload(record)["course_id"])
        for record in logs.named("edx.course.enrollment.mode_changed")
    }
    for row in rows:
        user, course = int(row["user_id"]), row["course_id"]
        mode = "audit" if (user, course) in upgraded else row["mode"]
        there = (user, course, row["created"].replace(" ", "T"), mode) in activated
        assert there == (int(row["id"]) % LOST > 0), row


def covered_enrolments(packages: Packages) -> list[dict[str, str]]:
    """Rows of the last package that were created on days with a log; not those of the dirt."""
    gaps = (str(WITHOUT_FILE), str(EMPTY))
    return [
        {name: value or "" for name, value in row.items()}
        for run in RUNS
        if run.entity != LEAD1
        for row in packages.file(LAST, run.entity, "student_courseenrollment").dicts
        if str(row["created"]) >= str(FIRST_DAY)
        and str(row["created"])[:10] not in gaps
        and row["course_id"] == run.course_id
    ]


def test_enrolment_events_go_astray_as_they_do(logs, packages):
    left = [payload(record)["user_id"] for record in logs.named("edx.course.enrollment.deactivated")]
    active = Counter(payload(record)["user_id"] for record in logs.named("edx.course.enrollment.activated"))
    assert left
    assert max(active.values()) >= 3
    rows = covered_enrolments(packages)
    seems_gone = [row for row in rows if int(row["id"]) % SEEMS_GONE == 0 and int(row["id"]) % LOST]
    assert {row["is_active"] for row in seems_gone} == {"1"}
    assert {int(row["user_id"]) for row in seems_gone} <= set(left)


def test_answers_are_those_of_the_states(logs, packages):
    states = {
        (int(row["student_id"]), row["module_id"]): row
        for run in RUNS
        for row in packages.file(
            SECOND if run.entity == LEAD1 else LAST, run.entity, "courseware_studentmodule"
        ).dicts
        if row["module_type"] == "problem"
    }
    checked = [record for record in logs.named("problem_check") if record["event_source"] == "server"]
    before = [record for record in checked if record["time"] < f"{LAST}T03"]
    assert len(before) > 800
    odd = 0
    for record in before:
        event = record["event"]
        row = states[record["context"]["user_id"], event["problem_id"]]
        assert (event["grade"], event["max_grade"]) == (float(row["grade"]), float(row["max_grade"]))
        assert record["time"][:19] == row["modified"].replace(" ", "T")
        assert record["context"]["course_id"] == row["course_id"]
        odd += event["answers"] != answers(row["state"])
    # States that are too wide, not JSON or nothing are the packages' dirt.
    assert odd <= 6


def answers(state: str | None) -> object:
    try:
        return json.loads(state or "")["student_answers"]
    except (ValueError, KeyError):
        return None


def test_blocks_are_those_of_the_courses(logs, packages):
    blocks: set[str] = set()
    for run in RUNS:
        # The first package still has every block.
        blocks |= set(
            json.loads(packages.week(WEEKS[0])[f"{run.entity}-course_structure-prod-analytics.json"])
        )
    names = {block.rpartition("@")[2] for block in blocks}
    names |= {block.replace("://", "-").replace("/", "-") for block in blocks}
    videos = [payload(record)["id"].strip() for record in logs.named("load_video", "seek_video")]
    assert len(videos) > 200
    assert set(videos) <= names
    problems = {record["event"]["problem_id"] for record in logs.named("showanswer")}
    sequences = {payload(record)["id"] for record in logs.named("seq_goto", "seq_next", "seq_prev")}
    essays = {
        record["context"]["module"]["usage_key"] for record in logs.named("openassessmentblock.self_assess")
    }
    assert problems | sequences | essays <= blocks


def test_essays_certificates_and_threads_are_those_of_the_tables(logs, packages):
    def column(task: str, name: str) -> set[str | None]:
        rows = [packages.file(LAST, entity, task).dicts for entity in (LEAD2, ENGY2)]
        return {row[name] for found in rows for row in found}

    handed_in = {
        record["event"]["submission_uuid"] for record in logs.named("openassessmentblock.create_submission")
    }
    assert handed_in
    assert handed_in <= column("ora/submissions_submission", "uuid")
    made = {
        record["event"]["certificate_id"] for record in logs.named("edx.certificate.created")
        if "Engy2x" in record["event"]["course_id"]
    }  # fmt: skip
    assert len(made) > 10
    assert made <= column("certificates_generatedcertificate", "verify_uuid")
    threads = {
        record["event"]["id"] for record in logs.named("edx.forum.thread.viewed")
        if record["context"]["course_id"] in (RUNS[1].course_id, RUNS[4].course_id)
    }  # fmt: skip
    forum = [line for run in (LEAD2, ENGY2) for line in packages.week(LAST)[f"{run}-prod.mongo"].splitlines()]
    assert threads == {
        post["_id"]["$oid"] for post in map(json.loads, forum) if post["_type"] == "CommentThread"
    }


def test_whoever_acts_is_an_account_and_is_named_as_then(logs, packages):
    names = names_by_account(packages)
    acting = [
        (record["context"]["user_id"], record["username"].strip())
        for record in logs.records
        if record.get("username") and isinstance((record.get("context") or {}).get("user_id"), int)
    ]
    assert len(acting) > 20_000
    strangers = {name for user, name in acting if name not in names[user]}
    # Those two are the dirt's.
    assert strangers == {"anonymous", f"retired__user_{'0123456789' * 4}"}


def test_who_was_retired_in_these_days_is_there_under_the_former_name(logs, packages):
    changed = [found for found in names_by_account(packages).values() if len(found) == 2]
    [former] = [name for found in changed for name in found if "retired__" not in name]
    acted = [record for record in logs.records if record.get("username") == former]
    assert len(acted) >= 3
    assert any(f"{former.lower()}@" in record["event"] for record in acted)
    assert any(record["event_type"] == f"/u/{former}" for record in acted)
    assert max(record["time"] for record in acted) < "2026-07-23T03:00"


def names_by_account(packages: Packages) -> dict[int, set[str]]:
    """User id → all names it has in the last two packages."""
    names: dict[int, set[str]] = {}
    for day in (SECOND, LAST):
        for run in RUNS:
            if (day, run.entity) != (LAST, LEAD1):
                for row in packages.file(day, run.entity, "auth_user").dicts:
                    names.setdefault(int(row["id"] or 0), set()).add(row["username"] or "")
    return names


def test_what_must_never_land_is_there(logs):
    whole = b"".join(logs.files.values()).decode("utf-8", "replace")
    assert [text for text in LOGS_NEVER_LAND if text not in whole] == []


def test_identifiers_of_every_sort_are_there(logs, packages):
    sorts = {
        "session": r"[0-9a-f]{32}", "device": r"[0-9a-f]{16}", "computer": r"192\.0\.2\.\d+",
        "mailbox": r".+@.+", "name": r"[A-Z]\w+\d+", "retired": r"retired__user_\w{40}",
    }  # fmt: skip
    counts = {
        sort: sum(bool(re.fullmatch(form, text)) for text in logs.identifiers) for sort, form in sorts.items()
    }
    assert counts["session"] > 1000
    assert all(counts.values()), counts
    addresses = {row["email"] for row in packages.file(LAST, ENGY2, "auth_user").dicts}
    assert len(addresses & logs.identifiers) > 20


def test_groups_of_an_experiment_are_those_of_the_table(logs, packages):
    rows = packages.file(LAST, LEAD2, "user_api_usercoursetag").dicts
    groups = {int(row["user_id"]): {row["key"]: row["value"]} for row in rows}
    tagged = {
        record["context"]["user_id"]: record["context"]["course_user_tags"]
        for record in logs.named("problem_check", "showanswer")
        if record["context"].get("course_user_tags") and "Lead2x" in record["context"]["course_id"]
    }
    assert len(tagged) > 20
    assert tagged.items() <= groups.items()


def test_grades_name_the_learner_as_text(logs):
    graded = logs.named("edx.grades.problem.submitted")
    assert len(graded) > 200
    assert {type(record["event"]["user_id"]) for record in graded} == {str}
