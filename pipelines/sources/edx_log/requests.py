"""What a line says that is a request: the short form of nine lines in ten; and which lines are none."""

from __future__ import annotations

from pipelines.sources.edx_log.courses import course_ctes
from pipelines.sources.edx_log.lines import HASH, OFFSET, RAW
from pipelines.sources.edx_package import FileFetch
from pipelines.warehouse.quoting import literal

_TAKEN = {
    "v_time": "$.time", "event_type": "$.event_type", "source": "$.event_source", "username": "$.username",
    "actor": "$.context.user_id", "course": "$.context.course_id", "path": "$.context.path",
}  # fmt: skip


class RequestFields:
    """The statement's pieces for requests."""

    def __init__(self, fetch: FileFetch) -> None:
        self._fetch = fetch

    def ctes(self, block: str) -> str:
        """Up to `found`, with all of `_TAKEN`, `course_found`, `_offset`, `line_hash`, `is_read` (false
        where a line is no JSON) and `is_request`.
        """
        paths = ", ".join(literal(path) for path in _TAKEN.values())
        names = ", ".join(f"nullif(t[{at}], '') as {name}" for at, name in enumerate(_TAKEN, 1))
        addresses = {
            "rest_address": "case when is_request then event_type end",
            "rest_path": "case when is_request then path end",
        }
        return (
            f"taken as (select {OFFSET}, {HASH}, "
            f"try(json_extract_string({RAW}, [{paths}])) as t from {block} where {RAW} is not null), "
            f"named as (select {OFFSET}, {HASH}, t is not null as is_read, "
            f"coalesce(starts_with(t[2], '/'), false) as is_request, {names} from taken), "
            f"{course_ctes('named', {}, addresses)}"
        )

    def path_class(self) -> str:
        """Which kind of address was asked for."""
        whens = []
        for kind, texts in self._fetch.requests.items():
            found = " or ".join(f"contains(event_type, {literal(text)})" for text in texts)
            whens.append(f"when {found} then {literal(kind)}")
        return f"case {' '.join(whens)} else 'other' end"
