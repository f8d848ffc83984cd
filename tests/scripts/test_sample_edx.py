"""The edX sample: packages as edX makes them, opened with the key beside them."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections import Counter
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from scripts.sample_sources import edx, edx_keys, edx_packages, write_sample
from scripts.sample_sources.edx_courses import RUNS
from scripts.sample_sources.edx_dirt import (
    ENGY2,
    LEAD1,
    LEAD2,
    LEAD_CAP,
    WEEKS,
)
from scripts.sample_sources.edx_expected import eligible_accounts
from scripts.sample_sources.edx_people import WORKER
from tests.scripts.edx_packages_read import NOT_INSTALLED, recipients

FIRST, SECOND, LAST = WEEKS
FEW = [f"teacher{number}@school.example.sch.uk" for number in range(12)]
OPT_IN = "email-opt-in/email-opt-in-unix-2026-07-26.zip"


# ---------------------------------------------------------------- delivery


def test_packages_have_edx_names_and_one_folder_each(edx_folder):
    zips = {str(path.relative_to(edx_folder / "course-data")) for path in edx_folder.rglob("*.zip")}
    assert zips == {*(f"unix-{day}.zip" for day in WEEKS), OPT_IN}
    for day in WEEKS:
        with zipfile.ZipFile(edx_folder / "course-data" / f"unix-{day}.zip") as archive:
            names = archive.namelist()
        assert {name.split("/")[0] for name in names} == {f"unix-{day}"}
        assert f"unix-{day}/UniX-Lead2x-1T2026-courseware_studentmodule-prod-analytics.sql.gpg" in names
        assert f"unix-{day}/ora/UniX-Engy2x-2T2026-submissions_submission-prod-analytics.sql.gpg" in names
        assert f"unix-{day}/UniX-Engy2x-2T2026-prod.mongo.gpg" in names
    with zipfile.ZipFile(edx_folder / "course-data" / OPT_IN) as archive:
        assert archive.namelist() == ["UniX-email_opt_in-prod-analytics.csv.gpg"]


def test_every_member_is_a_binary_message_to_two_keys(edx_folder):
    with zipfile.ZipFile(edx_folder / "course-data" / f"unix-{LAST}.zip") as archive:
        contents = [archive.read(name) for name in archive.namelist() if not name.endswith("/")]
    assert all(content[0] & 0x80 for content in contents)
    assert len(recipients(contents[0], edx_folder / "key.asc")) == 2


def test_the_key_is_private_and_settings_name_it(edx_folder):
    assert stat.S_IMODE((edx_folder / "key.asc").stat().st_mode) == 0o600
    lines = (edx_folder.parent / "warehouse.env").read_text().splitlines()
    assert f"WAREHOUSE_SOURCES__EDX__UNIX__URL=file://{edx_folder}/course-data" in lines
    assert f"WAREHOUSE_SOURCES__EDX__UNIX__GPG__KEY_FILE={edx_folder}/key.asc" in lines


def test_what_is_unchanged_is_kept_and_nothing_is_left_behind(tmp_path, monkeypatch):
    if shutil.which("gpg") is None:
        pytest.skip(NOT_INSTALLED)
    homes: list[Path] = []

    def remembered(home: Path) -> edx_keys.Gpg:
        homes.append(home)
        return gpg(home)

    gpg = edx_keys.Gpg
    monkeypatch.setattr(edx_keys, "Gpg", remembered)
    assert edx.write_edx(tmp_path, 1, FEW) is None
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    # One for the packages, one for the logs.
    assert len(homes) == 2
    assert not any(home.exists() for home in homes)
    assert {path.suffix for path in before} == {".zip", ".gpg", ".asc", ".json"}
    assert edx.write_edx(tmp_path, 1, FEW) is None
    assert len(homes) == 2, "gpg was asked although nothing changed"
    lost = tmp_path / "course-data" / OPT_IN
    lost.unlink()
    assert edx.write_edx(tmp_path, 1, FEW) is None
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {path for path in after if after[path] != before[path]} == {lost}


def test_the_same_scale_gives_the_same_plain_files_in_any_process():
    script = (
        "from scripts.sample_sources.edx import plain_packages;"
        "from scripts.sample_sources.edx_packages import fingerprint;"
        f"print([fingerprint(members, b'') for members in plain_packages(1, {FEW!r}).values()])"
    )
    root = Path(__file__).parents[2]
    there = subprocess.run(
        [sys.executable, "-c", script], cwd=root, env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    here = [edx_packages.fingerprint(members, b"") for members in edx.plain_packages(1, FEW).values()]
    assert there.stdout.strip() == str(here)


def test_without_gpg_the_others_are_written_and_one_sentence_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(edx, "gpg_is_there", lambda: False)
    env_file = write_sample(tmp_path, 1)
    assert "apt-get install gnupg" in capsys.readouterr().err
    assert "EDX" not in env_file.read_text()
    assert (tmp_path / "sample" / "moodle.sqlite").exists()
    assert not (tmp_path / "sample" / "edx").exists()


def test_a_gpg_that_fails_is_one_sentence_and_leaves_nothing(tmp_path):
    if shutil.which("gpg") is None:
        pytest.skip(NOT_INSTALLED)
    (tmp_path / "key.asc").write_text("not a key")
    said = edx.write_edx(tmp_path, 1, FEW)
    assert said is not None
    assert said.startswith("The sample has no edX packages, because gpg ended with 2")
    assert list(tmp_path.rglob("*.zip")) == []


# ---------------------------------------------------------------- people and courses


def test_about_250_learners_in_six_runs_of_40_to_150(packages):
    people = set()
    for run in RUNS:
        day = SECOND if run.entity == LEAD1 else LAST
        users = packages.file(day, run.entity, "auth_user").dicts
        people |= {row["id"] for row in users}
        assert 40 <= len(packages.file(day, run.entity, "student_courseenrollment").dicts) <= 150, run
    assert 240 <= len(people) <= 275


def test_some_learn_on_other_platforms_too(packages, edx_folder):
    addresses = set(packages.spread(LAST, "auth_user", "email"))
    for platform, query in (
        ("subscriptions", "select email from contacts"), ("moodle", "select email from mdl_user"),
    ):  # fmt: skip
        with closing(sqlite3.connect(edx_folder.parent / f"{platform}.sqlite")) as source:
            known = {email for (email,) in source.execute(query)}
        assert len(known & addresses) >= 5, platform


def test_modes_statuses_and_roles_occur(packages):
    assert {"audit", "verified", "honor", "no-id-professional"} <= (
        set(packages.spread(LAST, "student_courseenrollment", "mode"))
    )
    assert set(packages.spread(LAST, "student_courseenrollment", "is_active")) == {"0", "1"}
    statuses = set(packages.spread(LAST, "certificates_generatedcertificate", "status"))
    assert statuses >= {"downloadable", "audit_passing", "notpassing", "unverified", "audit_notpassing"}
    assert "generating" in statuses
    assert set(packages.spread(LAST, "student_courseaccessrole", "role")) == {
        "instructor",
        "staff",
        "beta_testers",
    }
    assert WORKER in packages.spread(LAST, "auth_user", "username")


def test_two_are_retired_and_one_of_them_only_in_the_last_package(packages):
    def retired(day: date, entity: str) -> set[str | None]:
        users = packages.file(day, entity, "auth_user").dicts
        return {
            row["id"] for row in users if re.fullmatch(r"retired__user_[0-9a-f]{40}", row["username"] or "")
        }

    assert len(retired(SECOND, LEAD2)) == 1
    assert len(retired(LAST, LEAD2)) == 2
    # The course that is not in the last package still names the one who has retired since.
    assert len(retired(SECOND, LEAD1)) == 1


def test_an_address_changes_in_one_course_and_stays_in_another(packages):
    before = {row["id"]: row["email"] for row in packages.file(SECOND, LEAD1, "auth_user").dicts}
    moved = [row for row in packages.file(LAST, LEAD2, "auth_user").dicts if "moved." in (row["email"] or "")]
    assert [before[row["id"]] for row in moved] == [moved[0]["email"].removeprefix("moved.")]


def test_the_capstone_is_open_to_whom_the_story_says(packages, edx_folder):
    """edX's rule on the last package that has each course: both courses passed with a paid certificate."""
    told = edx.told(1, [])
    passed: dict[str, set[int]] = {}
    for run in RUNS:
        day = SECOND if run.entity == LEAD1 else LAST
        passed[run.number] = {
            int(row["user_id"] or 0)
            for row in packages.file(day, run.entity, "certificates_generatedcertificate").dicts
            if row["status"] == "downloadable" and row["mode"] == "verified"
        }
    eligible = eligible_accounts(told)
    assert passed["Lead1x"] & passed["Lead2x"] == eligible["leadership"]
    assert passed["Engy1x"] & passed["Engy2x"] == eligible["energy"]
    assert len(eligible["leadership"]) == len(eligible["energy"]) == 53
    assert passed["Lead1x"] - eligible["leadership"]
    assert passed["LeadCapx"] < eligible["leadership"]
    in_capstone = {
        int(row["user_id"] or 0) for row in packages.file(LAST, LEAD_CAP, "student_courseenrollment").dicts
    }
    assert in_capstone & eligible["leadership"]
    assert eligible["leadership"] - in_capstone


def test_certificates_of_a_course_that_ended_appear_between_two_packages(packages):
    task = "certificates_generatedcertificate"
    assert packages.file(FIRST, ENGY2, task).rows == []
    assert len(packages.file(SECOND, ENGY2, task).dicts) > 80


def test_nothing_is_later_than_its_package(packages):
    for day in WEEKS:
        limit = str(datetime.combine(day, datetime.min.time()) + timedelta(hours=3))
        for name, content in packages.week(day).items():
            if not name.endswith(("course_structure-prod-analytics.json", ".gz")):
                found = re.findall(rb"\b2026-\d\d-\d\d[ T]\d\d:\d\d:\d\d", content)
                assert max((moment.replace(b"T", b" ").decode() for moment in found), default="") <= limit, (
                    name
                )


def test_structures_forum_and_opt_in_are_what_edx_writes(packages):
    week = packages.week(LAST)
    blocks = json.loads(week["UniX-LeadCapx-2T2026-course_structure-prod-analytics.json"])
    (root,) = (name for name, block in blocks.items() if block["category"] == "course")
    assert root == "i4x://UniX/LeadCapx/course/2T2026"
    assert sum(block["metadata"].get("graded", False) for block in blocks.values()) == 5
    posts = [json.loads(line) for line in week["UniX-Lead2x-1T2026-prod.mongo"].splitlines()]
    assert Counter(post["_type"] for post in posts).keys() == {"CommentThread", "Comment"}
    assert {type(post["created_at"]["$date"]) for post in posts} == {int, str, dict}
    opt_in = packages.members[OPT_IN]["UniX-email_opt_in-prod-analytics.csv"].decode()
    rows = list(csv.DictReader(io.StringIO(opt_in, newline="")))
    assert {row["is_opted_in_for_email"] for row in rows} == {"True", "False"}
    assert 'Ann "Nan" Smith,\nthe younger' in {row["full_name"] for row in rows}
    assert "a NUL \x00 in it" in {row["full_name"] for row in rows}
