"""The deliberate dirt of the sample site; `moodle.py` lists all of it."""

from __future__ import annotations

import hashlib
from typing import Any

from scripts.sample_sources.moodle_courses import Course
from scripts.sample_sources.moodle_people import FIRST_NAMES, LAST_NAMES, STREET, People
from scripts.sample_sources.moodle_site import ADMIN, DAY, GUEST, SITE_COURSE, STUDENT_ROLE, Site

GONE = 900_000  # an id that no row of any table has
TIED_EVENTS = 300


def add_dirt(site: Site, people: People, courses: list[Course]) -> None:
    """Adds every kind of dirt at least once, at any scale."""
    _deleted_accounts(site, courses)
    _completed_and_left(site, _recreated_username(site), courses[0])
    _orphans(site, people)
    _not_learners(site, people, courses)
    _unusual_values(site, people, courses)
    _events_that_are_nobody(site, people, courses)
    _events_in_one_second(site, courses)


def _deleted_accounts(site: Site, courses: list[Course]) -> None:
    """Soft-deleted: the e-mail is in the username, names stay, enrolments are gone, traces stay."""
    for number in range(6 * site.scale):
        username, email = f"leaver{number:04}", f"leaver{number:04}@pupils.copperbeech.sch.uk"
        deleted, course = site.now - (30 + number) * DAY, courses[number % len(courses)]
        person = site.add(
            "mdl_user", auth="manual", confirmed=1, deleted=1, username=f"{email}.{deleted}",
            email=hashlib.md5(username.encode(), usedforsecurity=False).hexdigest(), firstname=FIRST_NAMES[0],
            lastname=LAST_NAMES[0], address=f"1 {STREET}", timecreated=course.start, timemodified=deleted,
        )  # fmt: skip
        quiz = next(activity for activity in course.activities if activity.plugin == "quiz")
        site.add(
            "mdl_quiz_attempts", quiz=quiz.instance, userid=person, attempt=1, preview=0, layout="1,0",
            state="finished", timestart=course.start, timefinish=course.start + 900,
            timemodified=course.start + 900,
            sumgrades=11.0,
        )  # fmt: skip
        site.add("mdl_course_completions", userid=person, course=course.id, timeenrolled=course.start)
        # A regrade after the deletion made the total again.
        site.add(
            "mdl_grade_grades", itemid=course.total_item, userid=person, rawgrademax=10.0, rawgrademin=0.0,
            finalgrade=5.5, aggregationstatus="unknown", timemodified=deleted + DAY,
        )  # fmt: skip
        site.log(
            "core/user/deleted", deleted, ADMIN, objecttable="user", objectid=person, relateduserid=person,
            contextlevel=30, contextid=1, contextinstanceid=person, edulevel=0,
            other=f'{{"username":"{username}","email":"{email}"}}',
        )  # fmt: skip


def _recreated_username(site: Site) -> int:
    """The username of the first leaver belongs to a new account now."""
    return site.add(
        "mdl_user", auth="manual", confirmed=1, username="leaver0000",
        email="newcomer@pupils.copperbeech.sch.uk",
        firstname=FIRST_NAMES[1], lastname=LAST_NAMES[1], timecreated=site.now - 5 * DAY,
        timemodified=site.now - 5 * DAY,
    )  # fmt: skip


def _completed_and_left(site: Site, person: int, course: Course) -> None:
    """Unenrolled after completing; the teacher had set the course total by hand."""
    done = site.now - 3 * DAY
    site.add("mdl_course_completions", userid=person, course=course.id, timecompleted=done)
    site.add(
        "mdl_grade_grades", itemid=course.total_item, userid=person, rawgrademax=160.0, rawgrademin=0.0,
        finalgrade=150.0, overridden=done, usermodified=course.teacher.id, timemodified=done,
    )  # fmt: skip


def _orphans(site: Site, people: People) -> None:
    """Rows whose parent is gone, which Moodle never forbids."""
    person, moment = people.learners[0].id, site.now - 200 * DAY
    site.add(
        "mdl_user_enrolments", status=0, enrolid=GONE, userid=person, timecreated=moment, timemodified=moment
    )
    site.add("mdl_role_assignments", roleid=STUDENT_ROLE, contextid=GONE, userid=person, timemodified=moment)
    site.add("mdl_grade_grades", itemid=GONE, userid=person, finalgrade=1.0, timemodified=moment)
    site.add("mdl_quiz_attempts", quiz=GONE, userid=person, attempt=1, layout="", state="finished",
             timestart=moment, timefinish=moment, timemodified=moment)  # fmt: skip
    site.add("mdl_course_modules_completion", coursemoduleid=GONE, userid=person, completionstate=1,
             timemodified=moment)  # fmt: skip
    for step in range(5):
        site.log("core/course/viewed", moment + step, person, courseid=GONE, contextid=GONE, contextlevel=50,
                 contextinstanceid=GONE)  # fmt: skip


def _not_learners(site: Site, people: People, courses: list[Course]) -> None:
    """A teacher's preview, a test account with a learner's role, an enrolled teacher without one."""
    course, teacher = courses[0], people.teachers[-1]
    quiz = next(activity for activity in course.activities if activity.plugin == "quiz")
    site.add("mdl_quiz_attempts", quiz=quiz.instance, userid=teacher.id, attempt=1, preview=1, layout="1,0",
             state="finished", timestart=course.start, timefinish=course.start + 60,
             timemodified=course.start + 60, sumgrades=20.0)  # fmt: skip
    generator = people.learners[-1].id + 1
    for person, role in ((generator, STUDENT_ROLE), (teacher.id, 4)):
        site.add("mdl_user_enrolments", status=0, enrolid=course.methods["manual"], userid=person,
                 timecreated=course.start, timeend=0, timemodified=course.start)  # fmt: skip
        site.add("mdl_role_assignments", roleid=role, contextid=course.context, userid=person,
                 timemodified=course.start)  # fmt: skip


def _unusual_values(site: Site, people: People, courses: list[Course]) -> None:
    """A text in a number, a NUL character, a team's submission, an enrolment that has not begun."""
    learner, course, moment = people.learners[1].id, courses[-1], site.now - 20 * DAY
    values: dict[str, Any] = {"discussion": 1, "userid": learner, "created": moment, "modified": moment}
    site.add("mdl_forum_posts", **values, subject="", message="", wordcount="many", charcount=4)
    site.add(
        "mdl_cohort", contextid=1, name="Choir\x00 2", visible=1, timecreated=moment, timemodified=moment
    )
    site.add("mdl_assign_submission", assignment=1, userid=0, groupid=7, latest=1, status="submitted",
             timecreated=moment, timemodified=moment)  # fmt: skip
    for person in (account.id for account in people.learners[2:4]):
        site.add("mdl_user_enrolments", status=0, enrolid=course.methods["self"], userid=person,
                 timestart=site.now + 30 * DAY, timeend=0, timecreated=moment,
                 timemodified=moment)  # fmt: skip
        site.add("mdl_role_assignments", roleid=course.learner_role, contextid=course.context, userid=person,
                 timemodified=moment)  # fmt: skip


def _events_that_are_nobody(site: Site, people: People, courses: list[Course]) -> None:
    """Guests, the system and anonymous events: no activity of a learner."""
    course, moment = courses[0], site.now - 100 * DAY
    for step, person in enumerate((GUEST, 0, -1) * 10):
        site.log("core/course/viewed", moment + step, person, courseid=SITE_COURSE, contextlevel=50)
    for step in range(10):
        site.log("mod_feedback/response/submitted", moment + step, people.learners[4].id, courseid=course.id,
                 anonymous=1)  # fmt: skip
        site.log("core/course/viewed", moment + step, people.learners[4].id, courseid=course.id,
                 realuserid=ADMIN)  # fmt: skip


def _events_in_one_second(site: Site, courses: list[Course]) -> None:
    """A nightly job writes more events in one second than a page of a small reader holds."""
    for number in range(TIED_EVENTS * site.scale):
        course = courses[number % len(courses)]
        site.log("core/grade_item/updated", site.now - 50 * DAY, ADMIN, courseid=course.id,
                 contextid=course.context,
                 contextlevel=50, contextinstanceid=course.id, edulevel=0, origin="cli", ip=None)  # fmt: skip
