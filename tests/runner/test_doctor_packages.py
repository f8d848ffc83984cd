"""`warehouse doctor` on an instance of packages: its store, its archives' age, its key."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.runner.doctor.finding import Finding
from pipelines.runner.doctor.packages import examine_packages
from pipelines.settings import Settings
from tests.servers.gpg_keys import NOT_INSTALLED, GpgKeys, installed
from tests.servers.processes import new_home

NOW = datetime(2026, 7, 31, 6)


@pytest.fixture(scope="module")
def keys() -> Iterator[GpgKeys]:
    if not installed():
        pytest.skip(NOT_INSTALLED)
    made = GpgKeys()
    yield made
    made.stop()


@pytest.fixture
def store(tmp_path) -> Path:
    (tmp_path / "store").mkdir()
    return tmp_path / "store"


def found(store: Path, key_file: Path | None, **source: Any) -> dict[str, Finding]:
    """Findings by check, of an instance `unix`."""
    where: dict[str, Any] = {"url": store.as_uri(), **source}
    if key_file:
        where["gpg"] = {"key_file": key_file}
    home = new_home("wh-doctor-")
    sources: dict[str, Any] = {"edx": {"unix": where}}
    findings = list(examine_packages(Settings(home=home, as_of=NOW, sources=sources), "edx", "unix"))
    shutil.rmtree(home)
    assert {finding.subject for finding in findings} == {"edx/unix"}
    return {finding.check: finding for finding in findings}


def deliver(store: Path, *days: str, organisation: str = "unix") -> None:
    for day in days:
        (store / f"{organisation}-{day}.zip").write_bytes(b"not opened")


def test_all_is_well(keys, store):
    deliver(store, "2026-07-19", "2026-07-26")
    checks = found(store, keys.settings("unix").key_file)
    assert {name: finding.level for name, finding in checks.items()} == {"source": "ok", "key": "ok"}
    assert "2 archives, the newest of 2026-07-26" in checks["source"].said


@pytest.mark.parametrize("organisation", ["other", None])
def test_no_archive_of_the_organisation(keys, store, organisation):
    if organisation:
        deliver(store, "2026-07-26", organisation=organisation)
    finding = found(store, keys.settings("unix").key_file)["source"]
    assert finding.level == "warning"
    assert "no archive of the organisation" in finding.said


def test_the_newest_archive_is_old(keys, store):
    deliver(store, "2026-07-12", "2026-07-22")
    finding = found(store, keys.settings("unix").key_file)["source"]
    assert finding.level == "warning"
    assert "the newest of 2026-07-22, more than a week ago" in finding.said


def test_a_folder_that_is_not_there(keys, store):
    store.rmdir()
    checks = found(store, keys.settings("unix").key_file)
    assert [finding.level for finding in checks.values()] == ["failure"]
    assert "is not there" in checks["source"].said


def test_a_key_that_is_none(store, tmp_path):
    if not installed():
        pytest.skip(NOT_INSTALLED)
    deliver(store, "2026-07-26")
    wrong = tmp_path / "wrong.key"
    wrong.write_text("no key at all")
    wrong.chmod(0o600)
    checks = found(store, wrong)
    [failure] = [one for one in checks.values() if one.level == "failure"]
    assert "wrong.key" in failure.said
    assert "key" not in checks, "it is not said to be of use"


def test_a_key_that_others_may_read(keys, store, tmp_path):
    deliver(store, "2026-07-26")
    copied = tmp_path / "open.key"
    copied.write_bytes(keys.settings("unix").key_file.read_bytes())
    copied.chmod(0o644)
    [failure] = [one for one in found(store, copied).values() if one.level == "failure"]
    assert "others may read it" in failure.said


def test_no_key_is_set(store):
    deliver(store, "2026-07-26")
    [failure] = [one for one in found(store, None).values() if one.level == "failure"]
    assert failure.said == "No gpg key is set, so no file can be decrypted."


def test_gpg_is_not_installed(keys, store, monkeypatch):
    deliver(store, "2026-07-26")
    monkeypatch.setattr("pipelines.sources.edx_package.gpg_home.shutil.which", lambda *_, **__: None)
    [failure] = [
        one for one in found(store, keys.settings("unix").key_file).values() if one.level == "failure"
    ]
    assert "gpg is not installed" in failure.said


def test_archives_of_a_neighbour_with_a_longer_name_are_not_counted(keys, store):
    deliver(store, "2026-07-26")
    deliver(store, "2026-07-27", organisation="unix-press")
    finding = found(store, keys.settings("unix").key_file)["source"]
    assert "1 archives, the newest of 2026-07-26" in finding.said


def log(store: Path, day: str) -> None:
    path = store / f"unix/edx/events/2026/unix-edx-events-{day}.log.gz.gpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"not opened")


@pytest.mark.parametrize(("newest", "level"), [("2026-07-30", "ok"), ("2026-07-26", "warning")])
def test_daily_logs_are_counted_and_the_newest_is_recent(keys, store, newest, level):
    deliver(store, "2026-07-26")
    log(store, "2026-07-25")
    log(store, newest)
    finding = found(store, keys.settings("unix").key_file)["logs"]
    assert finding.level == level
    assert finding.said.startswith(f"2 daily logs, the newest of {newest}")


def test_a_place_of_their_own_without_a_log_is_said(keys, store, tmp_path):
    deliver(store, "2026-07-26")
    (tmp_path / "events").mkdir()
    finding = found(store, keys.settings("unix").key_file, events_url=(tmp_path / "events").as_uri())["logs"]
    assert (finding.level, finding.said) == ("warning", "no daily log is there")
