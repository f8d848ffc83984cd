"""Deliberate dirt in the sample's edX packages: members that failed, are empty, unknown, of another site."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from datetime import date, datetime

from scripts.sample_sources.edx_courses import HOMEWORK_WEIGHT, PASS_MARK, RUNS, Run
from scripts.sample_sources.edx_dirt import ENGY1, ENGY2, LEAD1, LEAD2, WEEKS
from scripts.sample_sources.edx_packages import EDGE, Members, member_name
from scripts.sample_sources.edx_people import FIRST_ID, Account, user_table
from scripts.sample_sources.edx_writer import Table, sql_file

EDGE_ADDRESS = "somebody.else@edge.example"
RUNS_BY_ENTITY = {run.entity: run for run in RUNS}
ABSENT = LEAD1
FAILED = f"{member_name(LEAD2, 'teams')}.failed"
UNKNOWN = member_name(ENGY1, "examples")
OF_EDGE = (member_name(LEAD2, "auth_user", site=EDGE), "UniX-SandX-1T2026-edge.mongo")
ZERO_BYTES = member_name(ENGY2, "user_api_usercoursetag")
HEADER_ONLY = tuple(member_name(entity, "credit_crediteligibility") for entity in (LEAD2, ENGY2))
OLX = tuple(member_name(run.entity, "course", "xml.tar.gz") for run in RUNS if run.complete)


def spoil_files(members: Members, day: date) -> None:
    """Puts a week's dirt among its members, which are named without the package's folder."""
    members[ZERO_BYTES] = b""
    members[OF_EDGE[0]] = sql_file(_edge_accounts())
    members[OF_EDGE[1]] = b'{"_id": {"$oid": "5f0000000000000000000001"}, "_type": "CommentThread"}\n'
    for run in RUNS:
        if run.complete:
            members[member_name(run.entity, "course", "xml.tar.gz")] = _course_archive(run)
    if day == WEEKS[1]:
        members[UNKNOWN] = b"id\tname\n1\texample\n"
    if day == WEEKS[2]:
        # edX puts the reason in place of the data, under the name with `.failed` behind it.
        del members[member_name(LEAD2, "teams")]
        members[FAILED] = b"An error occurred generating this file.\n"
        structure = member_name(ENGY2, "course_structure", "json")
        members[structure] = _without_a_block(members[structure])
        for name in [name for name in members if name.startswith(f"{ABSENT}-")]:
            del members[name]


def _edge_accounts() -> Table:
    """An account of edge.edx.org under the number of one of edx.org: the two sites count apart."""
    number = FIRST_ID + 100
    account = Account(number, "somebody_else", EDGE_ADDRESS, "Somebody Else", datetime(2020, 1, 1))
    return user_table([account], {}, datetime(2026, 7, 1))


def _without_a_block(structure: bytes) -> bytes:
    """The course without its last video, which learners had seen: their states stay."""
    blocks = json.loads(structure)
    gone = RUNS_BY_ENTITY[ENGY2].videos[-1]
    del blocks[gone]
    for block in blocks.values():
        block["children"] = [child for child in block["children"] if child != gone]
    return json.dumps(blocks, indent=2, sort_keys=True).encode()


def _course_archive(run: Run) -> bytes:
    """The course as Studio exports it, as small as it can be."""
    policy = {
        "GRADER": [
            {"type": "Homework", "weight": HOMEWORK_WEIGHT, "min_count": 4, "drop_count": 0},
            {"type": "Final Exam", "weight": 1 - HOMEWORK_WEIGHT, "min_count": 1, "drop_count": 0},
        ],
        "GRADE_CUTOFFS": {"Pass": PASS_MARK},
    }  # fmt: skip
    root = f'<course url_name="{run.term}" org="UniX" course="{run.number}"/>'
    files = {"course/course.xml": root.encode(),
             f"course/policies/{run.term}/grading_policy.json": json.dumps(policy).encode()}  # fmt: skip
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)
