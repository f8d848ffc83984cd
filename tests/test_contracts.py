"""Contracts: whatever is wrong with one is said with file, line, table and column, and nothing is fetched."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from pipelines.contracts import KINDS, Condition, PlatformContract, contract_path, load_contract
from pipelines.errors import ContractError, UsageError
from pipelines.sources.config import known_platforms

TABLE_LINE, COLUMN_LINE = 5, 11
HEAD = """\
sources:
  - name: shop
    schema: staging_shop
    tables:
      - name: things
        config: {meta: {key: [id]%s}}
        columns:
          - name: id
            data_type: bigint
            config: {meta: {source_type: bigint, personal: none, nullable: false}}
"""


def contract(folder: Path, column: str = "", table: str = "") -> PlatformContract:
    """The contract of `things` (key `id`), with the text of one more column, and more table meta."""
    path = folder / "_shop__sources.yml"
    path.write_text(HEAD % table + (f"          - {column}\n" if column else ""), encoding="utf-8")
    return load_contract(path)


def problems(folder: Path, column: str = "", table: str = "") -> list[str]:
    """What is said, without the file's name, which every problem must begin with."""
    with pytest.raises(ContractError) as refused:
        contract(folder, column, table)
    prefix = f"{folder / '_shop__sources.yml'}:"
    assert all(problem.startswith(prefix) for problem in refused.value.problems)
    assert all(problem in str(refused.value) for problem in refused.value.problems)
    return [problem.removeprefix(prefix) for problem in refused.value.problems]


def described(meta: str, data_type: str = "text") -> str:
    return f"{{name: x, data_type: '{data_type}', config: {{meta: {{{meta}}}}}}}"


PLAIN = "source_type: text, personal: none"
DERIVED = "personal: none, derive: account_kind, from: y"
NAMELESS = "needs `identifier:`"
REFUSED_COLUMNS = {
    "unclassified": (described("source_type: text"), "personal-data class is `None`"),
    "unknown class": (described("source_type: text, personal: secret"), "personal-data class is `secret`"),
    "pseudonym without identifier": (described("source_type: text, personal: pseudonym"), NAMELESS),
    "unknown identifier": (
        described("source_type: text, personal: pseudonym, identifier: shoe_size"),
        NAMELESS,
    ),
    "pseudonym that is no text": (
        described("source_type: bigint, personal: pseudonym, identifier: user_id", "bigint"),
        "a pseudonym lands as text",
    ),
    "unknown type": (described(PLAIN, "money"), "unknown type `money`"),
    "no type": ("{name: x, config: {meta: {source_type: text, personal: none}}}", "unknown type `None`"),
    "misspelt type": (described(PLAIN, "text(10"), "unknown type `text(10`"),
    "decimal too wide": (described(PLAIN, "decimal(39,2)"), "up to 38 digits"),
    "decimal with more fraction than digits": (described(PLAIN, "decimal(4,6)"), "up to 38 digits"),
    "length of a number": (described(PLAIN, "bigint(5)"), "only text has a length"),
    "unknown meta entry": (described(f"{PLAIN}, nulable: false"), "unknown entry `nulable` in config.meta"),
    "nullable as text": (described(f"{PLAIN}, nullable: 'no'"), "neither true nor false"),
    "missing source_type": (described("personal: none"), "`source_type` is missing"),
    "derive of unknown kind": (described("personal: none, derive: mood, from: id"), "`derive: mood` is not"),
    "derive from nothing": (described("personal: none, derive: account_kind"), "needs `from:`"),
    "rules of unknown kind": (described(f"{DERIVED}, rules: {{wizard: [a]}}"), "`rules:` gives lists"),
    "rules that are no lists": (described(f"{DERIVED}, rules: {{guest: a}}"), "`rules:` gives lists"),
    "condition without a column": (
        described(f"{PLAIN}, blank_when: {{colum: id, equals: 1}}"),
        "`column` is missing",
    ),
    "rules that are a list": (described(f"{DERIVED}, rules: [a]"), "`rules:` gives lists"),
    "rules that are a number": (described(f"{DERIVED}, rules: 7"), "misshapen"),
    "config that is no mapping": ("{name: x, data_type: text, config: yes}", "misshapen"),
    "reference to undeclared": (
        described(f"{PLAIN}, blank_when: {{column: gone, equals: 1}}"),
        "refers to `gone`, which is not declared",
    ),
    "retired by an undeclared column": (
        described("personal: none, derive: account_kind, from: id, retired_when: {column: gone, equals: 1}"),
        "refers to `gone`, which is not declared",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("column", "says"), REFUSED_COLUMNS.values(), ids=REFUSED_COLUMNS)
def test_a_wrong_column_is_refused_with_line_table_and_column(tmp_path, column, says):
    [problem] = [said for said in problems(tmp_path, column) if says in said]
    line = TABLE_LINE if says.startswith("refers to") else COLUMN_LINE
    assert problem.startswith(f"{line}: things.x: ")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("{name: y, config: {meta: {source_type: text, personal: free_text}}}", "free text is never read"),
        (
            "{name: y, data_type: text, config: {meta: {personal: none, derive: account_kind, from: id}}}",
            "itself derived",
        ),
    ],
)
def test_a_derivation_reads_only_what_may_be_read(tmp_path, source, says):
    [problem] = problems(tmp_path, f"{described(DERIVED)}\n          - {source}")
    assert problem.startswith("5: things.x: reads `y`")
    assert says in problem


REFUSED_TABLES = {
    "key not declared": (", version: id, key: [nobody]", "given twice"),
    "unknown entry": (", versoin: id", "5: things: unknown entry `versoin` in config.meta."),
    "version not declared": (", version: moved", "5: things.moved: named as key, version"),
    "partition not declared": (
        ", partition: {column: day, unit: date}",
        "5: things.day: named as key, version or partition but not declared",
    ),
    "partition without unit": (", partition: {column: id}", "5: things: a partition needs `unit:`"),
    "partition of unknown unit": (", partition: {column: id, unit: weeks}", "a partition needs `unit:`"),
}  # fmt: skip


@pytest.mark.parametrize(("table", "says"), REFUSED_TABLES.values(), ids=REFUSED_TABLES)
def test_a_wrong_table_is_refused_with_its_line(tmp_path, table, says):
    assert [said for said in problems(tmp_path, table=table) if says in said]


def test_a_missing_key_a_key_that_never_lands_and_duplicates_are_refused(tmp_path):
    path = tmp_path / "_shop__sources.yml"
    twice = HEAD.split("\n", 4)[4] % ""
    path.write_text(
        HEAD % ""
        + "          - {name: id, data_type: text, config: {meta: {source_type: text, personal: none}}}\n"
        + twice
        + "      - {name: keyless, columns: []}\n"
        + "      - name: hidden\n        config: {meta: {key: [name]}}\n"
        + "        columns: [{name: name, config: {meta: {source_type: text, personal: identifier}}}]\n",
        encoding="utf-8",
    )
    with pytest.raises(ContractError, match=r"\(4 problems\)") as refused:
        load_contract(path)
    assert [problem.removeprefix(f"{path}:") for problem in refused.value.problems] == [
        "5: things.id: the column is declared twice.",
        "12: things: the table is declared twice.",
        "18: keyless: a key is missing (config.meta.key).",
        "19: hidden.name: a key, version or partition must land.",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [1\nb: 2\n", "2: not valid YAML: did not find expected ',' or ']'"),
        ("a: 1\nb: 2\na: 3\n", "3: not valid YAML: `a` is given twice"),
        ("a: \x01\n", "1: not valid YAML in UTF-8"),
        ("", "1: one platform per file is expected, found 0"),
        ("- a list\n", "1: one platform per file is expected, found 0"),
        ("sources: [{name: a}, {name: b}]\n", "1: one platform per file is expected, found 2"),
        ("sources:\n  - {schema: s, tables: []}\n", "1: sources: `name` is missing"),
        ("sources:\n  - {name: s, tables: [{description: x}]}\n", "1: sources: `name` is missing"),
        ("sources:\n  - {name: s, tables: [just, words]}\n", "1: sources: misshapen"),
        (
            "sources:\n  - name: s\n    tables:\n      - {name: t, columns: [{name: 1}, x]}\n",
            "4: t.1: misshapen",
        ),
    ],
)
def test_a_file_of_any_shape_is_refused_in_words(tmp_path, text, says):
    path = tmp_path / "_shop__sources.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError) as refused:
        load_contract(path)
    assert [problem for problem in refused.value.problems if problem.startswith(f"{path}:{says}")]


def test_bytes_that_are_no_text_and_a_missing_file_are_refused(tmp_path):
    path = tmp_path / "_shop__sources.yml"
    with pytest.raises(
        ContractError, match=f"{path}: there is no such file; every platform needs its contract"
    ):
        load_contract(path)
    path.write_bytes(b"sources: \xff\n")
    with pytest.raises(ContractError, match=f"{path}:1: not valid YAML in UTF-8"):
        load_contract(path)


# ---------------------------------------------------------------- what is read


def test_a_column_is_read_with_all_its_parts(tmp_path):
    meta = (
        "source_type: bigint, personal: pseudonym, identifier: user_id, nobody: [0, '-1'], nullable: false, "
        "blank_when: {column: id, equals: 3}"
    )
    read = contract(tmp_path, described(meta, "text(100)")).table("things").column("x")
    assert (read.kind, read.length, read.nullable, read.lands) == ("text", 100, False, True)
    assert (read.nobody, read.blank_when) == (("0", "-1"), Condition("id", "3"))
    assert read.duckdb_type == "VARCHAR"


@pytest.mark.parametrize(
    ("data_type", "duckdb_type"),
    [
        ("decimal(12,2)", "DECIMAL(12,2)"),
        ("decimal", "DECIMAL(38,0)"),
        ("decimal(10, 5)", "DECIMAL(10,5)"),
        ("bool", "BOOLEAN"),
        ("binary", "BLOB"),
        ("json", "VARCHAR"),
        ("bigint", "BIGINT"),
    ],
)
def test_types_as_duckdb_calls_them(tmp_path, data_type, duckdb_type):
    assert (
        contract(tmp_path, described(PLAIN, data_type)).table("things").column("x").duckdb_type == duckdb_type
    )


def test_every_kind_may_be_declared(tmp_path):
    for kind in KINDS:
        assert contract(tmp_path, described(PLAIN, kind)).table("things").column("x").kind == kind


def test_read_is_what_lands_and_what_that_needs_and_nothing_else(tmp_path):
    more = (
        "{name: login, config: {meta: {source_type: text, personal: identifier}}}",
        "{name: gone, config: {meta: {source_type: text, personal: sensitive}}}",
        "{name: letter, config: {meta: {source_type: text, personal: free_text}}}",
        "{name: left, config: {meta: {source_type: text, personal: identifier}}}",
        described(f"{DERIVED.replace('y', 'login')}, retired_when: {{column: left, equals: 1}}"),
    )
    table = contract(tmp_path, "\n          - ".join(more)).table("things")
    assert [column.name for column in table.landed] == ["id", "x"]
    assert [column.name for column in table.fetched] == ["id", "login", "left"]


def test_the_fingerprint_moves_with_what_lands_and_not_with_words(tmp_path):
    before = contract(tmp_path, described(PLAIN, "text(10)")).table("things")
    wider = contract(tmp_path, described(PLAIN, "text(20)")).table("things")
    assert before.fingerprint == contract(tmp_path, described(PLAIN, "text(10)")).table("things").fingerprint
    assert before.fingerprint != wider.fingerprint
    assert dataclasses.replace(before, description="in other words").fingerprint == before.fingerprint


def test_an_unknown_table_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="shop has no table socks in its contract"):
        contract(tmp_path).table("socks")


@pytest.mark.parametrize("platform", known_platforms())
def test_the_real_contracts_load_and_describe_every_column(platform):
    loaded = load_contract(contract_path(platform))
    assert (loaded.platform, loaded.schema) == (platform, f"staging_{platform}")
    assert loaded.tables
    for table in loaded.tables.values():
        assert table.description and table.landed, table.name
        assert all(column.description for column in table.columns), table.name
        assert all(not table.column(name).nullable for name in table.key), table.name


def test_no_platforms_contract_is_missing():
    assert {"moodle", "subscriptions"} <= set(known_platforms())
