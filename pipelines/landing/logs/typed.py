"""One value of an event: from the text of a field to what lands of it."""

from __future__ import annotations

from pipelines.contracts import Column
from pipelines.landing.logs.shapes import shaped, time_of
from pipelines.warehouse.quoting import literal


def typed(column: Column, value: str) -> tuple[str, str]:
    """SQL of the landed value, NULL (or a keyed hash) where the text is none, and what is counted then."""
    number = f"try_cast({value} as double)"
    made = {
        "timestamp": (time_of(value), "not_a_time"),
        "double": (f"case when isfinite({number}) then {number} end", "not_a_number"),
        "bigint": (whole_number(value), "not_a_number"),
        "bool": (f"case lower({value}) when 'true' then true when 'false' then false end", "not_a_boolean"),
    }
    if column.kind in made:
        return made[column.kind]
    if column.personal == "pseudonym":  # an account's number, written in one way whichever way it was logged
        return f"cast({whole_number(value)} as varchar)", "not_a_number"
    if column.payload and column.payload.shape:
        return shaped(value, column.payload.shape), "masked"
    return _listed(column, value), "not_in_list"


def event_day(time: str) -> str:
    """The day that an event is filed under: a clock that is ahead, or behind what any server of edX can have
    logged, does not say it; the file's day ($day) does.
    """
    day = f"cast({time} as date)"
    return f"case when {day} between date '2011-01-01' and $day + 1 then {day} else $day end"


def whole_number(value: str) -> str:
    """SQL of the number, however it is written; NULL where the text is none."""
    is_whole = f"regexp_full_match({value}, '[+-]?[0-9]{{1,18}}([.]0+)?')"
    return f"case when {is_whole} then try_cast({value} as bigint) end"


def _listed(column: Column, value: str) -> str:
    payload = column.payload
    known = ", ".join(literal(one) for one in payload.values) if payload else "''"
    if payload and payload.otherwise:
        other = literal(payload.otherwise)
        return f"case when {value} in ({known}) then {value} when {value} is not null then {other} end"
    return f"case when {value} in ({known}) then {value} end"
