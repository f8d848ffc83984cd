"""Tables of a course run on its community: cohorts, teams, wiki, forum; and the forum's own file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from scripts.sample_sources.edx_courses import Run
from scripts.sample_sources.edx_enrolments import PAID, Enrolment
from scripts.sample_sources.edx_people import hexed
from scripts.sample_sources.edx_writer import Row, Table

POST = "Has anybody understood the marmalade problem?"
COHORTS = ("Morning group", "Evening group")
TEAM_COLUMNS = (
    "id", "team_id", "name", "course_id", "topic_id", "date_created", "description", "country", "language",
    "discussion_topic_id", "last_activity_at", "team_size", "organization_protected",
)  # fmt: skip
ARTICLE_COLUMNS = (
    "id", "current_revision_id", "created", "modified", "owner_id", "group_id", "group_read", "group_write",
    "other_read", "other_write",
)  # fmt: skip
REVISION_COLUMNS = (
    "id", "revision_number", "user_message", "automatic_log", "ip_address", "user_id", "modified", "created",
    "previous_revision_id", "deleted", "locked", "article_id", "content", "title",
)  # fmt: skip


def community_tables(run: Run, enrolments: Sequence[Enrolment]) -> dict[str, Table]:
    """By task: what only complete runs come with, for enrolments in order of time."""
    learners = [one for one in enrolments if one.account.role == "learner"]
    tables = {"teams": _teams(run), "teams_membership": _memberships(run, learners)}
    tables |= {
        "course_groups_cohortmembership": Table(("user_id", "course_id", "group_type", "name")),
        "user_api_usercoursetag": Table(("id", "user_id", "key", "course_id", "value")),
        "django_comment_client_role_users": Table(("course_id", "user_id", "name")),
        "credit_crediteligibility": Table(("id", "created", "modified", "username", "deadline", "course_id")),
    }
    for one in learners:
        group = one.account.id % 2
        tables["course_groups_cohortmembership"].add(one.account.id, run.course_id, "cohort", COHORTS[group])
        tables["user_api_usercoursetag"].add(
            one.id, one.account.id, "xblock.partition_service.partition_41", run.course_id, str(group)
        )
        tables["django_comment_client_role_users"].add(run.course_id, one.account.id, "Student")
    for one in enrolments:
        if one.account.role in ("instructor", "staff"):
            name = "Administrator" if one.account.role == "instructor" else "Moderator"
            tables["django_comment_client_role_users"].add(run.course_id, one.account.id, name)
    return tables | _wiki(run, enrolments)


def _teams(run: Run) -> Table:
    table = Table(TEAM_COLUMNS)
    for number, name in enumerate(("Herons", "Kestrels", "Plovers"), _team(run, 0)):
        made = run.starts + timedelta(days=number % 5, hours=10)
        table.add(number, f"{name.lower()}-{hexed(f'{run.entity} {name}')}", name, run.course_id, "topic-1",
                  made, "We meet on Sundays", "GB", "en", hexed(f"discussion {number}"),
                  made + timedelta(days=20), 0, False)  # fmt: skip
    return table


def _team(run: Run, place: int) -> int:
    return int(run.starts.strftime("%m%d")) * 10 + place


def _memberships(run: Run, learners: Sequence[Enrolment]) -> Table:
    table = Table(("id", "user_id", "team_id", "date_joined", "last_activity_at"))
    paid = [one for one in learners if one.mode == PAID]
    for place, one in enumerate(paid[:15]):
        joined = max(one.created, run.starts) + timedelta(days=5)
        table.add(one.id, one.account.id, _team(run, place % 3), joined, joined + timedelta(days=place))
    return table


def _wiki(run: Run, enrolments: Sequence[Enrolment]) -> dict[str, Table]:
    """One article a course number with three revisions; the first by nobody, from an address."""
    article, revisions = Table(ARTICLE_COLUMNS), Table(REVISION_COLUMNS)
    number, made = _team(run, 9), run.starts
    staff = next(one.account.id for one in enrolments if one.account.role == "staff")
    for turn, author in enumerate((None, staff, enrolments[-1].account.id)):
        stamp = made + timedelta(days=turn)
        revisions.add(number * 10 + turn, turn, "", "", None if author else "198.51.100.23", author, stamp,
                      stamp, number * 10 + turn - 1 if turn else None, False, False, number,
                      f"# {run.number}\r\n\r\nWelcome.\tTurn {turn}\r\n", run.number)  # fmt: skip
    article.add(number, number * 10 + 2, made, made + timedelta(days=2), staff, None, True, True, True, True)
    return {"wiki_article": article, "wiki_articlerevision": revisions}


# ---------------------------------------------------------------- forum


def forum_file(run: Run, enrolments: Sequence[Enrolment], now: datetime) -> bytes:
    """The forum as mongoexport writes it: a document a line; dates in the three forms that occur."""
    # Who will ever write, so that a later package gives no post another author.
    learners = [one for one in enrolments if one.account.role == "learner" and one.attempts]
    documents: list[Row] = []
    for number, asker in enumerate(learners[:12]):
        if not asker.tried(now):
            continue
        thread = _thread(run, number, asker, now)
        answers = [one for one in learners[number + 1 : number + 1 + number % 4] if one.tried(now)]
        documents.append(thread)
        parent = None
        for place, one in enumerate(answers):
            comment = _comment(run, f"{number} {place}", one, thread, parent, now)
            # Every second one comments on the answer before it.
            parent = comment if parent is None else None
            documents.append(comment)
    return b"".join(json.dumps(document).encode() + b"\n" for document in documents)


def _thread(run: Run, number: int, one: Enrolment, now: datetime) -> Row:
    document = _post(run, f"thread {number}", one, number, now)
    return document | {
        "_type": "CommentThread", "title": "Marmalade", "commentable_id": "course",
        "thread_type": "question" if number % 3 == 0 else "discussion", "closed": False,
        "pinned": number == 0, "comment_count": number % 4, "last_activity_at": document["updated_at"],
        "tags_array": [], "context": "course", "group_id": None,
    }  # fmt: skip


def _comment(run: Run, name: str, one: Enrolment, thread: Row, parent: Row | None, now: datetime) -> Row:
    comment = _post(run, f"comment {name}", one, len(name), now) | {
        "_type": "Comment", "comment_thread_id": thread["_id"], "parent_ids": [], "endorsed": parent is None,
        "endorsement": None, "child_count": 0, "depth": 0 if parent is None else 1,
        "sk": hexed(name), "anonymous": False,
    }  # fmt: skip
    if parent is None:
        return comment
    return comment | {"parent_id": parent["_id"], "parent_ids": [parent["_id"]]}


def _post(run: Run, name: str, one: Enrolment, form: int, now: datetime) -> Row:
    account, moment = one.account.as_of(now), one.tried(now)[0].moment
    names = {"author_username": account.username}
    if account.retired_at and account.retired_at <= now:
        names["retired_username"] = account.username
    return {
        "_id": {"$oid": hashlib.sha256(f"{run.entity} {name}".encode()).hexdigest()[:24]},
        "author_id": str(account.id), **names, "body": POST, "course_id": run.course_id,
        "anonymous": False, "anonymous_to_peers": False, "at_position_list": [], "abuse_flaggers": [],
        "votes": {"up": [], "down": [], "up_count": 0, "down_count": 0, "count": 0, "point": 0},
        "visible": True, "created_at": _date(moment, form),
        "updated_at": _date(moment + timedelta(minutes=7), form),
    }  # fmt: skip


def _date(moment: datetime, form: int) -> dict[str, Any]:
    milliseconds = int((moment - datetime(1970, 1, 1)).total_seconds() * 1000)
    forms: tuple[Any, ...] = (
        milliseconds, f"{moment.isoformat(timespec='milliseconds')}Z", {"$numberLong": str(milliseconds)},
    )  # fmt: skip
    return {"$date": forms[form % 3]}
