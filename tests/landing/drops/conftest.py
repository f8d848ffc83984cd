"""A desk without a file yet, and an S3 on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.landing.drops.desk import Desk
from tests.servers.s3 import S3Server


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    with Desk(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    server = S3Server.start()
    yield server
    server.stop()
