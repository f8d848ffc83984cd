"""The `ora/` tables of a course run: essays, who assessed them, and how they went through."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from scripts.sample_sources.edx_courses import Run
from scripts.sample_sources.edx_enrolments import Enrolment
from scripts.sample_sources.edx_people import hexed
from scripts.sample_sources.edx_progress import anonymous_id
from scripts.sample_sources.edx_writer import Table

ESSAY = "A heron leads by standing still"
AUTHORS = 12
# Tables as the model has their columns; `id` comes first in each.
COLUMNS = {
    "submissions_studentitem": "student_id course_id item_id item_type",
    "submissions_submission": "uuid attempt_number submitted_at created_at raw_answer student_item_id status "
    "team_submission_id",
    "submissions_score": "points_earned points_possible created_at reset student_item_id submission_id",
    "submissions_scoresummary": "highest_id latest_id student_item_id",
    "assessment_assessment": "submission_uuid scored_at scorer_id score_type feedback rubric_id",
    "assessment_assessmentpart": "feedback assessment_id criterion_id option_id",
    "assessment_assessmentfeedback": "submission_uuid feedback_text",
    "assessment_assessmentfeedback_assessments": "assessmentfeedback_id assessment_id",
    "assessment_assessmentfeedback_options": "assessmentfeedback_id assessmentfeedbackoption_id",
    "assessment_assessmentfeedbackoption": "text",
    "assessment_rubric": "content_hash structure_hash",
    "assessment_criterion": "name label order_num prompt rubric_id",
    "assessment_criterionoption": "order_num points name label explanation criterion_id",
    "assessment_peerworkflow": "student_id item_id course_id submission_uuid created_at completed_at "
    "grading_completed_at cancelled_at",
    "assessment_peerworkflowitem": "submission_uuid started_at scored assessment_id author_id scorer_id",
    "assessment_studenttrainingworkflow": "submission_uuid student_id item_id course_id",
    "assessment_studenttrainingworkflowitem": "order_num started_at completed_at training_example_id "
    "workflow_id",
    "assessment_trainingexample": "raw_answer rubric_id content_hash",
    "assessment_trainingexample_options_selected": "trainingexample_id criterionoption_id",
    "workflow_assessmentworkflow": "created modified status status_changed submission_uuid uuid course_id "
    "item_id",
    "workflow_assessmentworkflowstep": "name submitter_completed_at assessment_completed_at order_num "
    "workflow_id skipped",
}


def essay_tables(run: Run, enrolments: Sequence[Enrolment], now: datetime) -> dict[str, Table]:
    """By task: the first authors of the run hand in an essay, assess themselves and the one before them."""
    tables = {task: Table(("id", *columns.split())) for task, columns in COLUMNS.items()}
    base = int(run.starts.strftime("%m%d")) * 100
    _rubric(tables, base)
    # Who will ever hand in, so that a later package gives nobody another number.
    authors = [one for one in enrolments if one.account.role == "learner" and len(one.attempts) > 6]
    handed_in = [len(one.tried(now)) > 6 for one in authors]
    for place, one in enumerate(authors[:AUTHORS]):
        if handed_in[place]:
            _essay(tables, base + place, one, place > 0 and handed_in[place - 1])
    return tables


def _rubric(tables: dict[str, Table], base: int) -> None:
    tables["assessment_rubric"].add(base, hexed(f"rubric {base}"), hexed("structure"))
    tables["assessment_criterion"].add(base, "ideas", "Ideas", 0, "How clear are they?", base)
    for points, name in enumerate(("Poor", "Fair", "Good")):
        tables["assessment_criterionoption"].add(
            base + points, points, points, name, name, "Because.\nSo there.", base
        )
    tables["assessment_assessmentfeedbackoption"].add(base, "This assessment was useful.")
    tables["assessment_trainingexample"].add(base, json.dumps({"answer": ESSAY}), base, hexed("example"))
    tables["assessment_trainingexample_options_selected"].add(base, base, base + 2)


def _essay(tables: dict[str, Table], number: int, one: Enrolment, before: bool) -> None:
    run, student, base = one.run, anonymous_id(one), number // 100 * 100
    item, uuid = run.block("openassessment", "essay"), hexed(f"submission {run.entity} {number}")
    moment = one.attempts[6].moment
    tables["submissions_studentitem"].add(number, student, run.course_id, item, "openassessment")
    # Text in JSON in JSON, as the essay's own editor sends it.
    answer = json.dumps({"parts": [{"text": f'{ESSAY}.\n\tC:\\herons "{number}"'}]})
    tables["submissions_submission"].add(number, uuid, 1, moment, moment, answer, number, "D", None)
    tables["submissions_score"].add(number, 1 + number % 2, 2, moment, False, number, number)
    tables["submissions_scoresummary"].add(number, number, number, number)
    tables["assessment_studenttrainingworkflow"].add(number, uuid, student, item, run.course_id)
    tables["assessment_studenttrainingworkflowitem"].add(number, 0, moment, moment, base, number)
    _assessed(tables, 2 * number, uuid, student, "SE", moment)
    tables["assessment_peerworkflow"].add(
        number, student, item, run.course_id, uuid, moment, moment if before else None, None, None
    )
    if before:
        # The one before is assessed by this one.
        other = hexed(f"submission {run.entity} {number - 1}")
        _assessed(tables, 2 * number + 1, other, student, "PE", moment)
        tables["assessment_peerworkflowitem"].add(
            number, other, moment, True, 2 * number + 1, number - 1, number
        )
        tables["assessment_assessmentfeedback"].add(number, other, "Thank you\r\nvery much")
        tables["assessment_assessmentfeedback_assessments"].add(number, number, 2 * number + 1)
        tables["assessment_assessmentfeedback_options"].add(number, number, base)
    _workflow(tables, number, uuid, one, item, moment)


def _assessed(
    tables: dict[str, Table], number: int, uuid: str, scorer: str, kind: str, moment: datetime
) -> None:
    base = number // 200 * 100
    tables["assessment_assessment"].add(number, uuid, moment, scorer, kind, "Well\tput", base)
    tables["assessment_assessmentpart"].add(number, "", number, base, base + 1 + number % 2)


def _workflow(
    tables: dict[str, Table], number: int, uuid: str, one: Enrolment, item: str, moment: datetime
) -> None:
    done = number % 3 > 0
    later = moment + timedelta(minutes=50)
    tables["workflow_assessmentworkflow"].add(
        number, moment, later, "done" if done else "peer", later, uuid, hexed(f"workflow {number}"),
        one.run.course_id, item,
    )  # fmt: skip
    for order, name in enumerate(("training", "peer", "self")):
        finished = later if done or name == "training" else None
        tables["workflow_assessmentworkflowstep"].add(
            3 * number + order, name, finished, finished, order, number, False
        )
