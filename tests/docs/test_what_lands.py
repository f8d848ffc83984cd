"""docs/privacy/what-lands.md lists exactly the columns that the contracts class as being about people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.contracts import CLASSES, Column, contract_path, load_contract
from pipelines.sources.config import known_platforms
from tests.docs.pages import DOCS, text

PAGE = DOCS / "privacy" / "what-lands.md"


def declared() -> Iterator[tuple[str, str, Column]]:
    """Every column of every contract, with its platform and table."""
    for platform in known_platforms():
        for table in load_contract(contract_path(platform)).tables.values():
            for column in table.columns:
                yield platform, table.name, column


def listed(heading: str) -> list[list[str]]:
    """Rows of the table below a heading, a row for each column where a cell lists several."""
    section = text(PAGE).split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [
        re.split(r"\s*\|\s*", line.strip("| \n")) for line in section.splitlines() if line.startswith("|")
    ]
    return [[*row[:2], name, *row[3:]] for row in rows[2:] for name in row[2].split(", ")]


def test_every_class_is_explained():
    section = text(PAGE).split("## Classes\n", 1)[1].split("\n## ", 1)[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == CLASSES


def test_pseudonyms_are_those_of_the_contracts():
    expected = {
        (platform, table, column.name, column.identifier)
        for platform, table, column in declared()
        if column.personal == "pseudonym"
    }
    assert {tuple(row) for row in listed("Pseudonyms")} == expected


def test_what_never_lands_is_what_the_contracts_keep_out():
    expected = {
        (platform, table, column.name, column.personal)
        for platform, table, column in declared()
        if not column.lands
    }
    assert {tuple(row) for row in listed("Never lands")} == expected


def test_derived_values_are_those_of_the_contracts():
    rows = listed("Derived before hashing")
    expected = {
        (platform, table, column.name, column.derived_from)
        for platform, table, column in declared()
        if column.derive
    }
    assert {tuple(row[:4]) for row in rows} == expected
    for platform, table, name, _, says in rows:
        column = load_contract(contract_path(platform)).table(table).column(name)
        missing = [kind for kind in column.rules if kind not in says]
        assert not missing, f"{table}.{name}: {missing}"


def test_what_is_blank_on_purpose_is_what_the_contracts_blank():
    expected = {(platform, table, column.name) for platform, table, column in declared() if column.blank_when}
    assert {tuple(row[:3]) for row in listed("Blank on purpose")} == expected
