"""What the project's files say about measures: entries, macros, columns of marts, thresholds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)\s*\((.*?)\)\s*-?%\}(.*?)\{%-?\s*endmacro\s*-?%\}", re.DOTALL)
_DOCS = re.compile(r"\{%\s*docs\s+(\w+)\s*%\}(.*?)\{%\s*enddocs\s*%\}", re.DOTALL)
_DOC = re.compile(r"\{\{\s*doc\('(\w+)'\)\s*\}\}")
_VAR_LINE = re.compile(r"^  (?:#\s*(?P<said>.*)|(?P<name>\w+):\s*(?P<value>.+))$")


@dataclass(frozen=True)
class Entry:
    """One measure, or one rule that measures are built on (`kind`), as its file describes it."""

    name: str
    subject: str
    path: str
    definition: str
    meta: dict[str, Any] = field(hash=False)

    @property
    def kind(self) -> str:
        return str(self.meta.get("kind", "measure"))

    @property
    def named_columns(self) -> tuple[str, ...]:
        """Columns it names, as `mart.column`; `Registry.shown_in` adds those that are called like it."""
        return tuple(self.meta.get("columns") or ())


@dataclass(frozen=True)
class Macro:
    """A macro of the project; `main` is the one its file is named after."""

    name: str
    path: str
    parameters: tuple[str, ...]
    body: str
    thresholds: tuple[str, ...]
    of_measures: bool

    @property
    def main(self) -> bool:
        return Path(self.path).stem == self.name


@dataclass(frozen=True)
class MartColumn:
    """A column of a mart; `said` is the description as written, `text` with shared texts put in."""

    mart: str
    name: str
    path: str
    schema: str
    row: str
    said: str
    text: str
    meta: dict[str, Any] = field(hash=False)

    def __str__(self) -> str:
        return f"{self.mart}.{self.name}"


@dataclass(frozen=True)
class Threshold:
    """A var of dbt_project.yml and the comment above it."""

    name: str
    value: str
    said: str


@dataclass(frozen=True)
class Registry:
    """Everything read from one dbt project."""

    project: Path
    entries: list[Entry]
    macros: list[Macro]
    columns: list[MartColumn]
    thresholds: list[Threshold]

    def shown_in(self, entry: Entry) -> list[str]:
        """Every `mart.column` with this measure: those it names, and those called like it."""
        taken = {column for other in self.entries for column in other.named_columns}
        alike = [
            str(column)
            for column in self.columns
            if column.name == entry.name and str(column) not in taken and not column.meta
        ]
        return [*entry.named_columns, *alike]

    def measured_columns(self, kinds: tuple[str, ...] = ("measure",)) -> set[str]:
        """Every `mart.column` that an entry of these kinds or its own unit describes."""
        entries = [entry for entry in self.entries if entry.kind in kinds]
        named = {column for entry in entries for column in self.shown_in(entry)}
        return named | {str(column) for column in self.plain_columns()}

    def macros_of(self, entry: Entry) -> list[Macro]:
        """The macros in the file that is named after the entry."""
        return [m for m in self.macros if m.of_measures and Path(m.path).stem == entry.name]

    def plain_columns(self) -> list[MartColumn]:
        """Counts and amounts without a macro: they say their own unit."""
        return [column for column in self.columns if "unit" in column.meta]


def read_registry(project: Path) -> Registry:
    """`project` is the folder of dbt_project.yml."""
    return Registry(
        project, list(_entries(project)), list(_macros(project)), list(_columns(project)),
        list(_thresholds(project)),
    )  # fmt: skip


def read(path: Path) -> Any:
    """A YAML file, by libyaml: the loader in Python takes a second for the project's."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def one_line(text: object) -> str:
    """The text without its line breaks."""
    return " ".join(str(text).split())


def _entries(project: Path) -> Iterator[Entry]:
    for path in sorted((project / "macros" / "measures").glob("*.yml")):
        subject = re.sub(r"^_|__measures$", "", path.stem)
        for entry in read(path).get("macros") or []:
            meta = (entry.get("config") or {}).get("meta") or {}
            text = one_line(entry.get("description", ""))
            yield Entry(entry["name"], subject, str(path.relative_to(project)), text, meta)


def _macros(project: Path) -> Iterator[Macro]:
    measures = project / "macros" / "measures"
    for path in sorted((project / "macros").rglob("*.sql")):
        text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
        for name, parameters, body in MACRO.findall(text):
            names = tuple(part.split("=")[0].strip() for part in parameters.split(",") if part.strip())
            thresholds = tuple(dict.fromkeys(re.findall(r"var\('(\w+)'\)", body)))
            yield Macro(
                name, str(path.relative_to(project)), names, body, thresholds, path.parent == measures
            )


def _columns(project: Path) -> Iterator[MartColumn]:
    marts = project / "models" / "marts"
    shared = dict(
        found
        for path in sorted((project / "models").rglob("*.md"))
        for found in _DOCS.findall(path.read_text(encoding="utf-8"))
    )
    for path in sorted(marts.rglob("*.yml")):
        for model in read(path).get("models") or []:
            row = one_line(model.get("description", ""))
            for column in model.get("columns") or []:
                said = one_line(column.get("description", ""))
                text = one_line(_DOC.sub(lambda found: shared.get(found[1], found[0]), said))
                yield MartColumn(
                    model["name"], column["name"], str(path.relative_to(project)),
                    path.relative_to(marts).parts[0], row, said, text,
                    (column.get("config") or {}).get("meta") or {},
                )  # fmt: skip


def _thresholds(project: Path) -> Iterator[Threshold]:
    text = (project / "dbt_project.yml").read_text(encoding="utf-8")
    said: list[str] = []
    for line in re.split(r"^vars:\n", text, flags=re.MULTILINE)[1].splitlines():
        found = _VAR_LINE.match(line)
        if not found:
            break
        if found["name"]:
            yield Threshold(found["name"], found["value"].strip('"'), " ".join(said))
            said = []
        else:
            said.append(found["said"])
