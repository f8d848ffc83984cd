"""Reads the documentation: its pages, their code blocks and what they name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PROJECT_ROOT = Path(__file__).parents[2]
DOCS = PROJECT_ROOT / "docs"
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, what stands in it, and the last heading above it."""

    language: str
    text: str
    heading: str

    @property
    def first_line(self) -> str:
        return self.text.split("\n", 1)[0]

    @property
    def rest(self) -> str:
        return self.text.split("\n", 1)[1]


def pages() -> list[Path]:
    """Every page of the project's documentation."""
    top = [PROJECT_ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    return [*top, *sorted(DOCS.rglob("*.md"))]


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str | None = None) -> list[Block]:
    """The fenced blocks of a page in order, of one language or of all."""
    whole = text(page)
    found = []
    for match in _FENCE.finditer(whole):
        above = _HEADING.findall(whole[: match.start()])
        found.append(Block(match[1], match[2], above[-1] if above else ""))
    return [block for block in found if language in (None, block.language)]


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", text(page))


def anchors(page: Path) -> set[str]:
    """Names of a page's headings as links write them: lower case, punctuation gone, blanks to hyphens."""
    names = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(prose(page)))
    return {name.strip().replace(" ", "-") for name in names}
