"""The text of one value of DYNAMODB_JSON, in one form for equal values."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.contracts import Column

SCALARS = frozenset(["S", "N", "B", "BOOL"])
SETS = frozenset(["SS", "NS", "BS"])
_YEARS_1_TO_9999 = "between -62135596800000000 and 253402300799999999"


def value_of(column: Column, read: Callable[[str], str], at: str) -> str:
    """SQL of the text that the classifier casts: numbers without a tail of zeros, sets sorted, times as such.

    Equal numbers and equal sets may be written in several ways, so their text would not stay the same.
    """
    kind = str(column.source_type)
    text = read(f"{at}/{kind}")
    if kind == "N":
        if column.kind == "timestamp":
            return _time(text)
        return _number(text) if column.kind in ("text", "json") else text
    if kind == "B" and column.kind == "binary":
        return f"try(from_base64({text}))"
    if kind in SETS:
        listed = f"try(json_extract_string({text}, '$[*]'))"  # what is no list, `other_types` refuses
        if kind == "NS":
            listed = f"list_transform({listed}, lambda x: {_number('x')})"
        return f"cast(to_json(list_sort(list_distinct({listed}))) as varchar)"
    return text


def micros(text: str, precision: str) -> str:
    """Microseconds of a number of seconds, milliseconds or microseconds: as it says, else by its digits.

    NULL for what is no such number, one too large to be microseconds included.
    """
    number = f"try_cast({text} as bigint)"
    digits = f"length(ltrim({text}, '-'))"
    return (
        f"try(case when {precision} = 'MICROSECOND' then {number} "
        f"when {precision} = 'MILLISECOND' then {number} * 1000 "
        f"when {digits} <= 11 then {number} * 1000000 when {digits} <= 14 then {number} * 1000 "
        f"else {number} end)"
    )


def _time(text: str) -> str:
    at = micros(text, "cast(null as varchar)")
    return (
        f"case when regexp_full_match({text}, '-?[0-9]{{1,17}}') and {at} {_YEARS_1_TO_9999} "
        f"then cast(make_timestamp({at}) as varchar) else {text} end"
    )


def _number(text: str) -> str:
    plain = f"strpos({text}, '.') > 0 and strpos(lower({text}), 'e') = 0"
    return f"case when {plain} then rtrim(rtrim({text}, '0'), '.') else {text} end"
