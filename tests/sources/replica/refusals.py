"""What every refusal of a source is held to, whichever server it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest

from pipelines.errors import SourceError


def refused(secrets: Iterable[str], kind: type[SourceError], says: str, act: Any, *args: Any) -> SourceError:
    """The error of `act`, of exactly this kind, which says where and what next, and shows no secret."""
    with pytest.raises(SourceError) as caught:
        act(*args)
    error = caught.value
    assert type(error) is kind, error
    assert re.search(says, error.what), error.what
    assert error.what.startswith("shop/main")
    assert error.what.endswith(".") and error.what.count(". ") == 0
    # a command to be copied ends without a full stop
    assert error.advice.endswith(".") or "apt-get install" in error.advice, error.advice
    for secret in secrets:
        assert secret not in str(error)
    assert error.__cause__ is None, "a driver's own error would be printed below ours, with what it holds"
    return error
