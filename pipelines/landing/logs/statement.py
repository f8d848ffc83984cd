"""The statement that makes landed events of a block's lines: taken out, typed, told, hashed.

A field that is no number or not of its list lands as nothing, an id that is not shaped as one as a keyed
hash: an act is not lost for one odd field, and no field can hold what it is not meant for. Both are counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.contracts import Column, TableContract
from pipelines.landing.logs.choices import answers, tags
from pipelines.landing.logs.shapes import MASK, SHAPES, shaped, time_of, trimmed
from pipelines.sources.edx_log import OFFSET, EventFields, literal
from pipelines.sources.edx_package import FileFetch

LOST, FATE = "_lost", "_fate"
PEOPLE = ("user_id", "username")
_CONSTANT = ("_file_key",)
_CHECKS = "act in ('problem_check', 'save_problem_check') and source = 'server'"


@dataclass(frozen=True)
class LostValue:
    """What a bit of `_lost` says: the column whose value did not land as it was, and why."""

    column: str
    reason: str


class EventStatement:
    """The statement for one contract; `lost` names the bits of `_lost`, lowest first."""

    def __init__(self, contract: TableContract, fetch: FileFetch) -> None:
        self._fields = EventFields(contract, fetch)
        columns = [one for one in contract.columns if not one.derive and one.name not in _CONSTANT]
        self.lost: list[LostValue] = []
        self._bits: list[str] = []
        self._there: list[str] = []
        self._values = {one.name: self._fields.value(one) for one in columns if _is_simple(one)}
        self._made = {one.name: self._make(one) for one in columns}

    def sql(self, block: str) -> str:
        """One row a line: the columns that land, those of PEOPLE as raw text; `_lost`; `_fate`, which is
        `not_json`, `task` or `no_time` for what does not land. Parameters: $day, $inner, $outer, $scope.
        """
        values = ", ".join(f"{value} as v_{name}" for name, value in self._values.items())
        made = ", ".join(f'{value} as "{name}"' for name, value in self._made.items())
        fate = (
            "case when not is_read then 'not_json' when source = 'task' then 'task' "
            "when \"time\" is null then 'no_time' end"
        )
        numbers = sum(1 << at for at, lost in enumerate(self.lost) if lost.reason == "not_a_number")
        wrong = f"payload = 'read' and ({LOST} & {numbers}) <> 0"
        broken = f"case when {wrong} then 'broken' else payload end as payload"
        kept = [broken if name == "payload" else f'"{name}"' for name in self._made]
        return (
            f"with {self._fields.ctes(block)}, {self._fields.course_ctes('opened')}, "
            f"valued as (select *, {values} from found), "
            f"made as (select is_read, source, {', '.join(self._there)}, {made} from valued), "
            f"noted as (select *, cast({' + '.join(self._bits)} as ubigint) as {LOST} from made) "
            f"select {', '.join(kept)}, {LOST}, {fate} as {FATE} from noted"
        )

    def _make(self, column: Column) -> str:
        fields, value = self._fields, f"v_{column.name}"
        computed = {
            OFFSET: OFFSET, "family": "family", "path_class": fields.path_class(),
            "line_hash": "cast(cast(_hash as hugeint) - 9223372036854775808 as bigint)",
            "event_date": self._day(), "event_type": self._event_type(), "payload": self._payload(),
            "link_target": value, "username": trimmed(value),
        }  # fmt: skip
        if column.name in computed:
            return computed[column.name]
        if column.kind == "json":
            return self._json(column)
        if column.name == "course_id":
            return self._noted(column, "course", "course_found", "no_course")
        made, reason = self._typed(column, value)
        return self._noted(column, value, made, reason)

    def _noted(self, column: Column, there: str, made: str, reason: str) -> str:
        """The value, and a bit that is set where there was something and it did not land as it was."""
        if column.payload and column.payload.otherwise:
            return made
        name, bit = f'"{column.name}"', 1 << len(self.lost)
        gone = f"starts_with({name}, '{MASK}')" if reason == "masked" else f"{name} is null"
        self._there.append(f"{there} is not null as has_{column.name}")
        self._bits.append(f"case when has_{column.name} and {gone} then {bit} else 0 end")
        self.lost.append(LostValue(column.name, reason))
        return made

    def _typed(self, column: Column, value: str) -> tuple[str, str]:
        if column.kind == "timestamp":
            return time_of(value), "not_a_time"
        if column.kind == "double":
            number = f"try_cast({value} as double)"
            return f"case when isfinite({number}) then {number} end", "not_a_number"
        if column.kind == "bigint" or column.name == "user_id":
            whole = f"regexp_full_match({value}, '[+-]?[0-9]{{1,18}}([.]0+)?')"
            number = f"try_cast({value} as bigint)"
            number = f"cast({number} as varchar)" if column.name == "user_id" else number
            return f"case when {whole} then {number} end", "not_a_number"
        if column.kind == "bool":
            return f"case lower({value}) when 'true' then true when 'false' then false end", "not_a_boolean"
        if column.payload and column.payload.shape:
            return shaped(value, column.payload.shape), "masked"
        return _listed(column, value), "not_in_list"

    def _json(self, column: Column) -> str:
        if column.name == "tags":
            found = self._fields.value(column)
            return f"case when {_CHECKS} and {found} is not null then {tags(column, found)} end"
        given = [self._fields.field(name) for name in ("submission", "correct_map", "answers")]
        return f"case when {_CHECKS} and p is not null then {answers(*given)} end"

    def _event_type(self) -> str:
        named = f"regexp_full_match(act, {literal(SHAPES['event'])})"
        return f"case when family not in ('request', 'other') and {named} then act end"

    def _day(self) -> str:
        """A clock that is ahead, or behind what any server of edX can have logged, does not say the day."""
        day = f"cast({time_of('v_time')} as date)"
        return f"case when {day} between date '2011-01-01' and $day + 1 then {day} else $day end"

    def _payload(self) -> str:
        unread = "starts_with(event, '{') or starts_with(event, '\"{')"
        return (
            f"case when is_request or event is null then 'none' when p is not null then 'read' "
            f"when {unread} then 'broken' else 'none' end"
        )


def _is_simple(column: Column) -> bool:
    """Whether one text of the line says the value."""
    return (
        column.payload is not None
        and column.kind != "json"
        and column.name not in ("course_id", "event_type")
    )


def _listed(column: Column, value: str) -> str:
    payload = column.payload
    known = ", ".join(literal(one) for one in payload.values) if payload else "''"
    if payload and payload.otherwise:
        other = literal(payload.otherwise)
        return f"case when {value} in ({known}) then {value} when {value} is not null then {other} end"
    return f"case when {value} in ({known}) then {value} end"
