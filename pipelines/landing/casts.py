"""Lossless casts as DuckDB expressions: a value either arrives unchanged or its row is quarantined."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from pipelines.contracts import Column


@dataclass(frozen=True)
class Cast:
    """SQL over the raw column: the typed value, when it is refused (with the reason), when it is repaired."""

    value: str
    refused: str | None = None
    reason: str | None = None
    repaired: str | None = None


def cast_column(column: Column, arrives: pa.DataType, raw: str) -> Cast:
    """How `raw`, arriving as an Arrow type, becomes the declared type. Never rounds, cuts or guesses."""
    if pa.types.is_null(arrives):
        return Cast(f"cast(null as {column.duckdb_type})")
    if is_bytes(arrives):
        # bytes are decoded before (classify); what is still bytes here is no value of any other kind
        exact = column.kind == "binary"
        return Cast(raw) if exact else _nothing(column, raw, "not_utf8")
    if column.kind == "binary":
        return Cast(f"encode({_as_text(arrives, raw)})")
    if column.kind in ("text", "json"):
        return _text(column, arrives, raw)
    if column.kind in ("timestamp", "date"):
        return _time(column, arrives, raw)
    return _bool(raw) if column.kind == "bool" else _number(column, arrives, raw)


def is_bytes(arrives: pa.DataType) -> bool:
    """Whether values come as bytes: a blob, or a text column some values of which are not UTF-8."""
    return pa.types.is_binary(arrives) or pa.types.is_large_binary(arrives)


def _nothing(column: Column, raw: str, reason: str) -> Cast:
    """A combination in which no value can be right: NULL passes, all else is refused."""
    return Cast(f"cast(null as {column.duckdb_type})", f"{raw} is not null", reason)


def _text(column: Column, arrives: pa.DataType, raw: str) -> Cast:
    value = _as_text(arrives, raw)
    if column.length:
        return Cast(value, f"length({value}) > {column.length}", "text_too_long")
    return Cast(value)


def _number(column: Column, arrives: pa.DataType, raw: str) -> Cast:
    if pa.types.is_temporal(arrives):
        return _nothing(column, raw, "number_not_lossless")
    if pa.types.is_signed_integer(arrives) and column.kind == "bigint":
        return Cast(f"cast({raw} as bigint)")
    if pa.types.is_floating(arrives) and column.kind == "double":
        return Cast(f"cast({raw} as double)", f"not isfinite({raw})", "number_not_lossless")
    if pa.types.is_decimal(arrives) and column.kind == "decimal" and _has_room(column, arrives):
        return Cast(f"cast({raw} as {column.duckdb_type})")
    text = _as_text(arrives, raw)
    value = f"try_cast({text if column.kind == 'decimal' else raw} as {column.duckdb_type})"
    if column.kind == "bigint":
        changed = _not_whole(arrives, raw, value)
    elif column.kind == "double":
        changed = _not_a_double(arrives, raw, value)
    else:
        changed = _rounded(text, value, column)
    lost = f"{raw} is not null and ({value} is null or {changed})"
    return Cast(value, lost, "number_not_lossless")


def _has_room(column: Column, arrives: pa.DataType) -> bool:
    scale, digits = int(column.scale or 0), int(column.precision or 38)
    return arrives.scale <= scale and arrives.precision - arrives.scale <= digits - scale


def _not_whole(arrives: pa.DataType, raw: str, value: str) -> str:
    """try_cast('12.7' as bigint) is 13 and that of 1e-7 is 0, so the number itself must be whole."""
    if pa.types.is_integer(arrives) or pa.types.is_boolean(arrives):
        return "false"
    if pa.types.is_floating(arrives):
        return f"cast({value} as double) <> {raw}"
    return f"not regexp_full_match({_as_text(arrives, raw)}, '\\s*[+-]?[0-9]+(\\.0*)?\\s*')"


def _not_a_double(arrives: pa.DataType, raw: str, value: str) -> str:
    """A text means the double nearest to it, as everywhere; a whole number must be met exactly."""
    exact = f"cast({value} as hugeint) <> {raw}" if pa.types.is_integer(arrives) else "false"
    return f"not isfinite({value}) or {exact}"


def _rounded(text: str, value: str, column: Column) -> str:
    """Whether the cast lost digits, by looks: comparing exact decimals costs forty times as much."""
    scale, whole_digits = int(column.scale or 0), int(column.precision or 38) - int(column.scale or 0)
    fraction = f"length(rtrim({text}, '0 ')) - strpos({text}, '.')"
    plain = f"strpos({text}, '.') > 0 and {fraction} > {scale}"
    # an exponent is how a double writes itself: at most 24 characters, and it must stay that double
    as_double = f"try_cast({text} as double)"
    scientific = f"length({text}) > 24 or cast({value} as double) <> {as_double}"
    # DuckDB takes '1.000E10' for a decimal(12,2), which has no room for it
    scientific += f" or abs({as_double}) >= 1e{whole_digits}"
    return f"case when strpos(lower({text}), 'e') = 0 then {plain} else {scientific} end"


def _as_text(arrives: pa.DataType, raw: str) -> str:
    # a double's shortest text is the number its author wrote; its binary value is not (0.1)
    return (
        raw if pa.types.is_string(arrives) or pa.types.is_large_string(arrives) else f"cast({raw} as varchar)"
    )


def _bool(raw: str) -> Cast:
    text = f"lower(cast({raw} as varchar))"
    value = (
        f"case when {text} in ('1', 'true', 't') then true when {text} in ('0', 'false', 'f') then false end"
    )
    return Cast(value, f"{raw} is not null and ({value}) is null", "not_a_boolean")


def _time(column: Column, arrives: pa.DataType, raw: str) -> Cast:
    target = column.kind
    if pa.types.is_timestamp(arrives) or pa.types.is_date(arrives):
        value = f"cast({raw} as {target})"
        whole = f"{raw} is not null and cast({value} as timestamp) is distinct from cast({raw} as timestamp)"
        return Cast(value, whole if target == "date" else None, "not_a_date")
    if not (pa.types.is_string(arrives) or pa.types.is_large_string(arrives)):
        return Cast(f"cast(null as {target})", f"{raw} is not null", f"not_a_{target}")
    zero = f"case when starts_with({raw}, '0000-') then rtrim({raw}, '0:. ') = '0000-00-' else false end"
    value = f"case when {zero} then null else try_cast({raw} as {target}) end"
    wrong = f"{raw} is not null and not {zero} and (try_cast({raw} as {target}) is null or {_odd_time(raw)})"
    if target == "date":
        midnight = f"try_cast({raw} as timestamp) is distinct from cast(try_cast({raw} as date) as timestamp)"
        wrong += f" or (not {zero} and {midnight})"
    if not column.nullable:
        return Cast(value, f"({wrong}) or {zero}", f"not_a_{target}")
    return Cast(value, wrong, f"not_a_{target}", zero)


def _odd_time(raw: str) -> str:
    """Texts DuckDB takes for times though it drops part of them or means another thing: an offset, what is
    finer than a microsecond, `epoch`, `infinity`, the year 0. The usual two shapes are told by a glance."""
    usual = f"{raw} like '____-__-__ __:__:__' or {raw} like '____-__-__'"
    pattern = r"\d{4}-\d\d?-\d\d?([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|\+00(:?00)?)?)?"
    unusual = f"not regexp_full_match({raw}, '{pattern}')"
    before_year_1 = f"starts_with({raw}, '0000-') or starts_with({raw}, '-')"
    return f"{before_year_1} or case when {usual} then false else {unusual} end"
