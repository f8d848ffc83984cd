"""What the LMS writes of every HTTP request: most lines of a tracking log, as paths with GET and POST."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from scripts.sample_sources.edx_essays import ESSAY
from scripts.sample_sources.edx_log_lines import (
    IN_GET,
    IN_POST,
    IN_REFERER,
    SEARCHED,
    TOLD_NAME,
    Record,
    Visit,
)

Given = dict[str, Record]
Asked = tuple[str, Given]
NOTHING: Given = {}


def request_record(rng: Random, visit: Visit) -> Record:
    """One request of a visit, within 40 minutes of its begin."""
    if visit.account is None:
        path, given = _stranger(visit, rng)
    elif rng.random() < 0.3:
        path, given = rng.choice(ELSEWHERE)(visit, rng)
    else:
        path, given = rng.choice(IN_COURSE)(visit, rng)
    record = visit.request(visit.after(rng.random() * 2400), path, given)
    if rng.random() < 0.01:
        record["referer"] = f"https://www.edx.org/course?email={IN_REFERER}"
    return record


def _stranger(visit: Visit, rng: Random) -> Asked:
    """Somebody who is not signed in, a monitor, a robot that guesses paths."""
    address = {"POST": {"email": [IN_POST], "name": [TOLD_NAME], "password": ["********"]}}
    return rng.choice((
        ("/", NOTHING), ("/heartbeat", NOTHING), ("/courses", {"GET": {"search_query": [SEARCHED]}}),
        (f"/courses/{visit.course_id}/about", NOTHING), ("/wp-login.php", NOTHING),
        ("/static/images/favicon.ico", NOTHING), ("/register", NOTHING), ("/jsi18n/", NOTHING),
        ("/user_api/v1/account/registration/", address), ("/password_reset/", {"POST": {"email": [IN_POST]}}),
        ("/courses/NoSuch/Course/Here/info", NOTHING),
    ))  # fmt: skip


def _courseware(visit: Visit, rng: Random) -> Asked:
    place = rng.randrange(4)
    names = [
        visit.run.block(*of).rpartition("@")[2].rpartition("/")[2]
        for of in (("chapter", str(place)), ("sequential", f"lesson {place}"))
    ]
    return f"/courses/{visit.course_id}/courseware/{names[0]}/{names[1]}/", NOTHING


def _page(visit: Visit, rng: Random) -> Asked:
    pages = ("progress", "info", "about", "course/", "discussion/forum", "wiki/", "bookmarks/", "pdfbook/0/")
    asked = {"GET": {"email": [IN_GET]}} if rng.random() < 0.02 else NOTHING
    return f"/courses/{visit.course_id}/{rng.choice(pages)}", asked


def _thread(visit: Visit, rng: Random) -> Asked:
    given: Given = {"GET": {"ajax": ["1"], "resp_skip": ["0"], "text": [SEARCHED]}}
    return f"/courses/{visit.course_id}/discussion/forum/course/threads/{rng.randrange(16**24):024x}", given


def _position(visit: Visit, rng: Random) -> Asked:
    block = visit.run.block("sequential", f"lesson {rng.randrange(4)}")
    return f"{_handler(visit, block)}/goto_position", {"POST": {"position": [str(rng.randrange(1, 4))]}}


def _player(visit: Visit, rng: Random) -> Asked:
    place = {"saved_video_position": [f"00:0{rng.randrange(5)}:{rng.randrange(10, 60)}"]}
    return f"{_handler(visit, rng.choice(visit.run.videos))}/save_user_state", {"POST": place}


def _answer(visit: Visit, rng: Random) -> Asked:
    problem = rng.choice(visit.run.problems)
    name = problem.block.rpartition("@")[2].rpartition("/")[2]
    return f"{_handler(visit, problem.block)}/problem_get", {"POST": {f"input_{name}_2_1": ["choice_1"]}}


def _essay(visit: Visit, rng: Random) -> Asked:
    """So long that the LMS cuts it: no JSON any more. Courses without an essay ask for a page."""
    if not visit.run.complete:
        return _page(visit, rng)
    block = visit.run.block("openassessment", "essay")
    words = f"{ESSAY}. " * rng.randrange(16, 30)
    return f"{_handler(visit, block)}/save_submission", {"POST": {"submission": [words], "name": [TOLD_NAME]}}


def _handler(visit: Visit, block: str) -> str:
    return f"/courses/{visit.course_id}/xblock/{block}/handler/xmodule_handler"


def _encoded(visit: Visit, rng: Random) -> Asked:
    course = visit.course_id.replace(":", "%3A").replace("+", "%2B").replace("/", "%2F")
    return f"/courses/{course}/{rng.choice(('progress', 'course/'))}", NOTHING


def _frame(visit: Visit, rng: Random) -> Asked:
    return f"/xblock/{visit.run.block('vertical', f'lesson {rng.randrange(4)}')}", {
        "GET": {"view": ["student"]}
    }


def _elsewhere(visit: Visit, rng: Random) -> Asked:
    address = visit.account.as_of(visit.at).email if visit.account else IN_GET
    return rng.choice((
        ("/dashboard", NOTHING), ("/dashboard", NOTHING), ("/account/settings", NOTHING),
        ("/dashboard", {"GET": {"utm_source": ["mail"], "email": [address]}}),
        (f"/u/{visit.username}", NOTHING), ("/jsi18n/", NOTHING), ("/static/js/app.js", NOTHING),
        ("/search/course_discovery/", {"POST": {"search_string": [SEARCHED]}}),
        ("/user_api/v1/account/login_session/", {"POST": {"email": [address], "password": ["********"]}}),
    ))  # fmt: skip


def _interface(visit: Visit, rng: Random) -> Asked:
    return rng.choice((
        (f"/api/user/v1/accounts/{visit.username}", NOTHING),
        (f"/api/enrollment/v1/enrollment/{visit.username},{visit.course_id}", NOTHING),
        (f"/api/mobile/v1/users/{visit.username}/course_enrollments/", {"GET": {"org": ["UniX"]}}),
        ("/api/courses/v1/blocks/", {"GET": {"course_id": [visit.course_id], "username": [visit.username]}}),
        ("/courses/v1/blocks/", {"GET": {"course_id": [visit.course_id]}}),
        (f"/api/course_home/outline/{visit.course_id}", NOTHING),
        ("/api/completion/v1/subsection-completion/", NOTHING),
    ))  # fmt: skip


ELSEWHERE: tuple[Callable[[Visit, Random], Asked], ...] = (_elsewhere, _interface)
# As often as they stand here.
IN_COURSE: tuple[Callable[[Visit, Random], Asked], ...] = (
    _courseware, _courseware, _courseware, _page, _page, _thread, _position, _position, _player, _player,
    _player, _answer, _essay, _encoded, _frame,
)  # fmt: skip
