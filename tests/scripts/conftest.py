"""The edX packages and logs of one sample, written and opened once for all tests of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scripts.sample_sources import write_sample
from tests.scripts.edx_logs_read import Logs, decrypted_logs
from tests.scripts.edx_packages_read import NOT_INSTALLED, Packages, decrypted


@pytest.fixture(scope="session")
def edx_folder(tmp_path_factory) -> Path:
    """The edX folder of a whole sample."""
    if shutil.which("gpg") is None:
        pytest.skip(NOT_INSTALLED)
    return write_sample(tmp_path_factory.mktemp("all"), 1).parent / "edx"


@pytest.fixture(scope="session")
def packages(edx_folder, tmp_path_factory) -> Packages:
    return decrypted(edx_folder / "course-data", edx_folder / "key.asc", tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="session")
def logs(edx_folder) -> Logs:
    return decrypted_logs(edx_folder / "course-data", edx_folder / "key.asc")
