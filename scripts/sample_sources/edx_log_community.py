"""Forum, groups, certificates and what else learners of the sample's tracking logs do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from scripts.sample_sources.edx_community import COHORTS, POST, forum_file
from scripts.sample_sources.edx_courses import Run
from scripts.sample_sources.edx_enrolments import Enrolment
from scripts.sample_sources.edx_log_lines import (
    CITY,
    FORMER,
    HOST,
    NOTE,
    SEARCHED,
    TITLE,
    Record,
    Visit,
)
from scripts.sample_sources.edx_people import hexed
from scripts.sample_sources.edx_progress import certificate_table

THREAD, RESPONSE = "edx.forum.thread.created", "edx.forum.response.created"
COMMENT = "edx.forum.comment.created"
LIBRARY_BLOCK = {"original_usage_key": None, "original_usage_version": None, "usage_key": "block gone"}


# ---------------------------------------------------------------- forum


def reading_records(run: Run, of_run: Sequence[Enrolment], first: datetime) -> Iterator[Record]:
    """Learners read threads of the forum's own file, one in three votes and takes it back.

    All of that file was written before these days, so nothing is written here.
    """
    learners = [one for one in of_run if one.account.role == "learner"]
    threads = [json.loads(text) for text in forum_file(run, of_run, first).splitlines()]
    for place, thread in enumerate(one for one in threads if one["_type"] == "CommentThread"):
        for turn in range(3):
            reader = learners[(5 * place + 3 * turn + 1) % len(learners)]
            moment = first + timedelta(days=place + 5 * turn, hours=12 + turn, minutes=place)
            yield from _read(Visit(reader.account, run, moment), thread, turn)


def _read(visit: Visit, thread: Record, turn: int) -> Iterator[Record]:
    number, commentable = thread["_id"]["$oid"], thread["commentable_id"]
    path = f"/courses/{visit.course_id}/discussion/forum/{commentable}/threads/{number}"
    seen = {"id": number, "commentable_id": commentable, "target_username": thread["author_username"]}
    yield visit.server(visit.after(0), "edx.forum.thread.viewed", seen | {"title": TITLE}, path)
    for seconds, taken_back in ((20, False), (25, True)) if turn == 2 else ():
        vote = {"vote_value": "up", "undo_vote": taken_back}
        yield visit.server(visit.after(seconds), "edx.forum.thread.voted", seen | vote, path)


def post_record(visit: Visit, name: str, number: str, more: Record) -> Record:
    """A text put in the forum, with its words."""
    return visit.server(
        visit.after(0), name,
        {"id": number, "commentable_id": "course", "body": POST, "truncated": False, "category_id": "course",
         "category_name": "General", "group_id": None, "anonymous": False, "anonymous_to_peers": False,
         "options": {"followed": True}, "team_id": None, "user_course_roles": [],
         "user_forums_roles": ["Student"],
         "url": f"{visit.url}/discussion/forum/course/threads/{number}",
         **more},
        f"/courses/{visit.course_id}/discussion/course/threads/create",
    )  # fmt: skip


def talk_records(visit: Visit, turn: int, target: str) -> Iterator[Record]:
    """Something about the forum in a run whose forum no file has; `target` is another learner's name."""
    number = hashlib.sha256(f"{visit.course_id} {turn}".encode()).hexdigest()[:24]
    path = f"/courses/{visit.course_id}/discussion/threads/{number}"
    thread = {"id": number, "commentable_id": "course", "target_username": target, "undo_vote": turn % 4 == 3,
              "vote_value": "up", "category_id": "course", "category_name": "General"}  # fmt: skip
    acts: tuple[tuple[str, Record], ...] = (
        ("edx.forum.thread.viewed", {"id": number, "commentable_id": "course", "title": TITLE,
                                     "target_username": target}),
        ("edx.forum.searched", {"query": SEARCHED, "page": 1, "total_results": turn % 5,
                                "corrected_text": None, "group_id": None}),
        ("edx.forum.thread.voted", thread),
        ("edx.forum.response.voted", thread | {"discussion": {"id": number}}),
    )  # fmt: skip
    if turn % 6 in (0, 1, 2):
        more: tuple[Record, ...] = (
            {"title": TITLE, "thread_type": "question"}, {"discussion": {"id": number}},
            {"discussion": {"id": number}, "response": {"id": number[::-1]}},
        )  # fmt: skip
        yield post_record(visit, (THREAD, RESPONSE, COMMENT)[turn % 6], number, more[turn % 6])
        return
    name, payload = acts[turn % len(acts)]
    yield visit.server(visit.after(50), name, payload, path)


# ---------------------------------------------------------------- results and groups


def certificate_records(
    run: Run, of_run: Sequence[Enrolment], first: datetime, end: datetime
) -> Iterator[Record]:
    """Certificates asked for by learners; those made in a batch come from workers, so not at all."""
    by_account = {one.account.id: one for one in of_run}
    for row in certificate_table(of_run, end).dicts:
        made, one = row["created_date"], by_account[row["user_id"]]
        if row["status"] != "downloadable" or not first <= made < end or one.id % 4:
            continue
        visit = Visit(one.account, run, made)
        payload = {"certificate_id": row["verify_uuid"], "course_id": run.course_id,
                   "enrollment_mode": row["mode"], "generation_mode": "self", "user_id": one.account.id,
                   "certificate_url": f"https://{HOST}/certificates/{row['verify_uuid']}"}  # fmt: skip
        yield visit.server(visit.after(0), "edx.certificate.created", payload, "/request_certificate")
        if one.id % 8 == 0:
            shared = payload | {"social_network": "LinkedIn"}
            yield visit.server(visit.after(900), "edx.certificate.shared", shared)
            yield visit.server(visit.after(990), "edx.certificate.evidence_visited", payload)


def cohort_records(staff: Visit, learners: Sequence[Enrolment]) -> Iterator[Record]:
    """A teacher puts learners in the groups that the snapshot has: the actor is not the one it is about."""
    path = f"/courses/{staff.course_id}/cohorts/1/add"
    for place, name in enumerate(COHORTS):
        payload = {"cohort_id": 71 + place, "cohort_name": name}
        yield staff.server(staff.after(place), "edx.cohort.created", payload, path)
    for turn, one in enumerate(learners):
        group = one.account.id % 2
        payload = {"cohort_id": 71 + group, "cohort_name": COHORTS[group], "user_id": one.account.id}
        yield staff.server(staff.after(5 + turn), "edx.cohort.user_added", payload, path)


def teaching_records(staff: Visit, turn: int) -> Iterator[Record]:
    """What teachers do on the instructor dashboard; the last ones by the names of 2013."""
    acts: tuple[tuple[str, Record], ...] = (
        ("edx.instructor.report.requested", {"report_type": "grades"}),
        ("edx.instructor.student_admin.progress_page_url", {"student": "by name"}),
        ("list-students", {}), ("dump-grades", {}),
    )  # fmt: skip
    name, payload = acts[turn % len(acts)]
    yield staff.server(staff.after(60), name, payload, f"/courses/{staff.course_id}/instructor/api/")


# ---------------------------------------------------------------- other families


def other_records(visit: Visit, turn: int) -> Iterator[Record]:
    """One event of the families that are few: bookmarks, notes, books, polls, profile, marketing."""
    block, moment = visit.run.block("vertical", f"lesson {turn % 4}"), visit.after(80)
    server, browser = _server_acts(visit, block, turn), _browser_acts(visit, block)
    if turn % 2:
        name, payload = server[turn // 2 % len(server)]
        yield visit.server(moment, name, payload, module={"usage_key": block, "display_name": "Watch"})
        return
    name, payload = browser[turn // 2 % len(browser)]
    record = visit.browser(moment, name, payload)
    if name.startswith("edx.bi."):
        record |= {"label": visit.course_id, "nonInteraction": 1}
    yield record


def _server_acts(visit: Visit, block: str, turn: int) -> tuple[tuple[str, Record], ...]:
    bookmark = {"bookmark_id": f"{visit.username},{block}", "component_type": "vertical",
                "component_usage_id": block, "course_id": visit.course_id}  # fmt: skip
    drag = {"item_id": turn % 4, "is_correct": True, "location_id": turn % 3}
    return (
        ("edx.bookmark.added", bookmark),
        ("edx.bookmark.removed", bookmark),
        ("edx.bookmark.listed", {"course_id": visit.course_id, "list_type": "per_course", "page_number": 1,
                                 "page_size": 10, "bookmarks_count": turn % 7}),
        ("edx.librarycontentblock.content.assigned", {
            "location": block, "added": [LIBRARY_BLOCK], "max_count": 1, "result": [LIBRARY_BLOCK]}),
        ("xblock.poll.submitted", {"url_name": "poll", "choice": "herons"}),
        ("xblock.survey.submitted", {"url_name": "survey", "choices": {"a": "Y"}}),
        ("xblock.split_test.child_render", {"child-id": block}),
        ("edx.drag_and_drop_v2.item.dropped", drag),
        ("edx.done.toggled", {"done": True}),
        ("edx.user.settings.changed", {"setting": "name", "old": FORMER, "new": CITY, "table": "profile",
                                       "user_id": visit.number, "truncated": []}),
        ("edx.course_discovery.search.results_displayed", {"search_term": SEARCHED, "results_count": 2}),
    )  # fmt: skip


def _browser_acts(visit: Visit, block: str) -> tuple[tuple[str, Any], ...]:
    note = {"note_id": hexed(visit.session)[:20], "note_text": NOTE, "tags": ["heron"], "truncated": [],
            "highlighted_content": NOTE, "component_usage_id": block}  # fmt: skip
    book = {"chapter": "/static/herons.pdf", "name": "textbook.pdf.page.scrolled", "page": 9,
            "direction": "down"}  # fmt: skip
    return (
        ("edx.course.student_notes.added", note),
        ("edx.course.student_notes.searched", {"search_string": SEARCHED, "number_of_results": 1}),
        ("textbook.pdf.page.scrolled", book),
        ("book", {"type": "gotopage", "old": 8, "new": 9, "chapter": "/static/herons.pdf"}),
        ("edx.bookmark.accessed", {"bookmark_id": f"{visit.username},{block}", "component_usage_id": block,
                                   "component_type": "vertical"}),
        ("edx.bi.user.course.viewed", {"category": "pageview", "label": visit.course_id}),
        ("edx.course_discovery.search.initiated", {"search_term": SEARCHED}),
        ("edx.course.enrollment.upgrade.clicked", {}),
        ("edx.user.settings.viewed", {"page": "account", "visibility": None, "user_id": visit.number}),
    )  # fmt: skip
