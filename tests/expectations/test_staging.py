"""Violations planted in a landed table are found, with the right severity, and nothing of a row is told."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from expectations.results import FAIL, WARN, CheckResult

ORDERS = "staging_shop.orders"
IN_SET = "expect_column_values_to_be_in_set"
PERSON = "someone@school.example"


def broken(results: list[CheckResult]) -> dict[tuple[str, str | None], tuple[str, int | None]]:
    """(expectation, column) → (severity, unexpected rows) of all that failed."""
    return {
        (result.expectation, result.column): (result.severity, result.unexpected_count)
        for result in results
        if not result.success
    }


def test_a_good_table_passes_every_check(shop, ask):
    results = ask(shop, "staging", [ORDERS])

    assert broken(results) == {}
    assert [result.expectation for result in results] == [
        "columns_as_declared", "no_other_columns", "not_null", "unique_key", "pseudonyms", "text_fits",
        "derived_value", "listed_value", "volume", IN_SET, "negative_amount",
    ]  # fmt: skip
    assert all(result.advice and result.observed for result in results)


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("alter table {t} drop column status", {
            ("columns_as_declared", "status"): (FAIL, None), (IN_SET, "status"): (WARN, None)}),
        ("alter table {t} alter amount type double", {("columns_as_declared", "amount"): (FAIL, None)}),
        ("alter table {t} add column note varchar", {("no_other_columns", "note"): (WARN, None)}),
        ("update {t} set amount = null where id <= 2", {("not_null", "amount"): (FAIL, 2)}),
        ("update {t} set _row_hash = null where id = 1", {("not_null", "_row_hash"): (FAIL, 1)}),
        ("insert into {t} select * from {t} where id <= 2", {("unique_key", None): (FAIL, 2)}),
        ("update {t} set buyer = '{p}' where id = 1", {("pseudonyms", "buyer"): (FAIL, 1)}),
        ("update {t} set buyer = upper(buyer)", {("pseudonyms", "buyer"): (FAIL, 5)}),
        ("update {t} set status = '{p}' where id = 1", {
            ("text_fits", "status"): (FAIL, 1), (IN_SET, "status"): (WARN, 1)}),
        ("update {t} set status = null", {}),
        ("update {t} set account_kind = 'robot' where id = 5", {
            ("derived_value", "account_kind"): (FAIL, 1)}),
        ("update {t} set amount = -amount where id <= 3", {("negative_amount", None): (FAIL, 3)}),
        ("update {t} set till = '{p}' where id <= 2", {
            ("listed_value", "till"): (FAIL, 2), ("text_fits", "till"): (FAIL, 2)}),
        ("delete from {t} where id > 1", {("volume", None): (WARN, None)}),
        ("delete from {t}", {("volume", None): (WARN, None)}),
    ],
)  # fmt: skip
def test_a_planted_violation_is_found(shop, ask, planted, found):
    shop.execute(planted.format(t=ORDERS, p=PERSON))

    results = ask(shop, "staging", [ORDERS])

    assert broken(results) == found
    assert PERSON not in json.dumps([asdict(result) for result in results])


def test_the_same_key_in_another_instance_is_no_duplicate(shop, ask):
    shop.execute(f"insert into {ORDERS} select * replace ('other' as _instance) from {ORDERS}")

    assert broken(ask(shop, "staging", [ORDERS])) == {}


def test_a_column_of_another_type_breaks_only_what_asks_about_it(shop, ask):
    shop.execute(f"alter table {ORDERS} alter amount type varchar")
    shop.execute(f"update {ORDERS} set amount = '{PERSON}'")

    results = ask(shop, "staging", [ORDERS])

    assert set(broken(results)) == {("columns_as_declared", "amount"), ("negative_amount", None)}
    told = {result.expectation: result.observed for result in results if not result.success}
    assert told["columns_as_declared"] == "VARCHAR instead of DECIMAL(12,2)"
    assert told["negative_amount"] == "could not be evaluated"
    assert PERSON not in json.dumps([asdict(result) for result in results])


def test_row_checks_read_this_runs_rows_and_table_checks_the_whole_table(shop, ask):
    shop.execute(
        f"update {ORDERS} set amount = null, status = 'lost', buyer = '1' where _dlt_load_id = 'load.1'"
    )
    shop.execute(f"insert into {ORDERS} select * replace (1 as amount) from {ORDERS} where id = 1")

    of_the_second_load = ask(shop, "staging", [ORDERS], ("load.2",))
    of_both = ask(shop, "staging", [ORDERS], ("load.1", "load.2"))

    assert broken(of_the_second_load) == {("unique_key", None): (FAIL, 1)}
    assert broken(of_both) == {
        ("unique_key", None): (FAIL, 1),
        ("not_null", "amount"): (FAIL, 3),
        ("pseudonyms", "buyer"): (FAIL, 4),
        (IN_SET, "status"): (WARN, 4),
    }


def test_a_missing_relation_is_a_failed_result(shop, ask):
    shop.execute(f"drop table {ORDERS}")

    (result,) = ask(shop, "staging", [ORDERS])

    assert (result.expectation, result.severity, result.success) == ("relation_exists", FAIL, False)


def test_only_the_relations_named_are_checked(shop, ask):
    assert ask(shop, "staging", []) == []
