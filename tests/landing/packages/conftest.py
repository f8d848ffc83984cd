"""A university without an archive yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.landing.packages.university import University, open_university


@pytest.fixture
def uni(tmp_path) -> Iterator[University]:
    with open_university(tmp_path) as opened:
        yield opened
