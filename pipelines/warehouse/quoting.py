"""Names and texts as SQL writes them, on either engine and in the dialects of the sources."""

from __future__ import annotations

from collections.abc import Iterable


def quoted(name: str) -> str:
    """A name as an identifier, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as a literal."""
    return "'" + text.replace("'", "''") + "'"


def listed(texts: Iterable[str]) -> str:
    """Texts as a list of literals, for `in (…)`."""
    return ", ".join(map(literal, texts))
