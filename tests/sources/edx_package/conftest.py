"""Keys and an S3 for the reading layer, each made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.gpg_keys import NOT_INSTALLED, GpgKeys, installed
from tests.servers.processes import new_home
from tests.servers.s3 import S3Server
from tests.sources.edx_package.sealed import PLAIN


@pytest.fixture(scope="package")
def keys() -> Iterator[GpgKeys]:
    if not installed():
        pytest.skip(NOT_INSTALLED)
    made = GpgKeys()
    yield made
    made.stop()


@pytest.fixture(scope="package")
def s3() -> Iterator[S3Server]:
    server = S3Server.start()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def sealed(keys) -> bytes:
    """For two czars, as edX does."""
    keys.settings("first"), keys.settings("second", passphrase="two words", armoured=False)
    return keys.encrypted(PLAIN, "first", "second")


@pytest.fixture
def scratch() -> Path:
    """A work folder with a path short enough for sockets, as a run's is."""
    return new_home("wh-scratch-")
