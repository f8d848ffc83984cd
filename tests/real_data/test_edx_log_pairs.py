"""Tracking logs written by others, line by line: what each says, and enrolment by mode as edX computed it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.real_data import test_edx_logs as logs

files, landed, results, xapi = logs.files, logs.landed, logs.results, logs.xapi

# Act and source → the last part of the verb that event-routing-backends gives it.
VERBS = {
    ("edx.course.enrollment.activated", "server"): "registered",
    ("edx.course.enrollment.mode_changed", "server"): "registered",
    ("edx.course.grade.now_failed", "server"): "failed",
    ("edx.forum.comment.edited", "server"): "edited",
    ("edx.forum.response.reported", "server"): "reported",
    ("edx.forum.response.voted", "server"): "voted",
    ("edx.forum.thread.created", "server"): "posted",
    ("edx.forum.thread.deleted", "server"): "deleted",
    ("edx.forum.thread.viewed", "server"): "viewed",
    ("edx.grades.course.grade_calculated", "server"): "earned",
    ("edx.grades.problem.submitted", "server"): "attempted",
    ("edx.problem.hint.demandhint_displayed", "server"): "asked",
    ("edx.special_exam.timed.attempt.submitted", "server"): "terminated",
    ("edx.special_exam.timed.attempt.created", "server"): "initialized",
    ("edx.ui.lms.link_clicked", "browser"): "navigated",
    ("edx.ui.lms.sequence.next_selected", "browser"): "navigated",
    ("edx.video.closed_captions.shown", "browser"): "interacted",
    ("load_video", "browser"): "initialized",
    ("pause_video", "browser"): "paused",
    ("problem_check", "browser"): "attempted",
    ("problem_check", "server"): "evaluated",
    ("seek_video", "browser"): "seeked",
    ("show_transcript", "browser"): "interacted",
    ("showanswer", "server"): "asked",
    ("stop_video", "browser"): "terminated",
}
# Whose objects do not land: the block of an exam, the address of a link; nor does the problem that a
# browser's form is of.
NOT_LANDED = ("edx.special_exam.", "edx.ui.lms.link_clicked")

HRP, WRITING = "Medicine/HRP258/Statistics_in_Medicine", "Medicine/SciWrite/Fall2013"
ESSAYS = "StanfordOnline/OpenEdX/Demo"
MATH = "Education/EDUC115N/How_to_Learn_Math"
VIDEO = "i4x-Medicine-HRP258-videoalpha"
STANFORD = {
    "aboutTest": ("request", None, "course_home", HRP, None),
    "courseIdGetsProbId": ("request", None, "problem", MATH, None),
    "enrollActivated": (
        "enrollment", "edx.course.enrollment.activated", None,
        "HumanitiesScience/StatLearning/Winter2014", None,
    ),
    "eventTypeWithUnicode": ("request", None, "other", None, None),
    "forumEvent": ("forum", "edx.forum.searched", None, HRP, None),
    "openAssSelfAssess": ("ora", "openassessmentblock.self_assess", None, ESSAYS, None),
    "openAssUploadFile": ("ora", "openassessment.upload_file", None, ESSAYS, None),
    "pageClose": ("navigation", "page_close", None, "Engineering/Networking/Winter2014", None),
    "problemSaveTest": ("problem", "problem_save", None, HRP, None),
    "problem_checkSimpleCase": ("problem", "problem_check", None, HRP, None),
    "seekVideo": ("video", "seek_video", None, HRP, f"{VIDEO}-413d6a45b82848339ab5fd3836dfb928"),
    "speedChangeVideo": (
        "video", "speed_change_video", None, HRP, f"{VIDEO}-7cd4bf0813904612bcd583a73ade1d54",
    ),
    "urlEscapedAnswerChoice": ("problem", "problem_check", None, WRITING, None),
}  # fmt: skip


@pytest.fixture(scope="module")
def pairs(landed, real_data):
    """Name of the pair → its landed row: the derived log has the pairs' files in the order of their names."""
    names = sorted(path.stem for path in (real_data / "edx/event-routing-backends/current").glob("*.json"))
    columns = "event_type, event_source, time, block_id, forum_id, course_id, _offset"
    rows = sorted(logs.of(landed, logs.BACKENDS, columns), key=lambda row: row[-1])
    return dict(zip(names, rows, strict=True))


def test_each_pair_has_the_act_of_its_verb_and_its_time(pairs, xapi):
    found = {name: (VERBS[row[:2]], row[2]) for name, row in pairs.items() if name in xapi}
    said = {
        name: (Path(one["verb"]["id"]).name, datetime.fromisoformat(one["timestamp"]).replace(tzinfo=None))
        for name, one in xapi.items()
    }
    assert found == said


def test_each_pair_has_the_object_of_its_translation(pairs, xapi):
    """A block, a post or the course run."""
    wrong = {}
    for name, statement in xapi.items():
        act, _, _, block, post, course, _ = pairs[name]
        if not act.startswith(NOT_LANDED) and name != "problem_check(browser)":
            thing = statement["object"]["id"].partition("/hint/")[0].removesuffix("/answer")
            if not thing.endswith(block or post or course):
                wrong[name] = thing
    assert wrong == {}


def test_lines_of_stanford(landed, real_data):
    """Family, act, kind of address, course run and block of each line that is JSON."""
    files_of = sorted((real_data / "edx/json_to_relation").glob("*.json"))
    names = [path.stem for path in files_of if path.name not in logs.NO_JSON]
    columns = "_offset, family, event_type, path_class, course_id, block_id"
    rows = [row[1:] for row in sorted(logs.of(landed, logs.STANFORD, columns))]
    assert dict(zip(names, rows, strict=True)) == STANFORD


def test_what_stanford_s_players_said(landed):
    """The old name of a seek's kind is in no list, so it does not land; it is counted."""
    where = "event_type in ('seek_video', 'speed_change_video')"
    columns = "event_type, old_time, new_time, old_speed, new_speed, seek_type, player"
    assert sorted(logs.of(landed, logs.STANFORD, columns, where)) == [
        ("seek_video", 308.506103515625, 290.0, None, None, None, "html5"),
        ("speed_change_video", None, None, 1.5, 2.0, None, "html5"),
    ]
    counted = landed.rows(
        "select sum(row_count) from ops.value_repairs where table_name = 'tracking_events' "
        "and column_name = 'seek_type' and reason = 'not_in_list'"
    )
    assert counted == [(1,)]
