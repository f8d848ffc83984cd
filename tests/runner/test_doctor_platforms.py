"""`warehouse doctor` on platforms: contracts, sources, tables, and what their strategies never see."""

from __future__ import annotations

import pytest
import yaml

from pipelines.errors import UsageError
from pipelines.runner.doctor import examine, exit_code
from pipelines.runner.doctor.strategy import (
    examine_strategies,
    sees_deletes,
    sees_late_rows,
    sees_unmoved,
)
from pipelines.settings import Settings
from pipelines.sources.config import TableFetch
from tests.landing.cursor_story import STRATEGIES
from tests.landing.shop import CONTRACT, WINDOW
from tests.landing.test_cursor_matrix import reviewed
from tests.runner.examined import found, only

# ---------------------------------------------------------------- platforms and tables


def test_no_connection_and_an_unknown_platform(shop, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_SOURCES__SHPO__MAIN__URL", "sqlite:///nowhere")
    assert only("failure").said == "there is no platform shpo, but a connection is set for it"
    monkeypatch.delenv("WAREHOUSE_SOURCES__SHPO__MAIN__URL")
    for name in ("URL", "TABLE_PREFIX"):
        monkeypatch.delenv(f"WAREHOUSE_SOURCES__SHOP__MAIN__{name}")
    assert only("failure").said == "no connection is set for any platform"
    assert not [check for subject, check in found() if subject == "keys"]
    with pytest.raises(UsageError, match="There is no platform nothing"):
        list(examine(["nothing"]))


def test_every_problem_of_a_contract_is_a_line_and_nothing_of_it_is_asked(shop):
    shop.contract(CONTRACT.replace("personal: none", "personal: public"))
    failures = [finding for finding in examine(None) if finding.level == "failure"]
    assert sum("personal-data class is `public`" in finding.said for finding in failures) == 6
    assert {(finding.subject, finding.check) for finding in failures} == {("shop", "contract")}
    assert not [key for key in found() if key[0] == "shop/main" and key[1] != "freshness"]


def test_a_source_that_is_not_there(shop):
    (shop.folder / "main.sqlite").unlink()
    finding = only("failure")
    assert (finding.subject, finding.check) == ("shop/main", "source")
    assert "there is no file" in finding.said


def test_tables_that_are_not_as_declared(shop):
    shop.sql("alter table s_things rename column price to cost")
    finding = only("failure")
    assert (finding.subject, finding.check) == ("shop/main", "s_things")
    assert "s_things lacks price; it offers" in finding.said


def test_only_columns_that_are_new_since_the_last_landing_are_drift(shop):
    shop.sql("alter table s_things add column old_news text")
    assert not found("warning")
    shop.landed()
    shop.close()
    assert not found("warning")
    shop.sql("alter table s_things add column news text")
    finding = only("warning")
    assert (finding.check, finding.names) == ("drift", ("news",))
    assert finding.said == "s_things has new columns that its contract does not name: news"


def test_a_row_filter_is_shown_and_tried(shop):
    shop.fetch(WINDOW + ', row_filter: "id <> 1"')
    assert found()["shop", "row filter"].said == "of s_things only rows with id <> 1 are read"
    shop.fetch(WINDOW + ', row_filter: "nothing <> 1"')
    assert only("failure").check == "s_things"


# ---------------------------------------------------------------- strategies


def test_what_the_doctor_says_of_strategies_is_what_the_matrix_proves():
    never = {(line["change"], line["strategy"]) for line in reviewed() if line["seen"] == "never"}
    for name, words in STRATEGIES.items():
        fetch = TableFetch.model_validate(yaml.safe_load(f"{{{words}}}"))
        assert sees_deletes(fetch) == (("hard delete", name) not in never), name
        assert sees_unmoved(fetch) == (("update that moves no time", name) not in never), name
        assert sees_late_rows(fetch) == (("later commit", name) not in never), name


def test_a_strategy_that_sees_less_is_a_warning_with_what_to_do(shop):
    shop.fetch(WINDOW + ", sweep_every_days: 0, full_every_days: 0")
    warnings = found("warning")
    assert {check for _, check in warnings} == {"deletes", "updates", "late rows"}
    deletes = warnings["shop", "deletes"]
    assert deletes.said == "rows deleted at the source are never seen in s_things"
    assert deletes.advice.startswith("Set sweep_every_days in pipelines/sources/shop.yml, unless")
    assert exit_code(list(warnings.values())) == 3


def test_many_tables_make_one_line_that_names_some_and_a_list_of_all():
    tables = {f"t{number}": TableFetch(sweep_every_days=0) for number in range(9)}
    [_, warning] = examine_strategies(Settings(), "shop", tables)
    assert warning.said.endswith("never seen in t0, t1, t2, t3 and 5 more")
    assert warning.names == tuple(tables)


def test_sweeps_that_are_switched_off_altogether(shop, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_SWEEP", "never")
    assert only("warning").said.startswith("WAREHOUSE_SWEEP=never")
