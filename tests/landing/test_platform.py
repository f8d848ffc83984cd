"""What stops a platform before anything is fetched, and what stops one table while the others go on."""

from __future__ import annotations

import pytest

from pipelines.contracts import contract_path, load_contract
from pipelines.errors import ContractError, SettingsError, TableMismatch
from pipelines.sources.replica.reader import Select
from pipelines.sources.replica.sqlite import SqliteReader
from tests.landing.shop import CONTRACT, Shop

TWO = CONTRACT + (
    "      - name: s_parts\n"
    "        config: {meta: {key: [id]}}\n"
    "        columns:\n"
    "          - {name: id, data_type: bigint, config: {meta: {source_type: bigint, personal: none}}}\n"
)
BOTH = "platform: shop\nkind: replica\ntable_prefix: s_\ntables: {s_things: {}, s_parts: {}}\n"


@pytest.fixture
def ready(shop) -> Shop:
    shop.sqlite()
    shop.put(1)
    return shop


def refused(shop: Shop, monkeypatch, kind: type[Exception]) -> str:
    """The one error of a platform that was never connected to."""
    monkeypatch.setattr("pipelines.landing.instance.open_reader", lambda *_: pytest.fail("it was fetched"))
    outcome = shop.land()
    assert outcome.tables == []
    [error] = outcome.errors
    assert type(error) is kind
    return str(error)


def test_a_contract_with_an_error_is_refused_before_anything_is_fetched(ready, monkeypatch):
    ready.contract(CONTRACT.replace("personal: free_text", "personal: novel"))
    said = refused(ready, monkeypatch, ContractError)
    assert "contract.yml:16: s_things.letter: personal-data class is `novel`" in said


def test_so_are_a_disagreement_with_the_config_and_a_missing_contract(ready, monkeypatch):
    ready.contract(TWO)
    assert "s_parts: in the contract but not fetched" in refused(ready, monkeypatch, ContractError)
    (ready.folder / "contract.yml").unlink()
    assert "there is no such file" in refused(ready, monkeypatch, ContractError)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"pseudonym_key": None}, "WAREHOUSE_PSEUDONYM_KEY is not set"),
        ({"pseudonym_key": "ab"}, "64 to 128 hex digits"),
        ({"sample": True}, "sample's pseudonym key"),
        ({"pseudonym_key_id": "sample"}, "sample's pseudonym key"),
        ({"sealing_key": "cd"}, "WAREHOUSE_SEALING_KEY must be 64 hex digits"),
    ],
)
def test_so_are_keys_that_cannot_be_used(ready, monkeypatch, given, says):
    ready.given |= given
    assert says in refused(ready, monkeypatch, SettingsError)


def test_a_url_of_an_engine_that_no_reader_serves_is_refused(ready):
    ready.sources["main"] = {"url": "oracle://scott:tiger-word@host/db"}
    [error] = ready.land().errors
    assert type(error) is SettingsError
    assert "starts with `oracle:`" in str(error)
    assert "tiger-word" not in str(error)


def test_a_table_that_cannot_be_read_does_not_stop_the_others(ready):
    ready.contract(TWO)
    (ready.folder / "shop.yml").write_text(BOTH)
    outcome = ready.land()
    assert outcome.errors == []
    assert {table.contract.name: type(table.error) for table in outcome.tables} == {
        "s_things": type(None), "s_parts": TableMismatch
    }  # fmt: skip
    assert ready.ids() == [1]
    assert not ready.warehouse.has_table("staging_shop", "s_parts")
    ready.sql("create table s_parts (id bigint)")
    assert [table.error for table in ready.land().tables] == [None, None]


def test_free_text_and_unneeded_identifiers_are_never_asked_for(ready, monkeypatch):
    asked: list[str] = []
    text = SqliteReader.sql

    def heard(reader: SqliteReader, select: Select) -> str:
        asked.append(text(reader, select))
        return asked[-1]

    monkeypatch.setattr(SqliteReader, "sql", heard)
    ready.landed()
    assert asked
    assert not [statement for statement in asked if "letter" in statement]


@pytest.mark.parametrize(
    ("platform", "table", "never"),
    [
        (
            "moodle",
            "mdl_user",
            {"firstname", "lastname", "password", "secret", "description", "lastip", "idnumber"},
        ),
        ("moodle", "mdl_forum_posts", {"message", "subject"}),
        ("moodle", "mdl_logstore_standard_log", {"ip", "other"}),
        ("subscriptions", "contacts", {"first_name", "last_name"}),
    ],
)
def test_the_real_contracts_never_read_what_nothing_needs(platform, table, never):
    contract = load_contract(contract_path(platform)).table(table)
    assert not never & {column.name for column in contract.fetched}
    declared = {column.name: column for column in contract.columns}
    assert all(not declared[name].lands for name in never & set(declared))


@pytest.mark.parametrize("other", [{"pseudonym_key": "ef" * 32}, {"pseudonym_key_id": "k2"}])
def test_another_pseudonym_key_than_the_last_landings_is_refused(ready, monkeypatch, other):
    """One person would be two: rows that are not read again keep what the old key made of them."""
    ready.landed()
    before = ready.given.copy()
    ready.given |= other
    with monkeypatch.context() as patch:
        said = refused(ready, patch, SettingsError)
    assert "shop was landed under pseudonym key `k1`" in said
    assert "ef" * 32 not in said
    ready.given = before
    assert ready.landed()["unchanged"] == 1
    marks = str(ready.rows("select * from ops.pseudonym_keys"))
    assert "ab" * 8 not in marks
