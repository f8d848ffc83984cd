"""Builds suites: a landed table's from its contract, a mart's from its columns, each with what is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from expectations import queries
from expectations.dialects import BATCH, DIALECTS, Dialect
from expectations.expected import ONE_ROW_OF_COUNTS, ROWS_OF_COLUMNS, Expected, Suite, in_words, no_rows
from expectations.results import FAIL, WARN
from expectations.written import Written, read_written, row_count
from pipelines.contracts import Column, PlatformContract, TableContract

FILLED = ("_instance", "_row_hash", "_dlt_load_id")
# What `derive:` can say; the landing computes it and nobody can look it up afterwards.
DERIVED = {
    "account_kind": ["learner", "guest", "generator", "retired", "staff", "bot"],
    "email_domain_class": ["education", "government", "free_mail", "other", "none"],
}
Columns = Mapping[str, str]


@dataclass(frozen=True)
class Scope:
    """What a suite reads: the clock for date ranges, the loads whose rows row checks are limited to, and the
    engine on which it is asked."""

    clock: datetime
    load_ids: tuple[str, ...] = ()
    dialect: Dialect = DIALECTS["duckdb"]


def staging_suite(contract: PlatformContract, table: TableContract, present: Columns, scope: Scope) -> Suite:
    """Suite of one landed table; `present` holds the relation's columns and their declared types.

    Row checks read the rows of `scope.load_ids` (all, if there are none); the key and the volume are
    those of the whole table.
    """
    loads = scope.load_ids if "_dlt_load_id" in present else ()
    dialect = scope.dialect
    written = read_written("staging", f"{contract.platform}.{table.name}", scope.clock, loads, dialect)
    rows = queries.rows_of(loads)
    landed = [column for column in table.landed if column.name in present]
    expected = [
        *_shape(table, contract, dialect),
        *_filled(table, landed, present, rows),
        *_key(table, present),
        *_pseudonyms(landed, rows, dialect),
        *_lengths(landed, present, rows, dialect),
        *_derived(landed, loads),
        *_listed(landed, rows),
        *([written.volume] if written.volume else []),
        *written.expected,
    ]
    return Suite(f"{contract.schema}.{table.name}", tuple(expected))


def mart_suite(relation: str, present: Columns, scope: Scope) -> Suite:
    """Suite of one mart: it is not empty, holds no `@`, and what is written for it."""
    written = read_written("marts", relation, scope.clock, (), scope.dialect)
    volume = written.volume or row_count(
        1, FAIL, "See whether its sources landed and which model lost the rows."
    )
    return Suite(relation, (volume, *_at_signs(written, present, scope.dialect), *written.expected))


def _shape(table: TableContract, contract: PlatformContract, dialect: Dialect) -> list[Expected]:
    declared = {column.name: dialect.declared(table, column) for column in table.landed} | dialect.added
    relation = f"{contract.schema}.{table.name}"
    file, covers = contract.path.name, in_words(declared)
    return [
        no_rows(
            "columns_as_declared", FAIL,
            f"Compare {file} with the source, mend the contract, then land the table again in full.",
            queries.differing_types(dialect, relation, declared), bundle=ROWS_OF_COLUMNS, covers=covers,
        ),
        no_rows(
            "no_other_columns", WARN,
            f"Drop the column from staging, or declare it with its personal-data class in {file}.",
            queries.undeclared_columns(dialect, relation, list(declared)), bundle=ROWS_OF_COLUMNS,
            covers=covers,
        ),
    ]  # fmt: skip


def _filled(table: TableContract, landed: list[Column], present: Columns, rows: str) -> list[Expected]:
    required = [column.name for column in landed if not column.nullable or column.name in table.key]
    required += [name for name in FILLED if name in present]
    return _per_column(
        "not_null", {name: queries.is_null(name) for name in required}, rows,
        "The source holds rows without a value it promised: ask its owner, or declare the column nullable "
        "and see what the models make of it.",
    )  # fmt: skip


def _key(table: TableContract, present: Columns) -> list[Expected]:
    key = ("_instance", *table.key)
    if not set(key) <= set(present):
        return []  # columns_as_declared says so
    advice = "Rows of one key landed twice: check the key in the contract, then land the table again in full."
    return [no_rows("unique_key", FAIL, advice, queries.duplicates(key))]


def _pseudonyms(landed: list[Column], rows: str, dialect: Dialect) -> list[Expected]:
    names = [column.name for column in landed if column.personal == "pseudonym"]
    return _per_column(
        "pseudonyms", {name: queries.no_pseudonym(dialect, name) for name in names}, rows,
        "A person's identifier may have landed in clear: publish nothing, tell the data protection officer, "
        "delete the rows from staging and land them again.",
    )  # fmt: skip


def _lengths(landed: list[Column], present: Columns, rows: str, dialect: Dialect) -> list[Expected]:
    wrong = {
        column.name: queries.too_long(dialect, column.name, column.length)
        for column in landed
        if column.length and column.personal != "pseudonym" and dialect.is_text(present[column.name])
    }
    advice = "A text is longer than declared and would not fit on SQL Server: declare a greater length."
    return _per_column("text_fits", wrong, rows, advice)


def _derived(landed: list[Column], loads: tuple[str, ...]) -> list[Expected]:
    advice = "The landing derived a value outside the closed list: add it to suite.py and to the models."
    return [
        Expected(
            "derived_value", FAIL, advice, "expect_column_values_to_be_in_set",
            {"column": column.name, "value_set": DERIVED[column.derive]}, column.name, load_ids=loads,
        )
        for column in landed
        if column.derive in DERIVED
    ]  # fmt: skip


def _listed(landed: list[Column], rows: str) -> list[Expected]:
    """Columns of whose values only declared ones may land, as texts of a nested record."""
    lists = {
        column.name: [*column.payload.values, *filter(None, [column.payload.otherwise])]
        for column in landed
        if column.payload and column.payload.values and column.kind == "text"
    }
    return _per_column(
        "listed_value", {name: queries.not_listed(name, values) for name, values in lists.items()}, rows,
        "The landing let a value through that the contract does not list, and it may be what somebody wrote: "
        "publish nothing, delete the rows from staging, and land them again.",
    )  # fmt: skip


def _at_signs(written: Written, present: Columns, dialect: Dialect) -> list[Expected]:
    """No text of a mart holds an `@`; names of things that may, hold no e-mail address."""
    texts = [name for name, kind in present.items() if dialect.is_text(kind)]
    wrong = {
        name: queries.address(dialect, name) if name in written.at_sign_allowed else queries.at_sign(name)
        for name in texts
    }
    advice = (
        "An e-mail address may be in a mart: find the column it came from and class it in the contract. "
        "If it is the name of a thing, list the column under `at_sign_allowed` in the mart's suite."
    )
    return _per_column("no_at_sign", wrong, BATCH, advice)


def _per_column(name: str, wrong: Mapping[str, str], rows: str, advice: str) -> list[Expected]:
    """One bundled expectation over all columns, or none where there are no columns."""
    if not wrong:
        return []
    return [
        no_rows(
            name, FAIL, advice, queries.counts(wrong, rows), bundle=ONE_ROW_OF_COUNTS,
            covers=in_words(wrong),
        )
    ]  # fmt: skip
