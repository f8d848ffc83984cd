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
    if column.kind in ("text", "json"):
        return _text(column, arrives, raw)
    if pa.types.is_binary(arrives) or pa.types.is_large_binary(arrives):
        return _binary(column, raw)
    if column.kind in ("timestamp", "date"):
        return _time(column, arrives, raw)
    return _bool(raw) if column.kind == "bool" else _number(column, arrives, raw)


def _binary(column: Column, raw: str) -> Cast:
    if column.kind == "binary":
        return Cast(raw)
    return Cast(f"cast(null as {column.duckdb_type})", f"{raw} is not null", "not_utf8")


def _text(column: Column, arrives: pa.DataType, raw: str) -> Cast:
    if pa.types.is_binary(arrives) or pa.types.is_large_binary(arrives):
        return Cast(f"try(decode({raw}))", f"{raw} is not null and try(decode({raw})) is null", "not_utf8")
    value = (
        raw if pa.types.is_string(arrives) or pa.types.is_large_string(arrives) else f"cast({raw} as varchar)"
    )
    if column.length:
        return Cast(value, f"length({value}) > {column.length}", "text_too_long")
    return Cast(value)


def _number(column: Column, arrives: pa.DataType, raw: str) -> Cast:
    target = column.duckdb_type
    if pa.types.is_signed_integer(arrives) and column.kind == "bigint":
        return Cast(f"cast({raw} as bigint)")
    if pa.types.is_floating(arrives) and column.kind == "double":
        return Cast(f"cast({raw} as double)")
    value = f"try_cast({raw} as {target})"
    lost = f"{raw} is not null and {value} is null"
    if column.kind == "bigint" and not pa.types.is_integer(arrives):
        # try_cast('12.7' as bigint) is 13, so the text itself must be a whole number
        exact = f"try_cast({raw} as decimal(38,6)) is distinct from {value}"
        lost = f"{raw} is not null and ({value} is null or {exact})"
    if column.kind == "decimal":
        precision, scale = int(column.precision or 38), int(column.scale or 0)
        text = _as_text(arrives, raw)
        value = f"try_cast({text} as {target})"
        lost = f"{raw} is not null and ({value} is null or {_rounded(text, value, precision, scale)})"
    return Cast(value, lost, "number_not_lossless")


def _rounded(text: str, value: str, precision: int, scale: int) -> str:
    """Whether the cast lost digits. The exact comparison costs forty times the look at the text."""
    fraction = f"length({text}) - strpos({text}, '.')"
    plain = f"strpos(lower({text}), 'e') = 0 and (strpos({text}, '.') = 0 or {fraction} <= {scale})"
    exact = f"try_cast({text} as decimal(38,{38 - (precision - scale)})) is distinct from {value}"
    return f"case when {plain} then false else {exact} end"


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
    zero = f"starts_with({raw}, '0000-00-00')"
    value = f"case when {zero} then null else try_cast({raw} as {target}) end"
    wrong = f"{raw} is not null and not {zero} and try_cast({raw} as {target}) is null"
    wrong += f" or length({raw}) > 26"  # finer than microseconds would be cut
    if target == "date":
        midnight = f"try_cast({raw} as timestamp) is distinct from cast(try_cast({raw} as date) as timestamp)"
        wrong += f" or (not {zero} and {midnight})"
    if not column.nullable:
        return Cast(value, f"({wrong}) or {zero}", f"not_a_{target}")
    return Cast(value, wrong, f"not_a_{target}", zero)
