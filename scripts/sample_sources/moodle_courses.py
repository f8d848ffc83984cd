"""The courses of the sample site: categories by subject, activities, enrolment methods, gradebooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scripts.sample_sources.moodle_people import Account, People
from scripts.sample_sources.moodle_site import (
    ADMIN,
    DAY,
    EDITING_TEACHER_ROLE,
    GUEST_ROLE,
    PUPIL_ROLE,
    STUDENT_ROLE,
    Site,
    epoch,
)

SUBJECTS = ("Maths", "English", "Science", "History", "Art")
PLUGINS = ("quiz", "assign", "forum", "page")
# What a course holds, in the order learners meet it: plugin, name, highest grade.
OUTLINE = (
    ("forum", "Announcements", 0),
    ("page", "Start here", 0),
    ("quiz", "Entry quiz", 10),
    ("forum", "Ask each other", 0),
    ("assign", "Essay", 100),
    ("page", "Further reading", 0),
    ("quiz", "Final quiz", 100),
)
RESCALED_TO = 50


@dataclass(frozen=True)
class Activity:
    """One activity; `mark_max` is its raw scale, `grade_max` that of its gradebook item (0: no item)."""

    plugin: str
    instance: int
    module: int
    context: int
    item: int
    mark_max: float
    grade_max: float
    tracked: bool
    announcements: bool


@dataclass(frozen=True)
class Course:
    """One course; `methods` maps an enrolment plugin to the id of the course's method."""

    id: int
    context: int
    start: int
    end: int
    tracked: bool
    total_item: int
    teacher: Account
    learner_role: int
    methods: dict[str, int]
    activities: list[Activity]


def add_courses(site: Site, people: People) -> list[Course]:
    """Adds categories, activity plugins and five courses a year and scale; hidden and endless ones too."""
    for name in PLUGINS:
        site.add("mdl_modules", name=name, visible=1)
    for place, subject in enumerate(SUBJECTS, 1):
        site.add("mdl_course_categories", name=subject, depth=1, path=f"/{place}", visible=1)
    teachers = people.teachers
    return [
        _add_course(site, year, number, teachers[(year + number) % len(teachers)])
        for year in site.years
        for number in range(5 * site.scale)
    ]


def _add_course(site: Site, year: int, number: int, teacher: Account) -> Course:
    start, end = epoch(datetime(year, 9, 1)), epoch(datetime(year + 1, 7, 24))
    made = start - site.chance.randrange(20, 40) * DAY
    subject, tracked = SUBJECTS[number % 5], number % 5 != 4
    course = site.add(
        "mdl_course", category=number % 5 + 1, sortorder=10_000 + number,
        fullname=_fullname(subject, f"{subject} {year}/{(year + 1) % 100:02} set {number // 5 + 1}"),
        shortname=f"{subject[:4].upper()}-{year % 100}-{number // 5 + 1:02}",
        idnumber=f"C{year}{number:03}", summary="<p>A course.</p>", format="topics",
        startdate=start, enddate=0 if number % 5 == 3 else end, visible=int(number % 7 != 6),
        enablecompletion=int(tracked), timecreated=made, timemodified=made,
    )  # fmt: skip
    context = site.add("mdl_context", contextlevel=50, instanceid=course, depth=3)
    role = PUPIL_ROLE if number % 5 == 2 else STUDENT_ROLE
    methods = _add_methods(site, course, role, made)
    total = site.add(
        "mdl_grade_items", courseid=course, itemtype="course", iteminstance=course, gradetype=1,
        grademax=10.0 + 100.0 + RESCALED_TO, gradepass=80.0, timecreated=made, timemodified=made,
    )  # fmt: skip
    activities = [_add_activity(site, course, *outline, made, tracked) for outline in OUTLINE]
    _add_teacher(site, teacher, context, methods["manual"], made)
    return Course(course, context, start, end, tracked, total, teacher, role, methods, activities)


def _fullname(subject: str, name: str) -> str:
    """One subject is named in two languages, another with a character outside the basic plane."""
    if subject == "History":
        return f"{{mlang en}}{name}{{mlang}}{{mlang cy}}Hanes{{mlang}}"
    return f"🎨 {name}" if subject == "Art" else name


def _add_methods(site: Site, course: int, role: int, made: int) -> dict[str, int]:
    def method(plugin: str, order: int, role: int, status: int = 0, cohort: int | None = None) -> int:
        return site.add(
            "mdl_enrol", enrol=plugin, status=status, courseid=course, sortorder=order, roleid=role,
            customint1=cohort, password="open sesame" if plugin == "self" else None, timecreated=made,
            timemodified=made,
        )  # fmt: skip

    cohort = site.add(
        "mdl_cohort",
        contextid=1,
        name=f"Set {course}",
        component="",
        visible=1,
        timecreated=made,
        timemodified=made,
    )
    return {
        "manual": method("manual", 0, role),
        "guest": method("guest", 1, GUEST_ROLE, status=1),
        "self": method("self", 2, role),
        "cohort": method("cohort", 3, role, cohort=cohort),
    }


def _add_activity(
    site: Site, course: int, plugin: str, name: str, mark_max: int, made: int, tracked: bool
) -> Activity:
    news = name == "Announcements"
    averaged = name == "Entry quiz" and course % 4 == 0
    given: dict[str, dict[str, object]] = {
        "forum": {"type": "news" if news else "general", "intro": ""},
        "quiz": {
            "grademethod": 2 if averaged else 1, "sumgrades": 20.0, "grade": float(mark_max), "intro": "",
            "timecreated": made, "password": "open sesame",
        },
        "assign": {"grade": mark_max, "intro": "", "duedate": made + 120 * DAY},
    }  # fmt: skip
    instance = course * 10
    if plugin in given:
        instance = site.add(f"mdl_{plugin}", course=course, name=name, timemodified=made, **given[plugin])
    module = site.add(
        "mdl_course_modules", course=course, module=PLUGINS.index(plugin) + 1, instance=instance, added=made,
        visible=1, completion=2 if tracked and not news else 0, completionview=int(plugin == "page"),
    )  # fmt: skip
    context = site.add("mdl_context", contextlevel=70, instanceid=module, depth=4)
    # The essay was marked out of 100 and its gradebook item then cut to 50: raw and final scales differ.
    grade_max = float(RESCALED_TO if plugin == "assign" else mark_max)
    item = 0
    if mark_max:
        item = site.add(
            "mdl_grade_items", courseid=course, categoryid=course, itemname=name, itemtype="mod",
            itemmodule=plugin, iteminstance=instance, itemnumber=0, gradetype=1, grademax=grade_max,
            timecreated=made, timemodified=made,
        )  # fmt: skip
    return Activity(
        plugin, instance, module, context, item, float(mark_max), grade_max, tracked and not news, news
    )


def _add_teacher(site: Site, teacher: Account, context: int, manual: int, made: int) -> None:
    site.add(
        "mdl_role_assignments", roleid=EDITING_TEACHER_ROLE, contextid=context, userid=teacher.id,
        timemodified=made, modifierid=ADMIN,
    )  # fmt: skip
    site.add(
        "mdl_user_enrolments", status=0, enrolid=manual, userid=teacher.id, timestart=made, timeend=0,
        modifierid=ADMIN, timecreated=made, timemodified=made,
    )  # fmt: skip
