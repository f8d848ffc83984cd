"""Files that edX's own programs wrote, in place and packed, encrypted and put into a bucket by us."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from pipelines.settings import Settings
from pipelines.sources.edx_package import (
    FileFetch,
    Keyring,
    archive_prefixes,
    course_structure,
    members,
    open_member,
    open_store,
    read_archive_name,
    read_file,
    read_member_name,
)
from tests.sources.edx_package.snapshots import contract, read_all, rows_of

STATES = Path("edx/edx-analytics-pipeline/input/obfuscation/state")
COURSE = "edX-DemoX-Demo_Course"
TASKS = dict.fromkeys(["auth_user", "student_courseenrollment", "student_languageproficiency", "teams",
                       "course_structure"], "")  # fmt: skip


@pytest.fixture(scope="module", params=["input", "output"])
def states(request, real_data) -> dict[str | None, bytes]:
    """The package files by task: as they were, and as edX hid the people in them."""
    folder = real_data / STATES.as_posix().replace("input", request.param)
    return {read_member_name(path.name, TASKS).task: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def tables(states):
    return {
        task: contract(*content.split(b"\n", 1)[0].decode().split("\t"), table=task)
        for task, content in states.items()
        if task != "course_structure"
    }


def test_each_table_is_read_as_it_stands(states, tables):
    assert len(states) == 5
    for task, table in tables.items():
        lines = [line.split("\t") for line in states[task].decode().split("\n")[1:] if line]
        rows, read = read_all(states[task], table)
        assert rows == [tuple(None if cell == "NULL" else cell for cell in line) for line in lines]
        assert (read.refused, read.missing, read.undeclared, read.replaced) == ([], [], [], 0)


def test_the_structure_is_read_as_it_stands(states):
    table = contract(*course_structure.COLUMNS, key=("block_id",), table="course_structure")
    rows, _ = read_all(states["course_structure"], table, FileFetch(format="json_structure"))
    document = json.loads(states["course_structure"])
    assert [row[0] for row in rows] == list(document)
    assert rows[0][1:3] == ("chapter", None)
    assert rows[0][-2] == "1970-01-01 05:00:00"


def test_the_whole_way_from_a_bucket(states, tables, keys, s3, scratch):
    czar = keys.settings("czar")
    keys.settings("master")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for task, content in states.items():
            path = f"demo-2024-03-10/{COURSE}-{task}-prod-analytics.sql.gpg"
            archive.writestr(path, keys.encrypted(content, "master", "czar"))
        archive.writestr("demo-2024-03-10/../out.gpg", b"")
    s3.put("whole-way", "demo-2024-03-10.zip", packed.getvalue())
    store = open_store(s3.instance("whole-way"), Settings())
    (listed,) = store.objects(archive_prefixes("demo"))
    assert read_archive_name(listed.key).snapshot_date == date(2024, 3, 10)
    seen = {}
    with store.open(listed) as file, Keyring(czar, scratch) as keyring:
        for member in members(file):
            name = read_member_name(member.name, TASKS)
            if member.refused or name.task not in tables:
                continue
            blocks = keyring.decrypt(open_member(member))
            read = read_file("tsv", blocks, tables[name.task], FileFetch(format="tsv"), name.entity)
            assert name.entity == COURSE
            seen[name.task] = len([row for batch in read.batches() for row in batch.to_pylist()])
    expected = {task: states[task].count(b"\n") - 1 for task in tables}
    assert seen == expected


def test_the_forum_document_of_the_guide_is_read_when_it_is_one_line(real_data):
    """The guide breaks it over lines; the breaks are taken out as its typesetter put them in."""
    text = (real_data / "edx" / "edx-documentation" / "forum_thread_old_style.txt").read_bytes()
    table = contract("_id", "type", "author_id", "created_at", "votes_up", key=("_id",), table="forum")
    line = text.replace(b"\n", b" ")
    read = read_file("mongo", [line], table, FileFetch(format="mongo"), COURSE)
    rows = [list(batch.to_pylist()[0].values())[1:-1] for batch in read.batches()]
    assert rows == [
        ["50f1dd4ae05f6d2600000001", "CommentThread", "NNNNNNN", "2013-01-12 22:01:46.904000", "1"]
    ]
    assert rows_of(read_file("mongo", [text], table, FileFetch(format="mongo"), COURSE)) == []
