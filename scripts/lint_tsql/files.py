"""The SQL of the project's files as people wrote it: Jinja taken out, its texts looked at one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from scripts.lint_tsql.statement import Statement

FOLDERS = ("models", "tests", "macros", "analyses", "snapshots")
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_LITERAL = re.compile(r"""("[^"\n]*"|'[^'\n]*')""")


def written_statements(project: Path) -> Iterator[Statement]:
    """One statement a file, and one for each text within its Jinja; macros/dialect is free."""
    dialect = project / "macros" / "dialect"
    for folder in FOLDERS:
        for path in sorted((project / folder).rglob("*.sql")):
            if dialect not in path.parents:
                yield from pieces(
                    f"{project.name}/{path.relative_to(project)}", path.read_text(encoding="utf-8")
                )


def pieces(path: str, text: str) -> Iterator[Statement]:
    """The SQL of one file; each piece knows the line it begins at."""
    text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    yield Statement(path, Path(path).stem, _JINJA.sub(_placeholder, text), kind="written")
    for block in _JINJA.finditer(text):
        for literal in _LITERAL.finditer(block[0]):
            line = text.count("\n", 0, block.start() + literal.start()) + 1
            yield Statement(path, Path(path).stem, literal[0][1:-1], kind="written", first_line=line)


def _placeholder(found: re.Match[str]) -> str:
    """A name where an expression stood, a blank where a statement stood; lines stay where they are."""
    return ("jinja" if found[0].startswith("{{") else " ") + "\n" * found[0].count("\n")
