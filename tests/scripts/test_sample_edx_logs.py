"""The edX sample's tracking logs: where they are, how they are kept, how many lines of what shape."""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from scripts.sample_sources import edx, edx_keys
from scripts.sample_sources.edx_dirt import WEEKS
from scripts.sample_sources.edx_log_lines import REQUEST_LENGTH
from scripts.sample_sources.edx_logs import (
    EDGE_LOG,
    EMPTY,
    FIRST_DAY,
    LAST_DAY,
    OLD_LOG,
    PATCHED,
    WITHOUT_FILE,
    log_name,
    plain_logs,
    write_logs,
)
from tests.scripts.edx_logs_read import lines_of, payload
from tests.scripts.edx_packages_read import NOT_INSTALLED, recipients

SITE = "unix/edx/events/2026/unix-edx-events-"
DAYS = [FIRST_DAY + timedelta(days=offset) for offset in range(60)]


# ---------------------------------------------------------------- delivery


def test_sixty_days_end_with_the_last_package_and_have_edx_keys(edx_folder):
    folder = edx_folder / "course-data"
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.log.gz.gpg")}
    days = {f"{SITE}{day}.log.gz.gpg" for day in DAYS if day != WITHOUT_FILE}
    others = {
        "unix/patches/events/2026/unix-patches-events-2026-07-08.log.gz.gpg",
        "unix/edge/events/2026/unix-edge-events-2026-07-20.log.gz.gpg",
        "unix/edx/events/2014/unix-edx-2014-07-25.log.gz.gpg",
    }
    assert found == days | others
    assert date(2026, 7, 26) == LAST_DAY == WEEKS[-1]


def test_every_log_is_a_binary_message_to_the_organisation(edx_folder):
    files = list((edx_folder / "course-data").rglob("*.log.gz.gpg"))
    assert all(path.read_bytes()[0] & 0x80 for path in files)
    assert len(recipients(files[0].read_bytes(), edx_folder / "key.asc")) == 1


def test_nothing_is_plain_on_disk(edx_folder):
    marks = (b"event_source", b"\x1f\x8b\x08\x00\x00\x00\x00\x00")
    files = [path for path in edx_folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".zip", ".gpg", ".asc", ".json"}
    for path in files:
        content = path.read_bytes()
        assert marks[0] not in content, path
        assert not content.startswith(marks[1]), path


def test_logs_are_kept_while_nothing_changed_and_only_the_lost_one_is_made_again(
    edx_folder, tmp_path, monkeypatch
):
    shutil.copy(edx_folder / "key.asc", tmp_path)
    logs = {log_name(DAYS[0]): b"{}\n", log_name(DAYS[1]): b"{}\n"}
    folder = tmp_path / "course-data"
    write_logs(folder, tmp_path / "key.asc", logs)
    before = {path: path.read_bytes() for path in folder.rglob("*.gpg")}
    assert len(before) == 2
    write_logs(folder, tmp_path / "key.asc", logs)
    assert {path: path.read_bytes() for path in before} == before
    (folder / f"{log_name(DAYS[0])}.gz.gpg").unlink()
    write_logs(folder, tmp_path / "key.asc", logs)
    changed = {path.name for path, content in before.items() if path.read_bytes() != content}
    assert changed == {f"unix-edx-events-{DAYS[0]}.log.gz.gpg"}
    write_logs(folder, tmp_path / "key.asc", logs | {log_name(DAYS[1]): b"[]\n"})
    changed = {path.name for path, content in before.items() if path.read_bytes() != content}
    assert len(changed) == 2


def test_plain_text_reaches_gpg_through_a_pipe_only(edx_folder, tmp_path, monkeypatch):
    shutil.copy(edx_folder / "key.asc", tmp_path)
    written: list[bytes] = []
    put = Path.write_bytes

    def spy(path: Path, content: bytes) -> int:
        written.append(content)
        return put(path, content)

    monkeypatch.setattr(Path, "write_bytes", spy)
    write_logs(tmp_path / "course-data", tmp_path / "key.asc", {log_name(DAYS[0]): b'{"heron": 1}\n'})
    assert len(written) == 2
    assert not any(b"heron" in content or content.startswith(b"\x1f\x8b") for content in written)


def test_a_gpg_that_refuses_the_key_leaves_no_log(tmp_path):
    if shutil.which("gpg") is None:
        pytest.skip(NOT_INSTALLED)
    (tmp_path / "key.asc").write_text("not a key")
    with pytest.raises(edx_keys.GpgRefused, match="apt-get install gnupg"):
        write_logs(tmp_path / "course-data", tmp_path / "key.asc", {log_name(DAYS[0]): b"{}\n"})
    assert [path.name for path in tmp_path.iterdir()] == ["key.asc"]


def test_the_same_scale_gives_the_same_plain_logs_in_any_process():
    script = (
        "import hashlib;from scripts.sample_sources import edx;"
        "from scripts.sample_sources.edx_logs import plain_logs;"
        "logs = plain_logs(edx.told(1, []), 1);"
        "print(hashlib.sha256(repr(sorted(logs.items())).encode()).hexdigest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    logs = plain_logs(edx.told(1, []), 1)
    assert there.stdout.strip() == hashlib.sha256(repr(sorted(logs.items())).encode()).hexdigest()


# ---------------------------------------------------------------- size and shape


def test_400_to_640_lines_a_day_of_which_85_in_100_are_requests(logs):
    counts = {day: len(lines_of(logs.of(day))) for day in DAYS if day not in (WITHOUT_FILE, EMPTY)}
    assert min(counts.values()) >= 390
    assert max(counts.values()) <= 650
    assert 28_000 <= sum(counts.values()) <= 32_000
    requests = sum(record["event_type"].startswith("/") for record in logs.records)
    assert 0.82 <= requests / len(logs.records) <= 0.88
    assert logs.of(EMPTY) == b""


def test_twice_the_scale_has_twice_the_lines():
    one, two = (plain_logs(edx.told(scale, []), scale) for scale in (1, 2))
    sizes = [sum(content.count(b"\n") for content in logs.values()) for logs in (one, two)]
    assert 1.9 <= sizes[1] / sizes[0] <= 2.1
    assert one.keys() == two.keys()


def test_lines_are_in_no_order_and_a_file_has_its_day_by_receipt(logs):
    for day in DAYS:
        if day in (WITHOUT_FILE, EMPTY):
            continue
        times = re.findall(rb'"(?:received_at|time)": "([^"]{19})', logs.of(day))
        assert times != sorted(times)
    late = [record for record in logs.records if record["event_source"] == "mobile"]
    assert sum(record["time"][:10] != record["context"]["received_at"][:10] for record in late) > 100
    assert min(record["time"] for record in late if record["time"] > "2002") < str(FIRST_DAY)


def test_some_requests_are_cut_in_the_middle(logs):
    texts = [record["event"] for record in logs.records if record["event_type"].startswith("/")]
    cut = [text for text in texts if len(text) == REQUEST_LENGTH]
    assert len(cut) > 100
    assert all("POST" in text and not text.endswith("}") for text in cut)
    assert max(map(len, texts)) == REQUEST_LENGTH
    assert {"{}"} < {text[9:11] for text in texts}


def test_all_families_and_both_spellings_occur(logs):
    names = Counter(record["event_type"] for record in logs.records)
    families = (
        "edx.course.enrollment.", "seq_", "edx.ui.lms.", "problem_", "showanswer", "save_problem_success",
        "reset_problem", "edx.problem.hint.", "edx.grades.", "edx.forum.thread.", "edx.forum.response.",
        "edx.forum.comment.created", "edx.forum.searched", "edx.bookmark.", "edx.certificate.", "edx.cohort.",
        "openassessmentblock.", "edx.librarycontentblock.", "xblock.poll.", "textbook.pdf.",
        "edx.course.student_notes.", "edx.bi.", "edx.instructor.", "list-students", "edx.user.settings.",
    )  # fmt: skip
    missing = [family for family in families if not any(name.startswith(family) for name in names)]
    assert missing == []
    played = Counter((record["event_source"], record["name"]) for record in logs.named("play_video"))
    assert played.keys() >= {
        ("browser", "play_video"), ("browser", "edx.video.played"), ("mobile", "edx.video.played"),
    }  # fmt: skip
    forms = {type(record["event"]) for record in logs.records if record["event_source"] == "mobile"}
    assert forms == {str, dict}


def test_players_report_offsets_and_lengths_in_every_form(logs):
    played = [payload(record) for record in logs.named("play_video", "pause_video")]
    offsets = [event.get("currentTime", "missing") for event in played]
    assert {type(offset) for offset in offsets} == {int, float, str, type(None)}
    assert any(isinstance(offset, float) and math.isnan(offset) for offset in offsets)
    assert "missing" in offsets
    assert any(re.fullmatch(r"[\d.]+", str(offset)) for offset in offsets if isinstance(offset, str))
    lengths = {event.get("duration", "missing") for event in played}
    assert {None, 0, "missing"} < lengths
    moved = [payload(record) for record in logs.named("seek_video")]
    assert {event["old_time"] == event["new_time"] for event in moved} == {True, False}
    assert any(event.get("id", "").startswith("\n") for event in played)


# ---------------------------------------------------------------- other files


def test_a_patch_repeats_its_day_with_a_few_lines_more(logs):
    day, patch = (Counter(lines_of(logs.of(PATCHED, site))) for site in ("edx", "patches"))
    assert day <= patch
    assert sum((patch - day).values()) == 5


def test_files_of_2014_and_of_edge(logs):
    old = [json.loads(line) for line in lines_of(logs.files[OLD_LOG])]
    assert all(record["time"].startswith("2014-07-25T") for record in old)
    assert any("name" not in record and "context" not in record for record in old)
    assert any(not record["time"].endswith("+00:00") for record in old)
    edge = [json.loads(line) for line in lines_of(logs.files[EDGE_LOG])]
    assert {record["host"] for record in edge} == {"edge.edx.org"}
    assert datetime.fromisoformat(edge[0]["time"])
