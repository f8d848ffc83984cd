"""What conftest promises: in CI a server's absence fails the run, and a test's environment is its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SHARING, shared_by

ROOT = Path(__file__).parents[1]


def run_skipping(tmp_path: Path, reason: str, ci: bool, whole_module: bool = False) -> str:
    """The summary line of a pytest run over one test that skips itself for this reason."""
    how = f"pytest.skip({reason!r}, allow_module_level=True)"
    test = how if whole_module else f"def test_it():\n    {how}"
    (tmp_path / "test_skips.py").write_text(f"import pytest\n{test}\n")
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "WAREHOUSE_CI")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "-p", "tests.conftest", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=environment | ({"WAREHOUSE_CI": "1"} if ci else {}),
    )
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize("whole_module", [False, True])
def test_a_missing_server_fails_ci_and_only_skips_elsewhere(tmp_path, whole_module):
    reason = "server: mariadbd not installed"
    assert run_skipping(tmp_path, reason, ci=False, whole_module=whole_module).startswith("1 skipped")
    in_ci = run_skipping(tmp_path, reason, ci=True, whole_module=whole_module)
    assert in_ci.startswith(("1 failed", "1 error")), in_ci


def test_other_skips_stay_skips_in_ci(tmp_path):
    assert run_skipping(tmp_path, "long: the server: takes hours", ci=True).startswith("1 skipped")


def test_settings_of_the_shell_do_not_reach_a_test(tmp_path):
    (tmp_path / "test_environment.py").write_text(
        "import os\nimport pytest\n"
        "@pytest.fixture(scope='module')\n"
        "def landed():\n    os.environ['WAREHOUSE_SITE'] = '/somewhere'\n"
        "@pytest.fixture(scope='module')\n"
        "def later():\n    return dict(os.environ)\n"
        "def test_first():\n    assert 'WAREHOUSE_HOME' not in os.environ\n    os.environ['LEFT'] = '1'\n"
        "def test_second(landed):\n    assert not {'LEFT', 'WAREHOUSE_SITE'} & os.environ.keys()\n"
        "def test_third(later):\n    assert 'WAREHOUSE_SITE' not in later\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "-p", "tests.conftest", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=dict(os.environ) | {"WAREHOUSE_HOME": "/nowhere"},
    )
    assert "3 passed" in done.stdout, done.stdout


def test_what_is_dear_is_made_by_one_process(request):
    """Tests of this run that ask for one of these are together; the list names no file that is gone."""
    dear = {
        "first", "changed", "mariadb", "mariadb_pair", "moodle_server", "postgresql", "oracle",
        "built_warehouse", "customer_models", "edx_folder", "stager",
    }  # fmt: skip
    sharing: dict[str, set[str]] = {}
    for item in request.session.items:
        for name in dear.intersection(getattr(item, "fixturenames", ())):
            sharing.setdefault(name, set()).add(shared_by(item.nodeid))
    assert {name: shared for name, shared in sharing.items() if len(shared) > 1} == {}
    files = [str(path.relative_to(ROOT / "tests")) for path in (ROOT / "tests").rglob("test_*.py")]
    begins = [begin for begins in SHARING.values() for begin in begins]
    assert [begin for begin in begins if not any(file.startswith(begin) for file in files)] == []
