"""Patterns of T-SQL's LIKE and PATINDEX with their sets (`[0-9]`, `[^a-z]`) as regular expressions."""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

MOMENTS = {
    "20": "%Y-%m-%d %H:%M:%S", "120": "%Y-%m-%d %H:%M:%S", "21": "%Y-%m-%d %H:%M:%S.%g",
    "121": "%Y-%m-%d %H:%M:%S.%f", "23": "%Y-%m-%d", "112": "%Y%m%d", "126": "%Y-%m-%dT%H:%M:%S.%f",
}  # fmt: skip


def matched(node: Any) -> exp.Expression:
    """A LIKE without sets stays one; with them it becomes a match of the whole text."""
    pattern = node.expression
    if not (isinstance(pattern, exp.Literal) and "[" in pattern.name):
        return node
    return exp.Anonymous(
        this="regexp_full_match", expressions=[node.this, exp.Literal.string("(?s)" + expression(pattern.name))]
    )


def place(node: Any) -> exp.Expression:
    """PATINDEX('%…%', text): where the first match begins, 0 where there is none."""
    pattern, text = node.expressions
    inner = expression(pattern.name.removeprefix("%").removesuffix("%"))
    found = exp.Anonymous(this="regexp_extract", expressions=[text, exp.Literal.string("(?s)" + inner)])
    return exp.Anonymous(this="strpos_or_0", expressions=[text, found])


def expression(pattern: str) -> str:
    """The regular expression of a LIKE pattern."""
    parts = re.findall(r"\[(\^?)((?:[^\]]|(?<=\[)\])*)\]|(%)|(_)|(.)", pattern, re.DOTALL)
    return "".join(
        ".*" if any_ else "." if one else re.escape(plain) if plain else f"[{turned}{_set(inner)}]"
        for turned, inner, any_, one, plain in parts
    )


def _set(inner: str) -> str:
    return re.sub(r"([\\\[\]^])", r"\\\1", inner)
