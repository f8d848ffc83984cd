"""The page as Chromium shows it: plots and tables are there, nothing overflows, nothing is fetched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.reports.page import CATALOGUE, page_path
from pipelines.runner.catalogue import dbt_page, filled
from tests.reports.browser import CHROMIUM, NOT_INSTALLED, Browser
from tests.reports.stand_in import LEARNERS

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NOT_INSTALLED)
BLUE, VERMILLION = (0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)


@pytest.fixture(scope="module")
def browser(tmp_path_factory) -> Browser:
    return Browser(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def wide(browser, settings):
    return browser.measure(page_path(settings), 1000)


@pytest.fixture(scope="module")
def narrow(browser, settings):
    return browser.measure(page_path(settings), 400)


def test_every_plot_is_shown_once_at_its_size(wide, narrow):
    for told, name, least in ((wide, "plot wide", 600), (narrow, "plot narrow", 280)):
        learners, pounds, euros = told["plots"]
        for (plot,) in (learners, pounds, euros):
            _, _, width, height = plot["box"]
            assert plot["size"] == name
            assert width > least and height > 150
            assert all(size >= 9 for _, size in plot["text"]), "text too small to read"
        assert learners[0]["marks"] == len(LEARNERS)
        assert pounds[0]["marks"] == 24 * 5


def test_axes_say_what_is_measured(wide):
    learners, pounds, euros = ([text for text, _ in plots[0]["text"]] for plots in wide["plots"])
    assert "learners active in the week" in learners
    assert "week, by its Monday (UTC)" in learners
    assert "annual value, GBP" in pounds
    assert "annual value, EUR" in euros
    assert "month" in pounds


def test_plots_are_painted_in_their_colours(browser, settings, wide):
    (learners,), (pounds,), _ = wide["plots"]
    painted = browser.screenshot(page_path(settings), 1000, pounds["box"])
    assert painted.share(BLUE) > 0.02
    assert painted.share(VERMILLION) > 0.01
    painted = browser.screenshot(page_path(settings), 1000, learners["box"])
    assert 0.02 > painted.share(BLUE) > 0.0005
    assert 0.02 > painted.share(VERMILLION) > 0.0005
    head = browser.screenshot(page_path(settings), 1000, [0, 0, 1000, 300])
    assert head.share(BLUE) == 0


def test_nothing_overflows_a_narrow_window(narrow):
    assert narrow["width"] == 400
    assert narrow["scroll"] == 400
    for plots in narrow["plots"]:
        x, _, width, _ = plots[0]["box"]
        assert x >= 0 and x + width <= 400


def test_it_is_dark_where_dark_is_wanted(browser, settings, wide):
    dark = browser.measure(page_path(settings), 1000, "--blink-settings=preferredColorScheme=0")
    assert brightness(wide["paper"]) > 240
    assert brightness(wide["ink"]) < 60
    assert brightness(dark["paper"]) < 60
    assert brightness(dark["ink"]) > 200


def brightness(colour: str) -> float:
    return sum(int(part) for part in re.findall(r"\d+", colour)[:3]) / 3


def test_its_tables_hold_what_ops_says(wide):
    head, *rows = wide["tables"]["landed"]
    assert head == ["platform", "read", "landed", "quarantined", "filtered", "deleted", "seconds", "balanced"]
    assert rows == [
        ["classroom", "100", "97", "1", "2", "0", "0.5", "✓ yes"],
        ["moodle", "1,300", "1,294", "2", "4", "0", "1.0", "✓ yes"],
    ]
    assert wide["tables"]["waiting"][1:] == [
        ["moodle/main mdl_user", "auth", "text_too_long", "2", "2026-08-03 06:00"]
    ]


def test_what_a_page_fetches_is_noticed(browser, tmp_path):
    path = tmp_path / "fetches.html"
    path.write_text('<!doctype html><img src="http://pictures.example/a.png"><p>This run</p>')
    _, asked = browser.dom_and_requests(path)
    assert "http://pictures.example/a.png" in asked


def test_nothing_is_fetched(browser, settings):
    path = page_path(settings)
    dom, asked = browser.dom_and_requests(path)
    assert "This run" in dom
    assert [address for address in asked if not address.startswith(("data:", "file:"))] == []


def test_dbts_pages_open_from_the_file_system_and_fetch_nothing(browser, tmp_path: Path):
    """Its program runs, finds the model in the manifest put into it, and asks nobody for anything."""
    model = {
        "resource_type": "model", "unique_id": "model.warehouse.dim_a", "name": "dim_a", "alias": "dim_a",
        "package_name": "warehouse", "schema": "core", "database": "w", "path": "marts/core/dim_a.sql",
        "original_file_path": "models/marts/core/dim_a.sql", "fqn": ["warehouse", "marts", "core", "dim_a"],
        "config": {"materialized": "table", "enabled": True}, "columns": {}, "tags": [], "depends_on": {},
        "description": "One row per </script> <b>school</b>.", "raw_code": "select 1", "refs": [],
    }  # fmt: skip
    manifest = {
        "metadata": {"project_name": "warehouse", "project_id": "p", "adapter_type": "duckdb",
                     "send_anonymous_usage_stats": False},
        "nodes": {model["unique_id"]: model}, "sources": {}, "macros": {}, "docs": {}, "exposures": {},
        "metrics": {}, "selectors": {}, "semantic_models": {}, "saved_queries": {}, "unit_tests": {},
        "parent_map": {}, "child_map": {},
    }  # fmt: skip
    path = tmp_path / CATALOGUE
    path.write_text(filled(dbt_page(), manifest, {"nodes": {}, "sources": {}, "errors": None}))
    dom, asked = browser.dom_and_requests(path)
    assert "dim_a" in re.sub(r"<script.*?</script>", "", dom, flags=re.DOTALL)
    assert [address for address in asked if not address.startswith(("data:", "file:"))] == []
