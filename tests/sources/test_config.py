"""Source configs: how tables are fetched, and where a config and its contract disagree."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.contracts import contract_path, load_contract
from pipelines.errors import ContractError
from pipelines.sources.config import SourceConfig, config_path, known_platforms, load_source_config
from tests.landing.tables import column, table

CONTRACT = """\
sources:
  - name: shop
    tables:
      - name: s_things
        config: {meta: {key: [id]}}
        columns:
          - {name: id, data_type: bigint, config: {meta: {source_type: bigint, personal: none}}}
          - {name: at, data_type: bigint, config: {meta: {source_type: bigint, personal: none}}}
"""


def load(folder: Path, text: str) -> SourceConfig:
    contract, config = folder / "contract.yml", folder / "shop.yml"
    contract.write_text(CONTRACT)
    config.write_text(text)
    return load_source_config(config, load_contract(contract))


def refused(folder: Path, text: str) -> list[str]:
    with pytest.raises(ContractError) as said:
        load(folder, text)
    prefix = f"{folder / 'shop.yml'}:"
    assert all(problem.startswith(prefix) for problem in said.value.problems)
    return [problem.removeprefix(prefix) for problem in said.value.problems]


HEAD = "platform: shop\nkind: replica\ntable_prefix: s_\n"


def test_defaults_are_overridden_by_a_tables_own_words(tmp_path):
    text = (
        HEAD
        + "defaults: {page_rows: 7, overlap: 60}\ntables:\n  s_things: {overlap: 5, row_filter: id > 1}\n"
    )
    fetch = load(tmp_path, text).tables["s_things"]
    assert (fetch.page_rows, fetch.overlap, fetch.row_filter, fetch.cursor) == (7, 5, "id > 1", None)


@pytest.mark.parametrize("tables", ["{s_things: {}}", "{s_things: }"])
def test_a_table_without_words_is_compared_in_full(tmp_path, tables):
    assert load(tmp_path, f"{HEAD}tables: {tables}\n").tables["s_things"].cursor is None


def test_cursor_of_one_or_several_columns(tmp_path):
    one = load(tmp_path, HEAD + "tables: {s_things: {cursor: {column: at, unit: epoch_seconds}}}\n")
    both = load(tmp_path, HEAD + "tables: {s_things: {cursor: {columns: [at, id], unit: sequence}}}\n")
    cursors = [config.tables["s_things"].cursor for config in (one, both)]
    assert [cursor.names for cursor in cursors if cursor] == [("at",), ("at", "id")]


def test_an_instances_prefix_replaces_the_canonical_one(tmp_path):
    config = load(tmp_path, HEAD + "tables: {s_things: {}}\n")
    assert config.physical_name("s_things", None) == "s_things"
    assert config.physical_name("s_things", "site2_") == "site2_things"
    assert config.physical_name("s_things", "") == "things"
    assert config.physical_name("elsewhere", "site2_") == "elsewhere"


FETCH = "5: tables.s_things"
REFUSED = {
    "not fetched": ("tables: {}", "1: s_things: in the contract but not fetched."),
    "not in the contract": ("tables:\n  s_things: {}\n  s_socks: {}", "6: s_socks: fetched but not in"),
    "cursor not declared": (
        "tables:\n  s_things: {cursor: {column: moved, unit: timestamp}}",
        "5: s_things.moved: the cursor is not declared in the contract.",
    ),
    "unknown unit": ("tables:\n  s_things: {cursor: {column: at, unit: weeks}}", f"{FETCH}.cursor.unit:"),
    "no unit": ("tables:\n  s_things: {cursor: {column: at}}", f"{FETCH}.cursor.unit: Field required"),
    "column and columns": (
        "tables:\n  s_things: {cursor: {column: at, columns: [id], unit: sequence}}",
        f"{FETCH}.cursor: Value error, give either `column` or `columns`",
    ),
    "misspelt entry": ("tables:\n  s_things: {page_row: 5}", f"{FETCH}.page_row: Extra inputs"),
    "a number that is none": ("tables:\n  s_things: {page_rows: many}", f"{FETCH}.page_rows: Input"),
    "no page at all": ("tables:\n  s_things: {page_rows: 0}", f"{FETCH}.page_rows: Input should be greater"),
    "table that is no mapping": ("tables:\n  s_things: all", "1: `tables:` gives each table its own mapping"),
    "unknown entry at the top": ("speed: fast\ntables: {s_things: {}}", "1: speed: Extra inputs"),
    "given twice": ("tables: {}\ntables: {}", "5: not valid YAML: `tables` is given twice"),
    "not YAML": ("tables: {", "5: not valid YAML:"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "says"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_config_is_refused_with_line_and_place(tmp_path, text, says):
    assert [problem for problem in refused(tmp_path, f"{HEAD}{text}\n") if problem.startswith(says)]


@pytest.mark.parametrize("text", ["", "- a\n", "tables: [s_things]\n"])
def test_a_file_of_another_shape_is_refused(tmp_path, text):
    assert "each table its own mapping" in refused(tmp_path, text)[0]


def test_another_platforms_config_and_another_kind_are_refused(tmp_path):
    tables = "tables: {s_things: {}}\n"
    assert (
        "platform `socks` is not `shop`" in refused(tmp_path, "platform: socks\nkind: replica\n" + tables)[0]
    )
    assert refused(tmp_path, "platform: shop\nkind: crystal_ball\n" + tables)[0].startswith("1: kind:")


DROPS = "platform: shop\nkind: csv_drop\ntables: {s_things: "


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{rows: most}", "s_things.rows: Input should be 'all' or 'some'"),
        ("{rows: all, encoding: klingon}", "no encoding that Python knows"),
        ("{rows: all, delimiter: ';;'}", "at most 1 character"),
        ("{rows: all, delimiter: '\"'}", "neither a quote nor a line end"),
        (
            "{rows: all, headers: {number: nr}}",
            "s_things.nr: what a header, an optional cell or a date is of",
        ),
        (
            "{rows: all, dates: {when: '%d'}}",
            "s_things.when: what a header, an optional cell or a date is of",
        ),
        ("{}", "s_things.rows: Field required"),
    ],
)
def test_what_a_drop_cannot_be_read_with_is_refused(tmp_path, words, said):
    assert said in refused(tmp_path, f"{DROPS}{words}}}\n")[0]


def test_a_drop_knows_its_files(tmp_path):
    fetch = load(tmp_path, DROPS + "{rows: all, encoding: latin1, headers: {number: id}}}\n").drops[
        "s_things"
    ]
    assert (fetch.rows, fetch.encoding, dict(fetch.headers)) == ("all", "iso8859-1", {"number": "id"})


def test_a_missing_file_is_refused(tmp_path):
    contract = tmp_path / "contract.yml"
    contract.write_text(CONTRACT)
    with pytest.raises(ContractError, match=r"nowhere\.yml: there is no such file; it says how"):
        load_source_config(tmp_path / "nowhere.yml", load_contract(contract))


@pytest.mark.parametrize("platform", known_platforms())
def test_the_real_configs_agree_with_their_contracts(platform):
    contract = load_contract(contract_path(platform))
    config = load_source_config(config_path(platform), contract)
    assert {*config.tables, *config.files, *config.items, *config.drops} == set(contract.tables)
    for name, fetch in config.tables.items():
        cursors = fetch.cursor.names if fetch.cursor else ()
        fetched = {item.name for item in contract.tables[name].fetched}
        assert set(cursors) <= fetched, (
            f"{name}: a cursor column is not read, so a change of it alone is lost"
        )


def test_contract_builders_of_these_tests_make_real_contracts():
    assert [item.name for item in table(column("value")).fetched] == ["id", "value"]


PACKAGES = """\
platform: shop
kind: edx_package
skip: [course]
tables:
  s_things: {format: tsv, aliases: {was: %s}}
"""


def test_an_alias_stands_for_a_declared_column(tmp_path):
    assert load(tmp_path, PACKAGES % "id").files["s_things"].aliases == {"was": "id"}
    with pytest.raises(ContractError, match=r"s_things\.gone: what an alias stands for is not declared"):
        load(tmp_path, PACKAGES % "gone")


def test_a_format_nobody_knows_is_refused(tmp_path):
    with pytest.raises(ContractError, match=r"tables\.s_things\.format: Input should be 'tsv'"):
        load(tmp_path, PACKAGES.replace("tsv", "xlsx") % "id")
