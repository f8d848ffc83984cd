"""What learners do on the sample site: enrol, visit, attempt, hand in, post, complete; and their grades."""

from __future__ import annotations

from dataclasses import dataclass, field

from scripts.sample_sources.moodle_courses import Activity, Course
from scripts.sample_sources.moodle_people import Account, People
from scripts.sample_sources.moodle_site import ADMIN, DAY, Site

POST_SUBJECT, POST_TEXT, FEEDBACK = "Who else is stuck", "My marmalade question", "Splendid use of semicolons"
NEVER_LANDS = (POST_SUBJECT, POST_TEXT, FEEDBACK, "open sesame")
COURSES_EACH = 3
NO_END = 2_147_483_647


@dataclass
class Visits:
    """One learner in one course: when the work was done, and the grades it brought, by grade item."""

    learner: Account
    course: Course
    enrolled: int
    until: int
    grades: dict[int, tuple[float, float]] = field(default_factory=dict)
    completed: list[int] = field(default_factory=list)
    last: int = 0


def add_learning(site: Site, people: People, courses: list[Course]) -> None:
    """Enrols every learner on three courses of different years and plays what they do there."""
    for learner in people.learners:
        for course in sorted(site.chance.sample(courses, COURSES_EACH), key=lambda course: course.id):
            if course.start + 20 * DAY < site.now:
                visits = enrol(site, learner, course)
                _work_through(site, visits)
                _close(site, visits)


def enrol(site: Site, learner: Account, course: Course) -> Visits:
    """Enrols by hand, by oneself or by cohort; one in twelve by two methods, with the role given twice."""
    chance = site.chance
    enrolled = course.start + chance.randrange(14 * DAY)
    methods = [chance.choice(("manual", "manual", "self", "cohort"))]
    if chance.random() < 1 / 12:
        methods = ["manual", "cohort"]
    ends = chance.choices((0, NO_END, course.end - 30 * DAY), (18, 1, 1))[0]
    for method in methods:
        _enrol_by(site, learner, course, method, enrolled, ends)
    # Work stops with the course or the enrolment, and early enough for grading to end before `as_of`.
    until = min(course.end, site.now - 5 * DAY, ends or course.end)
    return Visits(learner, course, enrolled, max(until, enrolled + DAY))


def _enrol_by(site: Site, learner: Account, course: Course, method: str, enrolled: int, ends: int) -> None:
    suspended = int(site.chance.random() < 0.05)
    site.add(
        "mdl_user_enrolments", status=suspended, enrolid=course.methods[method], userid=learner.id,
        timestart=0 if method == "self" else enrolled, timeend=ends, modifierid=ADMIN, timecreated=enrolled,
        timemodified=enrolled,
    )  # fmt: skip
    by_cohort = method == "cohort"
    site.add(
        "mdl_role_assignments", roleid=course.learner_role, contextid=course.context, userid=learner.id,
        timemodified=enrolled, modifierid=ADMIN, component="enrol_cohort" if by_cohort else "",
        itemid=course.methods["cohort"] if by_cohort else 0,
    )  # fmt: skip
    if by_cohort:
        # add_courses made one cohort a course, in order, and courses begin after the front page.
        site.add("mdl_cohort_members", cohortid=course.id - 1, userid=learner.id, timeadded=enrolled)
    site.log(
        "core/user_enrolment/created", enrolled, ADMIN, relateduserid=learner.id, courseid=course.id,
        contextid=course.context, contextlevel=50, contextinstanceid=course.id, edulevel=0, origin="cli",
        ip=None,
    )  # fmt: skip


def _work_through(site: Site, visits: Visits) -> None:
    learner, course, chance = visits.learner, visits.course, site.chance
    moment, span = visits.enrolled, visits.until - visits.enrolled
    for activity in course.activities:
        moment += chance.randrange(max(2, span // len(course.activities)))
        if chance.random() > learner.diligence:
            continue
        _visit(site, visits, activity, moment)
        if activity.plugin == "quiz":
            _attempt(site, visits, activity, moment + 60)
        elif activity.plugin == "assign":
            _hand_in(site, visits, activity, moment + 60)
        elif activity.plugin == "forum" and not activity.announcements:
            _post(site, visits, activity, moment + 60)
        if activity.tracked:
            _complete_activity(site, visits, activity, moment + 120)


def _visit(site: Site, visits: Visits, activity: Activity, moment: int) -> None:
    course, person = visits.course, visits.learner.id
    if site.chance.random() < 0.4:
        site.log("core/user/loggedin", moment - 5, person, objecttable="user", objectid=person, edulevel=0,
                 other=f'{{"username":"{visits.learner.username}"}}')  # fmt: skip
    site.log("core/course/viewed", moment, person, courseid=course.id, contextid=course.context,
             contextlevel=50,
             contextinstanceid=course.id)  # fmt: skip
    _log_activity(site, visits, activity, "course_module/viewed", moment + 20)
    site.add(
        "mdl_course_modules_viewed", coursemoduleid=activity.module, userid=person, timecreated=moment + 20
    )
    visits.last = moment + 20


def _log_activity(
    site: Site, visits: Visits, activity: Activity, what: str, moment: int, **more: object
) -> None:
    site.log(
        f"mod_{activity.plugin}/{what}", moment, visits.learner.id, courseid=visits.course.id,
        contextid=activity.context, contextlevel=70, contextinstanceid=activity.module,
        **{"objecttable": activity.plugin, "objectid": activity.instance, **more},
    )  # fmt: skip


def _attempt(site: Site, visits: Visits, quiz: Activity, moment: int) -> None:
    chance, marks = site.chance, []
    for number in range(1, chance.choices((1, 2, 3), (6, 3, 1))[0] + 1):
        finished = chance.random() < 0.95
        mark = round(min(20.0, max(0.0, chance.gauss(15, 3))), 5)
        attempt = site.add(
            "mdl_quiz_attempts", quiz=quiz.instance, userid=visits.learner.id, attempt=number, preview=0,
            layout="1,2,0", state="finished" if finished else "inprogress", timestart=moment,
            timefinish=moment + 900 if finished else 0, timemodified=moment + 900,
            sumgrades=mark if finished else None,
        )  # fmt: skip
        _log_activity(
            site, visits, quiz, "attempt/started", moment, objecttable="quiz_attempts", objectid=attempt
        )
        if finished:
            marks.append(mark)
            _log_activity(site, visits, quiz, "attempt/submitted", moment + 900)
        moment += 1200
    if marks:
        averaged = visits.course.id % 4 == 0 and quiz.mark_max == 10
        best = sum(marks) / len(marks) if averaged else max(marks)
        grade = round(best * quiz.mark_max / 20, 5)
        site.add(
            "mdl_quiz_grades", quiz=quiz.instance, userid=visits.learner.id, grade=grade, timemodified=moment
        )
        _grade(site, visits, quiz, grade, moment, graded_by=None)


def _hand_in(site: Site, visits: Visits, essay: Activity, moment: int) -> None:
    person, teacher = visits.learner.id, visits.course.teacher.id
    status = site.chance.choices(("submitted", "draft", "reopened"), (16, 2, 1))[0]
    for number in range(2 if status == "reopened" else 1):
        latest = int(status != "reopened" or number == 1)
        site.add(
            "mdl_assign_submission", assignment=essay.instance, userid=person, timecreated=moment,
            timemodified=moment + 300, groupid=0, attemptnumber=number, latest=latest,
            status=status if latest else "submitted",
        )  # fmt: skip
    if status == "draft":
        return
    _log_activity(site, visits, essay, "assessable/submitted", moment + 300)
    marked = site.chance.random() < 0.9
    mark = round(min(100.0, max(5.0, site.chance.gauss(66, 14))), 5) if marked else -1.0
    site.add(
        "mdl_assign_grades", assignment=essay.instance, userid=person, attemptnumber=0, grader=teacher,
        grade=mark, timecreated=moment + 3 * DAY, timemodified=moment + 3 * DAY,
    )  # fmt: skip
    if marked:
        _grade(site, visits, essay, mark, moment + 3 * DAY, graded_by=teacher)


def _post(site: Site, visits: Visits, forum: Activity, moment: int) -> None:
    person = visits.learner.id
    discussion = site.add(
        "mdl_forum_discussions", course=visits.course.id, forum=forum.instance, name=POST_SUBJECT,
        userid=person,
        groupid=-1, usermodified=person, timemodified=moment,
    )  # fmt: skip
    post = site.add(
        "mdl_forum_posts", discussion=discussion, parent=0, userid=person, created=moment, modified=moment,
        subject=POST_SUBJECT, message=f"<p>{POST_TEXT}</p>", wordcount=3, charcount=len(POST_TEXT),
    )  # fmt: skip
    _log_activity(site, visits, forum, "post/created", moment, objecttable="forum_posts", objectid=post)


def _grade(
    site: Site, visits: Visits, activity: Activity, mark: float, moment: int, graded_by: int | None
) -> None:
    """Puts a mark into the gradebook, on the scale of the item; one in fifty is overridden by hand."""
    final, overridden = round(mark * activity.grade_max / activity.mark_max, 5), 0
    if site.chance.random() < 0.02:
        final, overridden = min(activity.grade_max, final + 5), moment + DAY
    visits.grades[activity.item] = (final, activity.grade_max)
    row = {
        "itemid": activity.item, "userid": visits.learner.id, "rawgrade": mark,
        "rawgrademax": activity.mark_max,
        "rawgrademin": 0.0, "finalgrade": final, "overridden": overridden, "usermodified": graded_by,
        "feedback": FEEDBACK, "timemodified": moment,
    }  # fmt: skip
    grade = site.add("mdl_grade_grades", **row, aggregationstatus="used", aggregationweight=0.33333)
    for action, value in ((1, None), (2, final)):
        site.add(
            "mdl_grade_grades_history", **{**row, "finalgrade": value}, action=action, oldid=grade,
            source=f"mod/{activity.plugin}", loggeduser=graded_by or visits.learner.id,
        )  # fmt: skip


def _complete_activity(site: Site, visits: Visits, activity: Activity, moment: int) -> None:
    state = site.chance.choices((1, 2, 3, 0), (8, 3, 1, 1))[0] if activity.item else 1
    site.add(
        "mdl_course_modules_completion", coursemoduleid=activity.module, userid=visits.learner.id,
        completionstate=state, overrideby=None, timemodified=moment,
    )  # fmt: skip
    if state:
        visits.completed.append(moment)


def _close(site: Site, visits: Visits) -> None:
    """Course total, completion and last access, as Moodle's cron leaves them."""
    course, person = visits.course, visits.learner.id
    if visits.grades:
        final, most = (round(sum(part), 5) for part in zip(*visits.grades.values(), strict=True))
        # A total's own maximum counts graded work only, so it is mostly below the item's.
        site.add(
            "mdl_grade_grades", itemid=course.total_item, userid=person, rawgrade=None, rawgrademax=most,
            rawgrademin=0.0, finalgrade=final, aggregationstatus="unknown", timemodified=visits.last + DAY,
        )  # fmt: skip
    if course.tracked:
        tracked = sum(activity.tracked for activity in course.activities)
        done = max(visits.completed) if len(visits.completed) == tracked else None
        site.add(
            "mdl_course_completions", userid=person, course=course.id, timeenrolled=visits.enrolled,
            timestarted=visits.enrolled if visits.last else 0, timecompleted=done,
        )  # fmt: skip
    if visits.last:
        site.add("mdl_user_lastaccess", userid=person, courseid=course.id, timeaccess=visits.last)
