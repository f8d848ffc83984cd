"""A reading app without an export yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.landing.exports.reading_app import ReadingApp


@pytest.fixture
def app(tmp_path) -> Iterator[ReadingApp]:
    with ReadingApp(tmp_path) as opened:
        yield opened
