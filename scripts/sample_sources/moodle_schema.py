"""Moodle's own schema, cut to the tables of the contract, with the columns that must never land.

Types and nullability are those of Moodle 4.5 on MariaDB; a `?` marks a nullable column. Columns that
are not nullable default to 0 or the empty string, as Moodle's own do.
"""

from __future__ import annotations

TABLES: dict[str, str] = {
    "mdl_user": """
        id:bigint auth:varchar(20) confirmed:tinyint deleted:tinyint suspended:tinyint mnethostid:bigint
        username:varchar(100) password:varchar(255) idnumber:varchar(255) firstname:varchar(100)
        lastname:varchar(100) email:varchar(100) phone1:varchar(20) phone2:varchar(20)
        institution:varchar(255) department:varchar(255) address:varchar(255) city:varchar(120)
        country:varchar(2) lang:varchar(30) firstaccess:bigint lastaccess:bigint lastlogin:bigint
        currentlogin:bigint lastip:varchar(45) secret:varchar(15) description:longtext? timecreated:bigint
        timemodified:bigint lastnamephonetic:varchar(255)? firstnamephonetic:varchar(255)?
        middlename:varchar(255)? alternatename:varchar(255)? moodlenetprofile:varchar(255)?
    """,
    "mdl_course": """
        id:bigint category:bigint sortorder:bigint fullname:varchar(254) shortname:varchar(255)
        idnumber:varchar(100) summary:longtext? format:varchar(21) startdate:bigint enddate:bigint
        visible:tinyint timecreated:bigint timemodified:bigint enablecompletion:tinyint cacherev:bigint
    """,
    "mdl_course_categories": """
        id:bigint name:varchar(255) idnumber:varchar(100)? parent:bigint visible:tinyint timemodified:bigint
        depth:bigint path:varchar(255)
    """,
    "mdl_enrol": """
        id:bigint enrol:varchar(20) status:bigint courseid:bigint sortorder:bigint name:varchar(255)?
        enrolperiod:bigint? enrolstartdate:bigint? enrolenddate:bigint? password:varchar(50)? roleid:bigint?
        customint1:bigint? timecreated:bigint timemodified:bigint
    """,
    "mdl_user_enrolments": """
        id:bigint status:bigint enrolid:bigint userid:bigint timestart:bigint timeend:bigint
        modifierid:bigint timecreated:bigint timemodified:bigint
    """,
    "mdl_role": """
        id:bigint name:varchar(255) shortname:varchar(100) description:longtext sortorder:bigint
        archetype:varchar(30)
    """,
    "mdl_role_assignments": """
        id:bigint roleid:bigint contextid:bigint userid:bigint timemodified:bigint modifierid:bigint
        component:varchar(100) itemid:bigint
    """,
    "mdl_context": """
        id:bigint contextlevel:bigint instanceid:bigint path:varchar(255)? depth:tinyint locked:tinyint
    """,
    "mdl_course_completions": """
        id:bigint userid:bigint course:bigint timeenrolled:bigint timestarted:bigint timecompleted:bigint?
        reaggregate:bigint
    """,
    "mdl_course_modules": """
        id:bigint course:bigint module:bigint instance:bigint section:bigint idnumber:varchar(100)?
        added:bigint visible:tinyint completion:tinyint completiongradeitemnumber:bigint?
        completionview:tinyint completionexpected:bigint availability:longtext? deletioninprogress:tinyint
    """,
    "mdl_course_modules_completion": """
        id:bigint coursemoduleid:bigint userid:bigint completionstate:tinyint overrideby:bigint?
        timemodified:bigint
    """,
    "mdl_course_modules_viewed": "id:bigint coursemoduleid:bigint userid:bigint timecreated:bigint",
    "mdl_modules": "id:bigint name:varchar(20) visible:tinyint",
    "mdl_grade_items": """
        id:bigint courseid:bigint? categoryid:bigint? itemname:varchar(255)? itemtype:varchar(30)
        itemmodule:varchar(30)? iteminstance:bigint? itemnumber:bigint? idnumber:varchar(255)?
        calculation:longtext? gradetype:smallint grademax:decimal(10,5) grademin:decimal(10,5)
        scaleid:bigint? gradepass:decimal(10,5) sortorder:bigint hidden:bigint needsupdate:bigint
        timecreated:bigint? timemodified:bigint?
    """,
    "mdl_grade_grades": """
        id:bigint itemid:bigint userid:bigint rawgrade:decimal(10,5)? rawgrademax:decimal(10,5)
        rawgrademin:decimal(10,5) usermodified:bigint? finalgrade:decimal(10,5)? hidden:bigint
        overridden:bigint excluded:bigint feedback:longtext? information:longtext? timecreated:bigint?
        timemodified:bigint? aggregationstatus:varchar(10) aggregationweight:decimal(10,5)?
    """,
    "mdl_grade_grades_history": """
        id:bigint action:bigint oldid:bigint source:varchar(255)? timemodified:bigint? loggeduser:bigint?
        itemid:bigint userid:bigint rawgrade:decimal(10,5)? rawgrademax:decimal(10,5)
        rawgrademin:decimal(10,5) usermodified:bigint? finalgrade:decimal(10,5)? overridden:bigint
        excluded:bigint feedback:longtext?
    """,
    "mdl_quiz": """
        id:bigint course:bigint name:varchar(255) intro:longtext timeopen:bigint timeclose:bigint
        attempts:mediumint grademethod:smallint sumgrades:decimal(10,5) grade:decimal(10,5)
        timecreated:bigint timemodified:bigint password:varchar(255)
    """,
    "mdl_quiz_attempts": """
        id:bigint quiz:bigint userid:bigint attempt:mediumint uniqueid:bigint layout:longtext
        preview:smallint state:varchar(16) timestart:bigint timefinish:bigint timemodified:bigint
        sumgrades:decimal(10,5)?
    """,
    "mdl_quiz_grades": "id:bigint quiz:bigint userid:bigint grade:decimal(10,5) timemodified:bigint",
    "mdl_assign": """
        id:bigint course:bigint name:varchar(255) intro:longtext nosubmissions:tinyint duedate:bigint
        allowsubmissionsfromdate:bigint grade:bigint timemodified:bigint cutoffdate:bigint
        teamsubmission:tinyint
    """,
    "mdl_assign_submission": """
        id:bigint assignment:bigint userid:bigint timecreated:bigint timemodified:bigint status:varchar(10)?
        groupid:bigint attemptnumber:bigint latest:tinyint
    """,
    "mdl_assign_grades": """
        id:bigint assignment:bigint userid:bigint timecreated:bigint timemodified:bigint grader:bigint
        grade:decimal(10,5)? attemptnumber:bigint
    """,
    "mdl_forum": """
        id:bigint course:bigint type:varchar(20) name:varchar(255) intro:longtext duedate:bigint
        cutoffdate:bigint timemodified:bigint
    """,
    "mdl_forum_discussions": """
        id:bigint course:bigint forum:bigint name:varchar(255) firstpost:bigint userid:bigint groupid:bigint
        timemodified:bigint usermodified:bigint timestart:bigint timeend:bigint pinned:tinyint
    """,
    "mdl_forum_posts": """
        id:bigint discussion:bigint parent:bigint userid:bigint created:bigint modified:bigint mailed:tinyint
        subject:varchar(255) message:longtext deleted:tinyint privatereplyto:bigint wordcount:bigint?
        charcount:bigint?
    """,
    "mdl_logstore_standard_log": """
        id:bigint eventname:varchar(255) component:varchar(100) action:varchar(100) target:varchar(100)
        objecttable:varchar(50)? objectid:bigint? crud:varchar(1) edulevel:tinyint contextid:bigint
        contextlevel:bigint contextinstanceid:bigint userid:bigint courseid:bigint? relateduserid:bigint?
        anonymous:tinyint other:longtext? timecreated:bigint origin:varchar(10)? ip:varchar(45)?
        realuserid:bigint?
    """,
    "mdl_user_lastaccess": "id:bigint userid:bigint courseid:bigint timeaccess:bigint",
    "mdl_cohort": """
        id:bigint contextid:bigint name:varchar(254) idnumber:varchar(100)? description:longtext?
        visible:tinyint component:varchar(100) timecreated:bigint timemodified:bigint
    """,
    "mdl_cohort_members": "id:bigint cohortid:bigint userid:bigint timeadded:bigint",
}


def create_table(name: str) -> str:
    """The CREATE TABLE statement of one of TABLES, for SQLite."""
    columns = ", ".join(_column(part) for part in TABLES[name].split())
    return f"create table {name} ({columns})"


def _column(part: str) -> str:
    name, kind = part.split(":")
    if name == "id":
        return f"id {kind} primary key"
    if kind.endswith("?"):
        return f"{name} {kind[:-1]}"
    empty = "''" if kind.startswith(("varchar", "longtext")) else "0"
    return f"{name} {kind} not null default {empty}"
