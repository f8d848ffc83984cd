"""Times of JSON files as snapshots write them: UTC, without a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?")
_EPOCH = datetime(1970, 1, 1)


def plain_time(text: str) -> str:
    """`2013-02-05T05:00:00Z` as `2013-02-05 05:00:00`; what is no possible time stays as it is."""
    if not _ISO.fullmatch(text):
        return text
    try:
        moment = datetime.fromisoformat(text)
        return str(moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment)
    except (ValueError, OverflowError):
        return text


def time_of_milliseconds(milliseconds: int) -> str:
    """Milliseconds since 1970 as `2013-01-12 22:01:46.904000`; beyond the calendar, the number as text."""
    try:
        return str(_EPOCH + timedelta(milliseconds=milliseconds))
    except OverflowError:
        return str(milliseconds)
