"""What a line says, as a DuckDB statement: fields taken out of the JSON of all lines of a block at once.

The rules are those of edX's own programs (the loading of its analytics pipeline): how `event` is written in
each time and by each source, where the course run stands, whose event it is.
"""

from __future__ import annotations

from pipelines.contracts import Column, TableContract
from pipelines.sources.edx_log.courses import course_ctes
from pipelines.sources.edx_log.lines import HASH, OFFSET, RAW
from pipelines.sources.edx_package import FileFetch
from pipelines.warehouse.quoting import literal

# taken from every line, in this order; what a family has more is taken from the lines of the family only
_TOP = {
    "time": "$.time", "event_type": "$.event_type", "name": "$.name", "source": "$.event_source",
    "username": "$.username", "actor": "$.context.user_id", "course": "$.context.course_id",
    "page": "$.page", "event": "$.event", "path": "$.context.path", "received": "$.context.received_at",
    "app": "$.context.application.name",
}  # fmt: skip
_TAGS = "$.context.asides.tagging_aside.saved_tags"
_LINKS = ("target_url", "current_url")


class EventFields:
    """The statement's pieces for acts: all lines but requests."""

    def __init__(self, contract: TableContract, fetch: FileFetch) -> None:
        self._fetch = fetch
        self._columns = [column for column in contract.columns if column.payload and not column.derive]
        found = [path for column in self._columns for path in self._own_paths(column)]
        self._paths = list(dict.fromkeys([*found, *_LINKS, "user_id", "course_id"]))
        [self._course] = [column for column in contract.columns if column.name == "course_id"]

    @staticmethod
    def _own_paths(column: Column) -> list[str]:
        assert column.payload  # noqa: S101 - for mypy: others were left out
        every = [path for paths in column.payload.paths.values() for path in paths]
        return [path for path in every if not path.startswith("$")]

    def ctes(self, block: str) -> str:
        """Up to `found`, with all of `_TOP`, the fields of the event as `p`, `family`, `act`, `course_found`,
        `_offset`, `line_hash` and `is_read` (false where a line is no JSON).
        """
        top = ", ".join(literal(path) for path in _TOP.values())
        names = ", ".join(f"nullif(t[{at}], '') as {name}" for at, name in enumerate(_TOP, 1))
        page = "case when source = 'server' then event_type when source = 'browser' then page end"
        addresses = {"rest_address": page, "rest_path": "path"}
        inner = ", ".join(literal(_json_path(path)) for path in self._paths)
        return (
            f"taken as (select {OFFSET}, {RAW}, {HASH}, "
            f"try(json_extract_string({RAW}, [{top}])) as t from {block} where {RAW} is not null), "
            f"named as (select {OFFSET}, {HASH}, t is not null as is_read, {names}, "
            f"case when t[2] = 'problem_check' and t[4] = 'server' then {RAW} end as _tagged from taken), "
            f"told as (select *, coalesce(event_type, name) as act from named), "
            f"begun as (select *, {self._family()} as family, {self._payload_text()} as _text from told), "
            f"read as (select *, try(json_extract_string(_text, [{inner}])) as p from begun), "
            f"opened as (select * replace ({self.value(self._course)} as course) from read), "
            f"{course_ctes('opened', {'rest_own': self._one('course_id')}, addresses)}"
        )

    def _family(self) -> str:
        whens = []
        names = [(name, kind) for kind, family in self._fetch.families.items() for name in family.names]
        for kind in self._fetch.families:
            listed = ", ".join(literal(name) for name, of in names if of == kind)
            tests = [f"act in ({listed})"] if listed else []
            tests += [
                f"starts_with(act, {literal(prefix)})" for prefix in self._fetch.families[kind].prefixes
            ]
            whens.append(f"when {' or '.join(tests)} then {literal(kind)}")
        return f"case {' '.join(whens)} else 'other' end"

    @staticmethod
    def _payload_text() -> str:
        """An object as it is; a string holds an object, or once more a string that does."""
        again = "try(json_extract_string(event, '$'))"
        return (
            "case when event is null then null when starts_with(event, '{') then event "
            f"when starts_with(event, '\"') and starts_with({again}, '{{') then {again} end"
        )

    def value(self, column: Column) -> str:
        """The text that a column is made of, NULL where the line's family has no such field."""
        paths = dict(column.payload.paths) if column.payload else {}
        if column.name == "link_target":
            return self._link()
        whens = [
            f"when family = {literal(family)} then {self._first(of)}"
            for family, of in paths.items()
            if family != "any"
        ]
        usual = self._first(paths["any"]) if "any" in paths else "null"
        return f"case {' '.join(whens)} else {usual} end" if whens else usual

    def field(self, name: str) -> str:
        """The text of one field of the event, for what is made of several."""
        return self._one(name)

    def _first(self, paths: tuple[str, ...]) -> str:
        found = [self._one(path) for path in paths]
        return f"coalesce({', '.join(found)})" if len(found) > 1 else found[0]

    def _one(self, path: str) -> str:
        if path == _TAGS:
            return f"json_extract_string(_tagged, {literal(_TAGS)})"
        if path.startswith("$"):
            return next(name for name, place in _TOP.items() if place == path)
        return f"nullif(p[{self._paths.index(path) + 1}], '')"

    def _link(self) -> str:
        """edX's rule: external when the link names a host, and another than the page's."""
        target, current = (self._one(path) for path in _LINKS)
        host = r"'^(?:[A-Za-z][A-Za-z0-9+.-]*:)?//([^/?#]*)', 1"
        there, here = f"regexp_extract({target}, {host})", f"regexp_extract({current}, {host})"
        link = f"case when {there} <> '' and {there} <> {here} then 'external' else 'internal' end"
        clicked = f"family = 'navigation' and {target} is not null and {current} is not null"
        return f"case when {clicked} then {link} end"


def _json_path(path: str) -> str:
    return "$" + "".join(f'."{part}"' for part in path.split("."))
