"""Odd values in whole lines: accounts, courses and payloads in every form that logs have had."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from tests.landing.logs.lines import COURSE, event, log, request

PLAYED = {"id": "0" * 32, "currentTime": 12.5, "code": "html5"}
ODD: tuple[Any, ...] = (
    None, True, 12, -0.5, "heron", "", [], ["heron"], {}, {"heron": "heron"}, [[["heron"]]], 10**30,
    "\n", "\0heron",
)  # fmt: skip


def by(member: str, values: tuple[Any, ...], made: Any = event) -> list[dict[str, Any]]:
    """A line with each of the values, and another member that makes lines of equal values different."""
    return [made(1, other=at, **{member: value}) for at, value in enumerate(values)]


# ---------------------------------------------------------------- accounts


def test_an_account_is_one_whichever_way_its_number_is_written(stager):
    contexts = tuple(
        {"course_id": COURSE, "user_id": number} for number in (101, "101", 101.0, "101.0", "+101")
    )
    for made in (event, request):
        [one] = set(stager.values("user_id", *by("context", contexts, made)))
        assert one == stager.values("user_id", event(1))[0] is not None


def test_what_is_no_number_of_an_account_is_nobody_and_is_counted(stager):
    numbers = ("", None, "heron", "1e3", "0x65", [101], {"id": 101}, True, "10" * 12, -1.5)
    for made in (event, request):
        staged = stager.plain(log(*by("context", tuple({"user_id": number} for number in numbers), made)))
        assert [row["user_id"] for row in staged.rows] == [None] * len(numbers)
        assert staged.repairs == {("user_id", "not_a_number"): len(numbers) - 2}


def test_names_of_nobody(stager):
    names = ("", None, "anonymous", " anonymous\n", "  ")
    for made in (event, request):
        assert stager.values("username", *by("username", names, made)) == [None] * len(names)


def test_a_name_is_one_with_blanks_around_it_and_without(stager):
    names = ("learner1", "learner1\n", " learner1", "learner1\r\n", "\tlearner1")
    for made in (event, request):
        [one] = set(stager.values("username", *by("username", names, made)))
        assert one is not None


def test_in_enrolments_and_grades_the_account_is_the_one_that_it_is_about(stager):
    about = {"user_id": "102", "course_id": COURSE}
    names = ("edx.course.enrollment.activated", "edx.certificate.created", "edx.cohort.user_added",
             "edx.grades.problem.submitted", "play_video")  # fmt: skip
    lines = [event(1, event_type=name, event=about) for name in names]
    learner, teacher = stager.values("user_id", event(2), event(1))
    assert stager.values("user_id", *lines) == [learner] * 4 + [teacher]


def test_an_act_says_whether_another_than_the_account_did_it(stager):
    names = ("edx.certificate.created", "edx.cohort.user_added", "edx.grades.problem.submitted")
    about = {"user_id": "101", "course_id": COURSE}
    lines = [
        event(0, event_type=name, event=about, context={"course_id": COURSE, "user_id": actor})
        for name in names for actor in (101, "101.0", 102, "", None)
    ]  # fmt: skip
    assert stager.values("done_by_another", *lines) == [False, False, True, True, True] * 3
    others = (event(1, event={"user_id": 7}), event(1, context={}), request(1))
    assert stager.values("done_by_another", *others) == [False, False, None]


# ---------------------------------------------------------------- courses


def test_a_course_is_one_however_it_is_written(stager):
    forms = (COURSE, f"{COURSE}\n", f" {COURSE}", quote(COURSE, safe=""), quote(COURSE) + "\n",
             COURSE.replace("+", "%20"), COURSE.replace("+", " "))  # fmt: skip
    contexts = tuple({"course_id": form} for form in forms)
    for made in (event, request):
        lines = [line | {"event_type": "/dashboard"} for line in by("context", contexts, made)]
        assert stager.values("course_id", *lines) == [COURSE] * len(forms)


def test_courses_of_other_forms_land(stager):
    forms = (
        "UniX/Demo1x/1T2026",
        "ccx-v1:UniX+Demo1x+1T+ccx@12",
        "course-v1:Ü+é+1",
        "course-v1:a+b+" + "c" * 241,
    )
    lines = by("context", tuple({"course_id": form} for form in forms))
    assert stager.values("course_id", *lines) == list(forms)


def test_what_is_no_course_does_not_land_as_one(stager):
    forms = ("", None, "heron", "a/b", "library-v1:UniX+Lib", "x" * 300, 12, [COURSE], "a b/c/d", "a/b/c/d",
             "course-v1:a+b+heron@nest.example", "course-v1:a+b+" + "c" * 250,
             "course-v1:ü+b+" + "c" * 250)  # fmt: skip
    contexts = tuple({"course_id": form} for form in forms)
    for name in ("/dashboard", "play_video"):
        lines = [line | {"event_type": name} for line in by("context", contexts)]
        assert stager.values("course_id", *lines) == [None] * len(forms)


def test_a_course_is_found_where_the_context_has_none(stager):
    block = f"block-v1:{COURSE.partition(':')[2]}+type@video+block@{'0' * 32}"
    pages = (
        f"https://courses.edx.org/courses/{COURSE}/courseware/",
        f"https://courses.edx.org/xblock/{block}?x=1",
        f"https://courses.edx.org/courses/{quote(COURSE, safe='')}/x",
        f"https://courses.edx.org/courses/{COURSE.replace('+', ' ')}/x",
        f"https://learning.edx.org/course/{COURSE}/{block}",
        "https://courses.edx.org/dashboard", "https://courses.edx.org/courses/v1/blocks/a/b",
    )  # fmt: skip
    lines = [line | {"context": {}} for line in by("page", pages)]
    assert stager.values("course_id", *lines) == [COURSE] * 5 + [None] * 2
    inner = event(1, context={}, event=json.dumps({"course_id": COURSE}))
    asked = request(1, context={"path": f"/courses/{COURSE}/info"}, event_type="/x")
    assert stager.values("course_id", inner, request(1, context={}), asked) == [COURSE] * 3


def test_an_enrolment_is_of_the_course_that_it_names_wherever_the_person_was(stager):
    """Other acts are where they happened."""
    other = "course-v1:UniX+Other+1T2026"
    about = {"course_id": other, "user_id": 101, "mode": "audit"}
    enrolment = "edx.course.enrollment"
    names = (
        f"{enrolment}.activated",
        f"{enrolment}.deactivated",
        "edx.certificate.created",
        "edx.bookmark.added",
    )
    lines = [event(1, event_type=name, event=about) for name in names]
    assert stager.values("course_id", *lines) == [other] * 2 + [COURSE] * 2
    unnamed = event(1, event_type=names[0], event={"user_id": 101, "course_id": ""})
    assert stager.values("course_id", unnamed) == [COURSE]


def test_escapes_of_addresses_that_are_no_text_cost_nobody_a_line(stager):
    """Bots try them. Where the course stands before them it is found all the same."""
    course = quote(COURSE, safe="")
    odd = (
        "%FF",
        "%C3",
        "%ED%A0%BD",
        "%C0%80",
        "%F5%80%80%80",
        "%",
        "%%",
        "%2",
        "%zz",
        "%00",
        "%FF" * 2_000,
        "é%E2%80",
    )
    for escape in odd:
        lines = []
        for form in (escape, f"course-v1:a+b+{escape}", f"course-v1%3Aa%2Bb%2B{escape}", f"a/b/{escape}"):
            places = (
                {"context": {"course_id": form}}, {"event": {"course_id": form}, "context": {}},
                {"context": {"path": f"/courses/{form}/x"}},
                {"page": f"https://c/courses/{form}/x", "context": {}},
                {"page": f"https://c/xblock/block-v1:{form}+type@x", "context": {}},
            )  # fmt: skip
            lines += [event(1, other=escape, more=form, **place) for place in places]
            lines += [
                request(1, event_type=f"/courses/{form}/x", context=it) for it in ({}, {"course_id": form})
            ]
        found = stager.values("course_id", *lines)
        assert {one for one in found if one and (escape in one or not one.isprintable())} == set()
    addresses = [f"https://c/courses/{COURSE}/x?y={escape}" for escape in odd]
    assert stager.values("course_id", *by("page", tuple(addresses), _nowhere)) == [COURSE] * len(odd)
    good = [request(1, event_type=f"/courses/{course}/x", context={}, other=at) for at in range(3)]
    assert stager.values("course_id", *good) == [COURSE] * 3


def _nowhere(number: int, **more: Any) -> dict[str, Any]:
    return event(number, context={}, **more)


# ---------------------------------------------------------------- payloads


def test_a_payload_is_read_as_object_as_text_and_as_text_of_text(stager):
    forms = (PLAYED, json.dumps(PLAYED), json.dumps(json.dumps(PLAYED)))
    rows = stager.each(*by("event", forms))
    assert [(row["payload"], row["current_time"], row["player"]) for row in rows] == [
        ("read", 12.5, "html5")
    ] * 3


def test_forms_lists_and_nothing_have_no_fields(stager):
    forms: tuple[Any, ...] = (
        "", None, "input_x_2_1=heron&b=c", '"input_x=heron"', ["input_x=heron", "<p>Yes</p>"], "[1]", 12,
        True, [],
        "[{\"currentTime\": 1}]",
    )  # fmt: skip
    rows = stager.each(*by("event", forms))
    assert [(row["payload"], row["current_time"]) for row in rows] == [("none", None)] * len(forms)


def test_a_payload_that_is_no_json_is_broken(stager):
    forms = ("{'a': 1}", '{"a": ', '{"POST": {"a": "' + "x" * 490, "{heron}", '"{heron}"', '{"a": "\\ud83e"}')
    assert stager.values("payload", *by("event", forms)) == ["broken"] * len(forms)


def test_what_is_no_number_lands_as_nothing_and_breaks_the_payload(stager):
    numbers = ("NaN", "Infinity", "-Infinity", '"NaN"', '"heron"', "[1]", "1e400", "{}", "true", '"inf"')
    lines = [
        json.dumps(event(at, event=PLAYED)).replace("12.5", number).encode()
        for at, number in enumerate(numbers)
    ]
    staged = stager.plain(log(*lines))
    assert {(row["payload"], row["current_time"], row["player"]) for row in staged.rows} == {
        ("broken", None, "html5")
    }
    assert staged.repairs[("current_time", "not_a_number")] == len(numbers) == len(staged.rows)


def test_a_pause_may_leave_out_where_it_was_but_not_say_nothing(stager):
    places: tuple[dict[str, Any], ...] = ({}, {"currentTime": 0}, {"currentTime": None}, {"currentTime": ""},
                                          {"current_time": None})  # fmt: skip
    for name in ("pause_video", "edx.video.paused"):
        lines = [
            event(at, event_type=name, event={"id": "0" * 32, **place}) for at, place in enumerate(places)
        ]
        assert stager.values("payload", *lines) == ["read"] * 2 + ["broken"] * 3
    stopped = [
        event(at, event_type="stop_video", event={"id": "0" * 32, **place}) for at, place in enumerate(places)
    ]
    assert stager.values("payload", *stopped) == ["read"] * 5


def test_numbers_are_read_as_number_and_as_text(stager):
    lines = [json.dumps(event(at, event=PLAYED)).replace("12.5", number).encode()
             for at, number in enumerate(("12.5", '"12.5"', '" 12.5"', "1.25e1"))]  # fmt: skip
    assert stager.values("current_time", *lines) == [12.5] * 4


def test_fields_of_another_type_than_they_should_have_cost_the_field_alone(stager):
    """Every member of an act as every type there is: the line lands, and nothing of it is as it was."""
    members = ("username", "name", "event_source", "page", "session", "ip", "agent", "host", "context",
               "event", "event_type")  # fmt: skip
    lines = [line | {"more": member} for member in members for line in by(member, ODD)]
    rows = stager.each(*lines)
    assert [row for row in rows if isinstance(row, str)] == []
    assert "heron" not in json.dumps(rows, default=str)


# ---------------------------------------------------------------- answers


def test_a_part_that_was_left_empty_has_no_answer(stager):
    """As nothing, as an empty text, as an empty list; neither is the keyed hash of a choice."""
    given = {"x_2_1": None, "x_3_1": " ", "x_4_1": [], "x_5_1": "choice_1", "x_6_1": ["choice_0", "choice_2"]}
    parts = {"0" * 32 + name[1:]: answer for name, answer in given.items()}
    checked = {
        "problem_id": "i4x://UniX/Demo1x/problem/p", "answers": parts,
        "submission": {part: {"answer": "", "response_type": "optionresponse"} for part in parts},
    }  # fmt: skip
    line = event(1, event_type="problem_check", event_source="server", event=checked)
    [answers] = stager.values("answers", line)
    assert [part["answers"] for part in json.loads(answers)] == [
        [None], [None], [], ["choice_1"], ["choice_0", "choice_2"]
    ]  # fmt: skip
