"""Problems and grades in the sample's tracking logs, as `courseware_studentmodule` has them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from scripts.sample_sources.edx_courses import Problem, Run
from scripts.sample_sources.edx_enrolments import PASSED, Attempt, Enrolment
from scripts.sample_sources.edx_log_courseware import lesson_page
from scripts.sample_sources.edx_log_lines import ANSWER, Record, Visit, stamp
from scripts.sample_sources.edx_people import hexed

# Of answers, counted by turn: whose line was lost on the way.
LOST_ANSWERS = 31


def input_of(problem: Problem, place: int = 2) -> str:
    """A problem's input as states have it: the block's name, place in the problem, place in the answer."""
    return f"{problem.block.rpartition('@')[2].rpartition('/')[2]}_{place}_1"


def answer_records(visit: Visit, attempt: Attempt, turn: int) -> Iterator[Record]:
    """One answer: what the page sends, what the LMS makes of it at the moment that the state has."""
    problem, page = attempt.problem, lesson_page(visit, 0)
    moment = attempt.moment.replace(microsecond=visit.number * 31 % 999_983)
    form = urlencode({f"input_{input_of(problem)}": f'choice_{problem.points} "\\alpha"'})
    if turn % 3 == 1:
        yield visit.browser(moment, "problem_check", f'"{form}"' if turn % 7 == 1 else form, page)
    if turn % 9 == 0:
        yield visit.browser(moment, "problem_show", {"problem": problem.block}, page)
    if turn % LOST_ANSWERS:
        yield _checked(visit, attempt, moment)
    if turn % 5 < 2:
        yield _submitted(visit, attempt, moment)
    if turn % 8 == 0:
        yield visit.server(
            visit.after(5), "showanswer", {"problem_id": problem.block}, module=_module(problem)
        )
    yield from _around(visit, attempt, turn)


def _module(problem: Problem) -> Record:
    return {"display_name": "Question", "usage_key": problem.block}


def _checked(visit: Visit, attempt: Attempt, moment: datetime) -> Record:
    """The one event that has results: attempts, points, correctness and the answers of one try."""
    problem = attempt.problem
    part, answer = input_of(problem), f'choice_{problem.points} "\\alpha"'
    verdict = "correct" if attempt.earned else "incorrect"
    correct_map = {part: {"correctness": verdict, "npoints": None, "msg": "", "hint": "", "hintmode": None,
                          "queuestate": None, "answervariable": None}}  # fmt: skip
    submission = {part: {"question": "Which one?", "answer": answer, "input_type": "choicegroup",
                         "response_type": "multiplechoiceresponse", "correct": bool(attempt.earned),
                         "variant": "", "group_label": ""}}  # fmt: skip
    record = visit.server(
        moment, "problem_check",
        {"problem_id": problem.block, "attempts": 1, "grade": attempt.earned, "max_grade": problem.points,
         "success": verdict, "answers": {part: answer}, "correct_map": correct_map, "submission": submission,
         "state": {"seed": 1, "done": None, "student_answers": {}, "correct_map": {},
                   "input_state": {part: {}}}},
        module=_module(problem),
    )  # fmt: skip
    record["context"] |= {"asides": {"tagging_aside": {"saved_tags": _tags(problem)}}}
    return record


def _tags(problem: Problem) -> dict[str, list[str]]:
    """What the authors say of it: hard where there is more to win."""
    difficulty = {1: "Easy", 2: "Medium"}.get(problem.points, "Hard")
    return {"difficulty": [difficulty], "learning_outcome": ["Apply" if problem.points > 1 else "Remember"]}


def _submitted(visit: Visit, attempt: Attempt, moment: datetime) -> Record:
    problem = attempt.problem
    return visit.server(
        moment, "edx.grades.problem.submitted",
        {"course_id": visit.course_id, "problem_id": problem.block, "user_id": str(visit.number),
         "weighted_earned": float(attempt.earned), "weighted_possible": float(problem.points),
         "event_transaction_id": hexed(f"transaction {visit.session} {problem.block}"),
         "event_transaction_type": "edx.grades.problem.submitted"},
        f"/courses/{visit.course_id}/xblock/{problem.block}/handler/xmodule_handler/problem_check",
    )  # fmt: skip


def _around(visit: Visit, attempt: Attempt, turn: int) -> Iterator[Record]:
    """What learners do about a problem beside answering: hints, saving, a reset too early, old events."""
    problem = attempt.problem
    part, module = input_of(problem), _module(problem)
    base = {"problem_id": problem.block}
    hint = {"module_id": problem.block, "problem_part_id": part, "hint_index": 0, "hint_len": 2,
            "hint_text": "Think of a bird."}  # fmt: skip
    state: Record = {"seed": 1, "done": None, "student_answers": {}, "correct_map": {},
                     "input_state": {part: {}}}  # fmt: skip
    acts: dict[int, tuple[str, Record]] = {
        3: ("edx.problem.hint.demandhint_displayed", hint),
        9: ("edx.problem.hint.feedback_displayed", hint | {"trigger_type": "single", "correctness": False}),
        15: ("save_problem_success", base | {"answers": {part: ANSWER}, "state": state}),
        21: ("reset_problem_fail", base | {"failure": "not_done", "old_state": state}),
    }
    if turn % 40 in acts:
        name, payload = acts[turn % 40]
        yield visit.server(visit.after(8), name, payload, module=module)
    if turn % 40 == 15:
        yield visit.browser(visit.after(7), "problem_save", urlencode({f"input_{part}": ANSWER}))
    if turn % 40 == 22:
        form = urlencode({f"input_{part}": ANSWER})
        listed = [form, "<div class='problem'>Correct</div>"]
        yield visit.browser(visit.after(9), "problem_graded", listed)
    if turn % 40 == 33:
        yield visit.browser(visit.after(9), "problem_reset", urlencode({f"input_{part}": ANSWER}))


def too_late_records(visit: Visit, run: Run) -> Iterator[Record]:
    """An answer after the course has ended: refused, so that no state changes."""
    problem = run.problems[0]
    part = input_of(problem)
    yield visit.server(
        visit.after(20), "problem_check_fail",
        {"problem_id": problem.block, "failure": "closed", "answers": {part: ANSWER},
         "state": {"seed": 1, "done": None, "student_answers": {}, "correct_map": {}, "input_state": {}}},
        module=_module(problem),
    )  # fmt: skip


def staff_records(visit: Visit, run: Run) -> Iterator[Record]:
    """A tester tries a problem and puts it back: no learner's state."""
    problem = run.problems[1]
    states = {"old_state": {"done": True, "attempts": 1}, "new_state": {"done": False, "attempts": 0}}
    payload = {"problem_id": problem.block, **states}
    yield visit.server(visit.after(20), "reset_problem", payload, module=_module(problem))


# ---------------------------------------------------------------- grades


def grade_records(one: Enrolment, first: datetime, end: datetime) -> Iterator[Record]:
    """Grades that were calculated in a request; workers' have no host and never come."""
    passed_at = one.passed_at(end)
    if passed_at is None or not first <= passed_at < end or one.outcome != PASSED:
        return
    visit = Visit(one.account, one.run, passed_at)
    user = {"course_id": one.run.course_id, "user_id": str(one.account.id)}
    transaction = {"event_transaction_id": hexed(f"passed {one.id}"),
                   "event_transaction_type": "edx.grades.problem.submitted"}  # fmt: skip
    if one.id % 3 == 0:
        yield visit.server(visit.after(1), "edx.grades.course.grade_calculated", user | transaction | {
            "percent_grade": one.percent(passed_at), "letter_grade": "Pass", "course_version": "",
            "course_edited_timestamp": stamp(one.run.starts),
            "grading_policy_hash": hexed(f"policy {one.run.entity}")})  # fmt: skip
        yield visit.server(visit.after(1), "edx.course.grade.passed.first_time", user | transaction)
    if one.id % 5 == 0:
        sequential = one.run.sequentials[0]
        yield visit.server(visit.after(2), "edx.grades.subsection.grade_calculated", user | transaction | {
            "block_id": sequential, "course_version": "", "weighted_total_earned": 3.0,
            "weighted_total_possible": 3.0, "weighted_graded_earned": 3.0, "weighted_graded_possible": 3.0,
            "first_attempted": stamp(one.attempts[0].moment), "visible_blocks_hash": hexed(sequential),
            "subtree_edited_timestamp": stamp(one.run.starts)})  # fmt: skip
