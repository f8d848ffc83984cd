"""Lines of edX's logs by chance for `test_random_activity`: who is who, and in which files a line stands."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.dbt_project.plain_activity import Act

COURSES = ("UniX/Old/2013", "UniX/New/2026")
# act → name in the log, who logged it, family, label; without a label it is no act of the account
KINDS: dict[str, tuple[str, str, str, str | None]] = {
    "a play": ("play_video", "browser", "video", "PLAYED_VIDEO"),
    "a play of an app": ("edx.video.played", "mobile", "video", "PLAYED_VIDEO"),
    "a check": ("problem_check", "server", "problem", "ATTEMPTED_PROBLEM"),
    "an unchecked answer": ("problem_check", "browser", "problem", "ACTIVE"),
    "a comment": ("edx.forum.comment.created", "server", "forum", "POSTED_FORUM"),
    "a request": ("", "server", "request", "ACTIVE"),
    "an enrolment": ("edx.course.enrollment.activated", "server", "enrollment", None),
    "a certificate": ("edx.certificate.created", "server", "certificate", "ACTIVE"),
    "a certificate of the staff": ("edx.certificate.created", "server", "certificate", None),
    "a line of no account": ("play_video", "browser", "video", None),
    "a line of no course": ("", "server", "request", None),
    "a line of no clock": ("play_video", "mobile", "video", None),
}
LABELS = {act: label for act, (*_, label) in KINDS.items() if label}
# Eda learns on both courses, Tess on one and is in the team of the other; the others are no learners.
ACCOUNTS = {"eda": "learner", "tess": "learner", "gus": "staff", "wes": "bot", "gone": "retired"}
LEARNS = {
    ("eda", "edx:main:UniX/Old/2013"),
    ("eda", "edx:main:UniX/New/2026"),
    ("tess", "edx:main:UniX/New/2026"),
}


def entity(course: str) -> str:
    return course.replace("/", "-")


def people() -> dict[str, list[dict[str, str]]]:
    placed = [(who, kind, course) for who, kind in ACCOUNTS.items() for course in COURSES]
    return {
        "auth_user": [
            {"id": who, "username": f"name-{who}", "_entity": entity(course), "email_domain_class": "none",
             "account_kind": "learner" if kind == "staff" else kind, "is_staff": "1" if kind == "staff" else "0",
             "is_superuser": "0", "is_active": "1"}
            for who, kind, course in placed
        ],
        "student_courseenrollment": [
            {"id": f"{number}", "user_id": who, "_entity": entity(course), "course_id": course, "is_active": "1",
             "created": "2025-01-01", "mode": "audit"}
            for number, (who, _, course) in enumerate(placed)
        ],
        "student_courseaccessrole": [
            {"user_id": "tess", "_entity": entity(COURSES[0]), "course_id": COURSES[0], "org": "UniX", "role": "staff"}
        ],
        "snapshots": [
            {"_entity": entity(course), "table_name": "auth_user", "snapshot_date": "2026-01-01", "file_key": "z",
             "row_count": "1"}
            for course in COURSES
        ],
    }  # fmt: skip


def lines(act: Act, version: int) -> list[dict[str, str]]:
    """The line of an act, in the file of its day and, as `version` has it, in a patched and a late one, too."""
    name, source, family, _ = KINDS[act.act]
    moment = datetime.fromtimestamp(act.at, UTC).replace(tzinfo=None)
    line = {
        "line_hash": f"{act.number}", "_offset": "0", "payload": "read", "family": family, "event_source": source,
        "time": str(moment.replace(year=2038) if act.act == "a line of no clock" else moment),
        "event_date": str(moment.date()), **({"event_type": name} if name else {}),
        **({"username": f"name-{act.account}"} if act.act == "a line of no account" else {"user_id": act.account}),
        **({"done_by_another": "true"} if act.act == "a certificate of the staff" else {}),
        **({} if act.act == "a line of no course" else {"course_id": act.place.removeprefix("edx:main:")}),
    }  # fmt: skip
    files = ["day", *(["patches"] if version % 3 == 0 else []), *(["late"] if version % 5 == 0 else [])]
    return [line | {"_file_key": file, "_row_hash": f"{version + place}"} for place, file in enumerate(files)]
