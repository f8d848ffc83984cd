"""Types of casts: the closed list of what both engines have under one name, or a macro names for each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot.tokens import Token

from scripts.lint_tsql.rules.registry import rule
from scripts.lint_tsql.statement import Statement

_KNOWN = re.compile(
    r"bit|tinyint|smallint|int|bigint|float|date|datetime2\(6\)|decimal\(\d+,\d+\)"
    r"|nvarchar\((\d+|max)\)|varbinary\((\d+|max)\)"
)
_TEXT = re.compile(r"(n?varchar|n?char|n?text|string|bpchar)(\(.*\))?")


def cast_types(sql: Statement) -> Iterator[tuple[Token, str]]:
    """Each CAST with the type it names, lower case and without blanks."""
    for word in sql.phrase({"cast", "try_cast"}, "("):
        start = sql.tokens.index(word) + 2
        depth, named = 1, ""
        for token in sql.tokens[start:]:
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth == 0:
                break
            named = "" if depth == 1 and token.text.lower() == "as" else named + token.text.lower()
        yield word, named


@rule(
    "cast-to-boolean",
    why="there is no type BOOLEAN, and a bit of 2 is 1",
    instead="the flag macro",
    broken=("select cast(a as boolean) as x from t", "select cast(a as bool) as x from t"),
    kept="select cast(case when a = 1 then 1 else 0 end as bit) as x from t",
)
def cast_to_boolean(sql: Statement) -> Iterator[Token]:
    return (word for word, named in cast_types(sql) if named in {"boolean", "bool", "logical"})


@rule(
    "text-type",
    why="VARCHAR is of a code page, and without a length a cast cuts at 30 characters",
    instead="the t_text macro with a length; without one where the text may be long",
    broken=(
        "select cast(a as varchar(20)) as x from t",
        "select cast(a as nvarchar) as x from t",
        "select cast(a as text) as x from t",
        "select cast(a as nvarchar(5000)) as x from t",
    ),
    kept="select cast(a as nvarchar(20)) as x, cast(txt as nvarchar(max)) as y from t",
)
def text_type(sql: Statement) -> Iterator[Token]:
    for word, named in cast_types(sql):
        length = re.fullmatch(r"nvarchar\((\d+|max)\)", named)
        fits = length is not None and (length[1] == "max" or 0 < int(length[1]) <= 4000)
        if _TEXT.fullmatch(named) and not fits:
            yield word


@rule(
    "type",
    why="TIMESTAMP is a row version there, DATETIME rounds to 3 ms, DECIMAL alone has no decimals",
    instead="bigint, int, date, decimal(p,s) and the macros t_timestamp, t_double, t_text",
    broken=(
        "select cast(ts as timestamp) as x from t",
        "select cast(ts as datetime) as x from t",
        "select cast(ts as datetime2) as x from t",
        "select cast(a as double) as x from t",
        "select cast(a as decimal) as x from t",
        "select cast(a as hugeint) as x from t",
        "select cast(a as integer[]) as x from t",
        "select cast(txt as time) as x from t",
    ),
    kept="select cast(a as decimal(18, 2)) as x, cast(ts as datetime2(6)) as y, cast(a as float) as z from t",
)
def known_type(sql: Statement) -> Iterator[Token]:
    for word, named in cast_types(sql):
        if not (_KNOWN.fullmatch(named) or _TEXT.fullmatch(named) or named in {"boolean", "bool", "logical"}):
            yield word
