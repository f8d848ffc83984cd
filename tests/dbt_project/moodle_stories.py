"""Landed rows of Moodle from files that people can read: who is on which course, the log, the posts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.dbt_project.landing_stand_in import read_csv

COURSES = {"1": "Biology", "2": "Chemistry"}
ROLES = {"student": "5", "teacher": "3"}
Rows = list[dict[str, str]]


def epoch(moment: str) -> str:
    """UTC text to Moodle's seconds."""
    return str(int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()))


def moodle_rows(scenarios: Path) -> dict[str, Rows]:
    """Table → rows of all scenarios' moodle_people.csv, moodle_log.csv and moodle_posts.csv."""

    def every(name: str) -> Rows:
        return [row for path in sorted(scenarios.glob(f"*/{name}.csv")) for row in read_csv(path)]

    tables = _courses() | _people(every("moodle_people"))
    tables["mdl_logstore_standard_log"] = [
        {
            "id": f"{number}", "userid": row.get("user", ""), "realuserid": row.get("really", ""),
            "courseid": row["course"], "eventname": row["event"], "origin": row.get("origin", "web"),
            "timecreated": epoch(row["time"]), "edulevel": "2", "anonymous": "0",
        }
        for number, row in enumerate(every("moodle_log"))
    ]  # fmt: skip
    return {table: _without_nothing(rows) for table, rows in (tables | _posts(every("moodle_posts"))).items()}


def _courses() -> dict[str, Rows]:
    return {
        "mdl_course": [{"id": id_, "category": "1", "shortname": name} for id_, name in COURSES.items()],
        "mdl_context": [{"id": id_, "contextlevel": "50", "instanceid": id_} for id_ in COURSES],
        "mdl_enrol": [{"id": id_, "courseid": id_, "enrol": "manual", "status": "0"} for id_ in COURSES],
        "mdl_role": [{"id": number, "archetype": name} for name, number in ROLES.items()],
    }  # fmt: skip


def _people(people: Rows) -> dict[str, Rows]:
    accounts = {row["user"]: row for row in people}
    return {
        "mdl_user": [
            {
                "id": user, "email": row.get("email", ""), "suspended": "0",
                "account_kind": row["account_kind"], "email_domain_class": "education",
                "deleted": "1" if row["deleted"] == "yes" else "0",
            }
            for user, row in accounts.items()
        ],
        "mdl_user_enrolments": [
            {
                "id": f"{number}", "enrolid": row["course"], "userid": row["user"], "status": "0",
                "timecreated": "1",
            }
            for number, row in enumerate(people)
            if row["enrolled"] == "yes"
        ],
        "mdl_role_assignments": [
            {
                "id": f"{number}", "roleid": ROLES[row["role"]], "contextid": row["course"],
                "userid": row["user"],
            }
            for number, row in enumerate(people)
            if row.get("role")
        ],
    }  # fmt: skip


def _posts(posts: Rows) -> dict[str, Rows]:
    """A discussion without a course is one that was deleted: its posts are still there, as orphans."""
    discussions = {row["discussion"]: row["course"] for row in posts if row.get("course")}
    return {
        "mdl_forum": [{"id": number, "course": number, "type": "general"} for number in COURSES],
        "mdl_forum_discussions": [
            {"id": number, "course": course, "forum": course} for number, course in discussions.items()
        ],
        "mdl_forum_posts": [
            {
                "id": row["id"], "discussion": row["discussion"], "parent": row.get("parent", "0"),
                "userid": row["user"], "privatereplyto": row.get("private_to", ""),
                "wordcount": row.get("words", ""),
                "deleted": "1" if row["emptied"] == "yes" else "0", "created": epoch(row["time"]),
            }
            for row in posts
        ],
    }  # fmt: skip


def _without_nothing(rows: Rows) -> Rows:
    return [{name: value for name, value in row.items() if value} for row in rows]
