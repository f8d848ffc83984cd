"""`warehouse doctor`: each thing it looks at, healthy and not, on a platform whose source is a file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.runner.doctor import examine, exit_code
from pipelines.runner.doctor import home as doctors_home
from pipelines.settings import Settings
from pipelines.warehouse.sqlserver import system
from tests.landing.shop import CONTRACT, WINDOW
from tests.runner.examined import found, only

Usage = namedtuple("Usage", "total used free")
GIGABYTE = 1024**3
HOLD = "import sys, duckdb; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


# ---------------------------------------------------------------- healthy


def test_a_healthy_home_has_nothing_but_good_lines(shop):
    shop.landed()
    shop.close()
    findings = found()
    assert {finding.level for finding in findings.values()} == {"ok"}
    assert set(findings) == {
        ("settings", "settings"), ("keys", "pseudonym key"), ("keys", "sealing key"), ("home", "disk"),
        ("warehouse", "file"), ("shop/main", "freshness"), ("shop", "contract"), ("shop", "strategies"),
        ("shop/main", "source"), ("shop/main", "tables"),
    }  # fmt: skip
    assert exit_code(list(findings.values())) == 0


def test_it_changes_nothing(shop):
    before = sorted(shop.folder.rglob("*"))
    assert found()["warehouse", "file"].said.endswith("will be made by the first run")
    assert sorted(shop.folder.rglob("*")) == before


# ---------------------------------------------------------------- settings, keys, home


def test_settings_that_cannot_be_read_are_the_only_line(shop, monkeypatch, tmp_path):
    secrets = tmp_path / "warehouse.env"
    secrets.write_text("WAREHOUSE_SEALING_KEY=x\n")
    secrets.chmod(0o644)
    monkeypatch.setenv("WAREHOUSE_ENV_FILE", str(secrets))
    [finding] = examine(None)
    assert (finding.level, finding.advice) == ("failure", f"Run: chmod 600 {secrets}")
    secrets.chmod(0o600)
    assert found()["settings", "settings"].said == f"read from {secrets}, which nobody else may read"


@pytest.mark.parametrize(
    ("name", "value", "check", "said"),
    [
        ("PSEUDONYM_KEY", "", "pseudonym key", "WAREHOUSE_PSEUDONYM_KEY is not set"),
        ("PSEUDONYM_KEY", "abc", "pseudonym key", "must be 64 to 128 hex digits"),
        ("PSEUDONYM_KEY_ID", "sample", "pseudonym key", "may only be used on the sample"),
        ("SEALING_KEY", "zz", "sealing key", "must be 64 hex digits"),
    ],
)
def test_a_key_that_cannot_be_used_is_a_failure(shop, monkeypatch, name, value, check, said):
    monkeypatch.setenv(f"WAREHOUSE_{name}", value)
    finding = only("failure")
    assert (finding.subject, finding.check) == ("keys", check)
    assert said in finding.said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SEALING_KEY_ID", "sample", "the sample's sealing key is not secret, and it seals rows of shop"),
        ("SEALING_KEY", "ab" * 32, "the sealing key and the pseudonym key are the same"),
    ],
)
def test_a_sealing_key_that_protects_little_is_a_warning(shop, monkeypatch, name, value, said):
    monkeypatch.setenv(f"WAREHOUSE_{name}", value)
    assert only("warning").said == said


def test_another_pseudonym_key_than_the_one_that_landed(shop, monkeypatch):
    shop.landed()
    shop.close()
    monkeypatch.setenv("WAREHOUSE_PSEUDONYM_KEY", "ef" * 32)
    finding = only("failure")
    assert "shop was landed under pseudonym key `k1`, and the key is another one now" in finding.said


@pytest.mark.parametrize(
    ("free", "level"), [(10 * GIGABYTE, "ok"), (GIGABYTE, "warning"), (GIGABYTE // 10, "failure")]
)
def test_space_on_the_homes_disk(shop, monkeypatch, free, level):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(free, 0, free))
    assert found()["home", "disk"].level == level


def test_a_home_that_cannot_be_written(shop, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "cannot be written" in only("failure").said


def test_a_warehouse_that_somebody_else_has_open_is_a_warning(shop):
    shop.landed()
    shop.close()
    command = [sys.executable, "-c", HOLD, str(shop.folder / "home" / "warehouse.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        finding = only("warning")
        holder.kill()
    assert (finding.subject, finding.check) == ("warehouse", "file")
    assert "is held by another process" in finding.said
    assert not found("warning")


def test_a_warehouse_file_that_is_none(shop):
    (shop.folder / "home").mkdir()
    (shop.folder / "home" / "warehouse.duckdb").write_bytes(b"no database" * 1000)
    assert only("failure").check == "file"


@pytest.mark.parametrize(("hours", "level"), [(30, "ok"), (50, "warning"), (80, "failure")])
def test_a_source_that_was_not_looked_at_for_long(shop, hours, level):
    limits = "{warn_after: {count: 36, period: hour}, error_after: {count: 72, period: hour}}"
    freshness = f"    config: {{freshness: {limits}}}\n"
    shop.contract(CONTRACT.replace("    tables:\n", f"{freshness}    tables:\n"))
    shop.landed()
    shop.warehouse.execute("update ops.landings set looked_at = looked_at - to_hours(?)", [hours])
    shop.close()
    finding = found()["shop/main", "freshness"]
    assert finding.level == level
    assert f"s_things was last looked at {hours} hours ago" in finding.said


# ---------------------------------------------------------------- libraries


def test_what_sql_servers_driver_lacks_is_named_with_the_line_that_installs_it(shop, monkeypatch):
    assert ("libraries", "SQL Server") not in found()
    url = "mssql://reader:word@127.0.0.1:1/db"
    settings = Settings.model_validate({"sources": {"shop": {"main": {"url": url}}}})
    monkeypatch.setattr(system, "_loads", lambda library: library == "libltdl.so.7")
    [finding] = doctors_home.examine_libraries(settings, ["shop"])
    assert (finding.level, finding.advice) == ("failure", "apt-get install libkrb5-3 libgssapi-krb5-2")
    monkeypatch.setattr(system, "_loads", lambda library: True)
    assert [line.level for line in doctors_home.examine_libraries(settings, ["shop"])] == ["ok"]


def test_ci_installs_the_libraries_the_doctor_names():
    listed = (Path(__file__).parents[2] / ".ci" / "run").read_text(encoding="utf-8")
    assert all(package in listed for package in system.ALL_LIBRARIES)
    assert system._loads("libc.so.6")
    assert not system._loads("libnothing-of-the-kind.so.0")


# ---------------------------------------------------------------- the command


def test_the_command_shows_a_sign_a_line_and_its_exit_code(shop):
    healthy = CliRunner().invoke(app, ["doctor"])
    assert healthy.exit_code == 0
    assert "✓" in healthy.stdout
    assert "!" not in healthy.stdout
    shop.fetch(WINDOW + ", sweep_every_days: 0")
    warned = CliRunner().invoke(app, ["doctor", "shop"])
    assert (warned.exit_code, warned.stdout.count("│ ! │")) == (3, 1)
    (shop.folder / "main.sqlite").unlink()
    failed = CliRunner().invoke(app, ["doctor"])
    assert (failed.exit_code, failed.stdout.count("│ ✗ │")) == (1, 1)


def test_for_machines_it_is_a_list_of_findings(shop):
    shop.fetch(WINDOW + ", sweep_every_days: 0")
    done = CliRunner().invoke(app, ["doctor", "--json"])
    told = json.loads(done.stdout)
    assert done.exit_code == 3
    assert all(set(line) == {"subject", "check", "level", "said", "advice", "names"} for line in told)
    assert [line["names"] for line in told if line["level"] == "warning"] == [["s_things"]]


def test_nothing_secret_is_shown(shop, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_SOURCES__SHOP__MAIN__URL", "mysql://reader:s3cr3t@127.0.0.1:1/db")
    monkeypatch.setenv("WAREHOUSE_CONNECT_TIMEOUT", "1")
    done = CliRunner().invoke(app, ["doctor", "--json"])
    assert done.exit_code == 1
    assert "did not answer" in done.stdout
    assert "s3cr3t" not in done.stdout
    assert "ab" * 32 not in done.stdout


def test_a_look_in_the_future_is_no_stale_one(shop):
    shop.landed()
    shop.warehouse.execute("update ops.landings set looked_at = looked_at + ?", [timedelta(hours=2)])
    shop.close()
    assert found()["shop/main", "freshness"].level == "ok"
