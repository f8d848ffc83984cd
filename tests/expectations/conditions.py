"""What the conditions of the checks hold of, by hand: text → 1, 0, or None where there is no answer."""

from __future__ import annotations

HEX = "0123456789abcdef" * 4
PSEUDONYMS = {
    f"k1:{HEX}": 1, f"account:moodle:main:k1:{HEX}": 1, f"a:{HEX}": 1, f"😀:{HEX}": 1,
    f":{HEX}": 0, f"::{HEX}": 0, f"a::{HEX}": 0, HEX: 0, f"k1:{HEX[1:]}": 0, f"k1:{HEX}0": 0,
    f"k1:{HEX[1:]}F": 0, f"k1:{HEX[1:]}g": 0, f"k1:{HEX} ": 0, f"k1:{HEX[1:]} ": 0,
    "": 0, "ada": 0, None: None,
}  # fmt: skip
ADDRESSES = {
    "ada@b.c": 1, "<ada@school.example>": 1, "write to ada@school.example today": 1, "a@b@c.d": 1,
    "x\nada@b.c": 1, "a@.b.c": 1, "Maths @ Home": 0, "Maths @Home vol.2": 0, "Fun@Home vol.2": 0,
    "@b.c": 0, "a@b.": 0, "a@bc": 0,
    "a@ b.c": 0, "a@b. c": 0, "p@@q.r": 0, "a@\tb.c": 0, "ccx@12": 0, "": 0,
}  # fmt: skip
ONLY: dict[tuple[str, int, int | None], dict[str | None, int | None]] = {
    ("0-9", 1, None): {"12": 1, "0": 1, "": 0, "1a": 0, "1 ": 0, " 1": 0, "１": 0, None: None},
    ("0-9a-f-", 3, 5): {"a-f": 1, "abcde": 1, "ab": 0, "abcdef": 0, "ABC": 0, "abg": 0, "abc ": 0},
    ("A-Za-z0-9_.-", 1, 4): {"aZ_-": 1, "a.9": 1, "a b": 0, "é": 0, "a\n": 0, "[": 0, "%": 0},
}  # fmt: skip
HASHED = {f"h:{HEX[:16]}": 1, f"h:{HEX[:15]}": 0, f"h:{HEX[:17]}": 0, f"x:{HEX[:16]}": 0, f"h:{HEX[:15]}G": 0}
LENGTHS = {"abc": 3, "ab  ": 4, "  ": 2, "": 0, None: None}


def held(condition: str) -> str:
    """A condition as 1, 0 or NULL."""
    return f"case when {condition} then 1 when not {condition} then 0 end"
