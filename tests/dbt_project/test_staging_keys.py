"""A staging model has the key of the table it reads, which the contract's suite asserts, or tests its own."""

from __future__ import annotations

import re
from functools import cache

import pytest

from pipelines.contracts import PlatformContract, contract_path, load_contract
from tests.dbt_project.test_conventions import MODELS, described_models

STAGING = sorted(path for path in (MODELS / "staging").rglob("stg_*.sql"))
# All of these rename one table by one macro; stg_edx__events, which has every row, tests the key for them.
EVENTS = "{{ edx_event_columns() }}"


@cache
def contract(platform: str) -> PlatformContract:
    return load_contract(contract_path(platform))


def renamed(sql: str) -> dict[str, str]:
    """Landed column to column of the model, for those that are renamed and nothing else."""
    found = re.findall(r"^ +\"?(\w+)\"?(?: as (\w+))?,?$", sql, flags=re.MULTILINE)
    return {landed: name or landed for landed, name in found}


@cache
def own_keys() -> dict[str, list[str]]:
    models = [model for path in (MODELS / "staging").rglob("*.yml") for model in described_models(path)]
    return {
        model["name"]: test["unique_combination"]["arguments"]["columns"]
        for model in models
        for test in model.get("data_tests", [])
        if "unique_combination" in test
    }


def kept_key(path) -> set[str] | None:
    """Names in the model of the contract's key; None where a column of it is not there as it landed."""
    sql = path.read_text(encoding="utf-8")
    [(platform, table)] = re.findall(r"source\('(\w+)', '(\w+)'\)", sql)
    key, names = ("_instance", *contract(platform).table(table).key), renamed(sql)
    return {names[column] for column in key} if set(key) <= set(names) else None


# Two spellings of a channel are one here: such rows meet, and what reads them adds them up.
WITHOUT_KEY = {"stg_drops__campaigns"}
OF_CONTRACTS = [
    path
    for path in STAGING
    if path.stem not in WITHOUT_KEY and "ops" not in path.stem and EVENTS not in path.read_text("utf-8")
]


@pytest.mark.parametrize("path", OF_CONTRACTS, ids=lambda path: path.stem)
def test_a_key_is_the_contracts_or_tested_and_not_both(path):
    kept, own = kept_key(path), own_keys().get(path.stem)
    if own is None:
        assert kept
    else:
        assert not kept or not kept <= set(own)


def test_the_events_of_one_table_have_one_test_of_their_key():
    events = {path.stem for path in STAGING if EVENTS in path.read_text("utf-8")}
    assert events & set(own_keys()) == {"stg_edx__events"}
