"""Essays in the sample's tracking logs: handed in, fetched and assessed as the `ora/` tables have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from scripts.sample_sources.edx_courses import Run
from scripts.sample_sources.edx_enrolments import Enrolment
from scripts.sample_sources.edx_essays import ESSAY, essay_tables
from scripts.sample_sources.edx_log_lines import Record, Visit, stamp
from scripts.sample_sources.edx_people import hexed
from scripts.sample_sources.edx_progress import anonymous_id

PARTS = {"parts": [{"text": ESSAY}]}
KINDS = {"SE": "self_assess", "PE": "peer_assess"}


def essay_records(run: Run, of_run: Sequence[Enrolment], first: datetime, end: datetime) -> Iterator[Record]:
    """What was handed in and assessed from `first` until before `end`."""
    tables = essay_tables(run, of_run, end)
    by_student = {anonymous_id(one): one for one in of_run}
    students = {row["id"]: row["student_id"] for row in tables["submissions_studentitem"].dicts}
    for row in tables["submissions_submission"].dicts:
        if first <= row["submitted_at"] < end:
            yield from _handed_in(by_student[students[row["student_item_id"]]], row)
    for row in tables["assessment_assessment"].dicts:
        if first <= row["scored_at"] < end:
            yield from _assessed(by_student[row["scorer_id"]], row)


def _handed_in(one: Enrolment, row: Record) -> Iterator[Record]:
    moment = row["submitted_at"]
    visit = Visit(one.account, one.run, moment - timedelta(minutes=5))
    module = _module(one.run)
    yield visit.server(
        visit.after(60), "openassessmentblock.save_submission", {"saved_response": PARTS}, module=module
    )
    if one.id % 3 == 0:
        file = {"fileName": "heron.pdf", "fileSize": 4096, "fileType": "application/pdf"}
        yield visit.browser(visit.after(70), "openassessment.upload_file", file)
    yield visit.server(visit.after(300), "openassessmentblock.create_submission", {
        "answer": PARTS, "attempt_number": row["attempt_number"], "submission_uuid": row["uuid"],
        "created_at": stamp(moment), "submitted_at": stamp(moment)}, module=module)  # fmt: skip


def _assessed(one: Enrolment, row: Record) -> Iterator[Record]:
    visit, module = Visit(one.account, one.run, row["scored_at"]), _module(one.run)
    student, uuid = row["scorer_id"], row["submission_uuid"]
    if row["score_type"] == "PE":
        yield visit.server(visit.after(0), "openassessmentblock.get_peer_submission", {
            "item_id": module["usage_key"], "requesting_student_id": student,
            "submission_returned_uuid": uuid}, module=module)  # fmt: skip
    yield visit.server(visit.after(0.5), f"openassessmentblock.{KINDS[row['score_type']]}", {
        "feedback": row["feedback"], "rubric": {"contenthash": hexed(f"rubric {row['rubric_id']}")},
        "parts": [{"criterion": {"name": "ideas", "points_possible": 2}, "feedback": "",
                   "option": {"name": "Fair", "points": 1 + row["id"] % 2}}],
        "scored_at": stamp(row["scored_at"]), "scorer_id": student, "score_type": row["score_type"],
        "submission_uuid": uuid}, module=module)  # fmt: skip


def _module(run: Run) -> Record:
    return {"display_name": "Essay", "usage_key": run.block("openassessment", "essay")}
