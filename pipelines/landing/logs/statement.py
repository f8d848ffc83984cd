"""The two statements that make landed events of a block's lines: one for requests, one for acts.

A field that is no number or not of its list lands as nothing, an id that is not shaped as one as a keyed
hash: an act is not lost for one odd field, and no field can hold what it is not meant for. Both are counted.
Parameters of both: $day (the file's), $inner and $outer (the key's pads), $scope.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.contracts import Column, TableContract
from pipelines.landing.logs.choices import answers, tags
from pipelines.landing.logs.shapes import MASK, SHAPES, time_of, trimmed
from pipelines.landing.logs.typed import event_day, typed, whole_number
from pipelines.sources.edx_log import HASH, OFFSET, EventFields, RequestFields
from pipelines.sources.edx_package import FileFetch
from pipelines.warehouse.quoting import literal

LOST, FATE, ACT = "_lost", "_fate", "act"
_CHECKS = "act in ('problem_check', 'save_problem_check') and source = 'server'"
_PAUSES = ("pause_video", "edx.video.paused")
_FATE = (
    "case when not is_read then 'not_json' when source = 'task' then 'task' "
    "when \"time\" is null then 'no_time' end"
)


@dataclass(frozen=True)
class LostValue:
    """What a bit of `_lost` says: the column whose value did not land as it was, and why."""

    column: str
    reason: str


class _Noting:
    """Values that may not land as they are, each with a bit that says so."""

    def __init__(self) -> None:
        self.lost: list[LostValue] = []
        self._there: list[str] = []
        self._bits: list[str] = []

    def noted(self, column: Column, there: str, made: str, reason: str) -> str:
        if column.payload and column.payload.otherwise:
            return made
        name, bit = f'"{column.name}"', 1 << len(self.lost)
        gone = f"starts_with({name}, '{MASK}')" if reason == "masked" else f"{name} is null"
        self._there.append(f"{there} is not null as has_{column.name}")
        self._bits.append(f"case when has_{column.name} and {gone} then {bit} else 0 end")
        self.lost.append(LostValue(column.name, reason))
        return made

    def noting(self, made: dict[str, str], before: str) -> str:
        """`made`, `noted`: the columns, `is_read`, `source`, and the bits as `_lost`."""
        listed = ", ".join(f'{value} as "{name}"' for name, value in made.items())
        return (
            f"made as (select is_read, source, {', '.join(self._there)}, {listed} from {before}), "
            f"noted as (select *, cast({' + '.join(self._bits)} as ubigint) as {LOST} from made)"
        )


class RequestStatement:
    """Requests in their short form; every other line has `act` as its fate and nothing else that counts."""

    def __init__(self, contract: TableContract, fetch: FileFetch) -> None:
        self._fields, self._noting = RequestFields(fetch), _Noting()
        columns = {column.name: column for column in contract.columns}
        self._made = {
            OFFSET: OFFSET, HASH: HASH, "time": time_of("v_time"),
            "event_date": event_day(time_of("v_time")), "family": "'request'", "payload": "'none'",
            "path_class": self._fields.path_class(), "username": trimmed("username"),
            "event_source": self._noted(columns["event_source"], "source"),
            "user_id": self._noted(columns["user_id"], "actor"),
            "course_id": self._noting.noted(columns["course_id"], "course", "course_found", "no_course"),
        }  # fmt: skip

    @property
    def lost(self) -> list[LostValue]:
        """The bits of `_lost`, lowest first."""
        return self._noting.lost

    def sql(self, block: str) -> str:
        """One row a line: the columns that a request has, accounts as raw text; `_lost`; `_fate`."""
        made = {**self._made, "is_request": "is_request"}
        kept = ", ".join(f'"{name}"' for name in self._made)
        return (
            f"with {self._fields.ctes(block)}, {self._noting.noting(made, 'found')} "
            f"select {kept}, {LOST}, case when is_read and not is_request then '{ACT}' else {_FATE} end "
            f"as {FATE} from noted"
        )

    def _noted(self, column: Column, value: str) -> str:
        made, reason = typed(column, value)
        return self._noting.noted(column, value, made, reason)


class ActStatement:
    """Acts with the fields of their family."""

    def __init__(self, contract: TableContract, fetch: FileFetch) -> None:
        self._fields, self._noting = EventFields(contract, fetch), _Noting()
        columns = [one for one in contract.columns if not one.derive and one.name != "_file_key"]
        self._values = {one.name: self._fields.value(one) for one in columns if _is_simple(one)}
        self._made = {one.name: self._make(one) for one in columns}

    @property
    def lost(self) -> list[LostValue]:
        """The bits of `_lost`, lowest first."""
        return self._noting.lost

    def sql(self, block: str) -> str:
        """One row a line: the columns that land, accounts as raw text; `_lost`; `_fate`, which is `not_json`,
        `task` or `no_time` for what does not land.
        """
        values = ", ".join(f"{value} as v_{name}" for name, value in self._values.items())
        numbers = sum(1 << at for at, lost in enumerate(self.lost) if lost.reason == "not_a_number")
        wrong = f"payload = 'read' and ({LOST} & {numbers}) <> 0"
        broken = f"case when {wrong} then 'broken' else payload end as payload"
        kept = ", ".join(broken if name == "payload" else f'"{name}"' for name in self._made)
        return (
            f"with {self._fields.ctes(block)}, valued as (select *, {values} from found), "
            f"{self._noting.noting(self._made, 'valued')} "
            f"select {kept}, {LOST}, {_FATE} as {FATE} from noted"
        )

    def _make(self, column: Column) -> str:
        value = f"v_{column.name}"
        computed = {
            OFFSET: OFFSET, "family": "family", "path_class": "cast(null as varchar)",
            HASH: HASH, "event_date": event_day(time_of("v_time")), "done_by_another": self._by_another(),
            "event_type": self._event_type(), "payload": self._payload(), "link_target": value,
            "username": trimmed(value),
        }  # fmt: skip
        if column.name in computed:
            return computed[column.name]
        if column.kind == "json":
            return self._json(column)
        if column.name == "course_id":
            return self._noting.noted(column, "course", "course_found", "no_course")
        made, reason = typed(column, value)
        return self._noting.noted(column, value, made, reason)

    def _json(self, column: Column) -> str:
        if column.name == "tags":
            found = self._fields.value(column)
            return f"case when {_CHECKS} and {found} is not null then {tags(column, found)} end"
        given = [self._fields.field(name) for name in ("submission", "correct_map", "answers")]
        return f"case when {_CHECKS} and p is not null then {answers(*given)} end"

    @staticmethod
    def _by_another() -> str:
        """edX counts an act for the account of the context; staff, or a command, can make a certificate."""
        about = whole_number("v_user_id")
        return f"{about} is not null and {whole_number('actor')} is distinct from {about}"

    @staticmethod
    def _event_type() -> str:
        named = f"regexp_full_match(act, {literal(SHAPES['event'])})"
        return f"case when family <> 'other' and {named} then act end"

    @staticmethod
    def _payload() -> str:
        unread = "starts_with(event, '{') or starts_with(event, '\"{')"
        pauses = ", ".join(literal(name) for name in _PAUSES)
        # a pause may leave its place out; one that is said to be nothing is no number to edX
        said = " or ".join(f"try(json_exists(_text, '$.{name}'))" for name in ("currentTime", "current_time"))
        return (
            f"case when p is null then case when {unread} then 'broken' else 'none' end "
            f"when act in ({pauses}) and v_current_time is null "
            f"then case when {said} then 'broken' else 'read' end else 'read' end"
        )


def _is_simple(column: Column) -> bool:
    """Whether one text of the line says the value."""
    simple = column.payload is not None and column.kind != "json"
    return simple and column.name not in ("course_id", "event_type")
