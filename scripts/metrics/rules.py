"""The registry is complete, and nothing in it is defined twice: a line a finding."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from scripts.metrics.registry import Entry, Macro, MartColumn, Registry

OWNERS = ("customer insight", "course activity", "finance")
KINDS = ("measure", "rule")
ENTRY_FIELDS = {"kind", "owner", "unit", "grain", "caveat", "columns"}
COLUMN_FIELDS = {"unit", "caveat", "owner", "measure"}
SHORTEST_TEXT = 20
# Shorter descriptions may be repeated: "Region of the school."
SHARED_FROM = 60
Thing = TypeVar("Thing")


def incomplete(registry: Registry) -> Iterator[str]:
    """What an entry or a column lacks, and macros and entries without each other."""
    yield from _unmatched(registry)
    columns = {str(column) for column in registry.columns}
    for entry in registry.entries:
        yield from (f"{entry.path}: {entry.name}: {what}" for what in _lacks(entry, columns))
        if entry.kind == "measure" and not registry.shown_in(entry):
            yield f"{entry.path}: {entry.name}: no mart shows it: name its columns"
    for column in registry.columns:
        yield from (f"{column.path}: {column}: {what}" for what in _column_lacks(column))


def defined_twice(registry: Registry) -> Iterator[str]:
    """One name, body, text or column that two definitions share; one name with two texts."""
    measures = [macro for macro in registry.macros if macro.of_measures]
    yield from _shared("is described by two entries", registry.entries, lambda e: e.name, lambda e: e.path)
    yield from _shared("is the name of two macros", registry.macros, lambda m: m.name, lambda m: m.path)
    yield from _shared("is the body of two macros", measures, normalised_body, lambda m: m.name)
    yield from _shared("defines two entries", registry.entries, lambda e: e.definition, lambda e: e.name)
    # Rules may work together on one column: why a term began, changed and ended.
    measured = [entry for entry in registry.entries if entry.kind == "measure"]
    claims = [(column, entry.name) for entry in measured for column in entry.named_columns]
    claims += [(str(column), "its own unit") for column in registry.plain_columns()]
    yield from _shared("is claimed twice", claims, lambda claim: claim[0], lambda claim: claim[1])
    yield from _texts(registry)


def normalised_body(macro: Macro) -> str:
    """The body with parameters by place, so that other names and line breaks make no other macro."""
    body = "".join(macro.body.lower().split())
    for place, parameter in enumerate(macro.parameters):
        body = re.sub(rf"(?<![\w']){parameter}(?![\w'])", f"${place}", body)
    return body


def _shared(
    what: str,
    things: Iterable[Thing],
    key: Callable[[Thing], Hashable],
    place: Callable[[Thing], str],
) -> Iterator[str]:
    places = defaultdict[Hashable, list[str]](list)
    for thing in things:
        places[key(thing)].append(place(thing))
    for value, found in places.items():
        if len(found) > 1:
            yield f"`{str(value)[:80]}` {what}: {', '.join(found)}: keep one"


def _unmatched(registry: Registry) -> Iterator[str]:
    files = {Path(macro.path).stem for macro in registry.macros if macro.of_measures}
    entries = {entry.name for entry in registry.entries}
    for name in sorted(files - entries):
        yield f"macros/measures/{name}.sql: has no entry in a _<subject>__measures.yml"
    for entry in registry.entries:
        if entry.name not in files:
            yield f"{entry.path}: {entry.name}: there is no macros/measures/{entry.name}.sql"
        if not re.fullmatch(r"_[a-z]+(_[a-z]+)*__measures\.yml", Path(entry.path).name):
            yield f"{entry.path}: is to be called _<subject>__measures.yml"


def _lacks(entry: Entry, columns: set[str]) -> Iterator[str]:
    meta = entry.meta
    yield from (f"{name} is no field of an entry" for name in sorted(set(meta) - ENTRY_FIELDS))
    if entry.kind not in KINDS:
        yield f"kind is one of {', '.join(KINDS)}"
    if meta.get("owner") not in OWNERS:
        yield f"owner is one of {', '.join(OWNERS)}"
    if len(entry.definition) < SHORTEST_TEXT:
        yield "description says in a sentence what it is"
    needed = ("grain", "caveat", "unit") if entry.kind == "measure" else ("grain", "caveat")
    yield from (f"{name} is missing" for name in needed if not meta.get(name))
    yield from (f"no mart has a column {name}" for name in entry.named_columns if name not in columns)


def _column_lacks(column: MartColumn) -> Iterator[str]:
    unknown = sorted(set(column.meta) - COLUMN_FIELDS)
    yield from (f"{name} is no field of a column's meta" for name in unknown)
    if column.meta.get("measure") is False and "unit" in column.meta:
        yield "is no measure and has a unit: one of the two"
    if "unit" in column.meta and owner_of(column) not in OWNERS:
        yield f"owner is one of {', '.join(OWNERS)}"


def owner_of(column: MartColumn) -> str:
    """Who answers for a plain column: whom it names, else the schema's people."""
    return str(column.meta.get("owner") or column.schema.replace("_", " "))


def _texts(registry: Registry) -> Iterator[str]:
    measured = registry.measured_columns()
    said = defaultdict[str, dict[str, str]](dict)
    written = defaultdict[str, list[str]](list)
    for column in registry.columns:
        if str(column) in measured:
            said[column.name][str(column)] = column.said
        if "{{" not in column.said and len(column.said) >= SHARED_FROM:
            written[column.said].append(str(column))
    for name, texts in said.items():
        if len(set(texts.values())) > 1:
            yield f"`{name}` has two texts: {', '.join(texts)}: one doc block, or two names"
    for text, columns in written.items():
        if len(columns) > 1:
            yield f"`{text[:60]}` is written twice: {', '.join(columns)}: a doc block"
