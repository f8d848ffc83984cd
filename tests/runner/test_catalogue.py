"""dbt's own pages as one file: what `dbt docs generate --static` would write, without running it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.errors import ReportError
from pipelines.reports.page import CATALOGUE
from pipelines.runner import catalogue
from pipelines.runner.transform import target_folder
from pipelines.settings import PROJECT_ROOT, Settings
from pipelines.warehouse import open_warehouse

NODE = {"schema": "core", "alias": "dim_a", "database": "w", "description": "ends </script> here"}
MANIFEST = {"metadata": {"project_name": "warehouse"}, "nodes": {"model.w.dim_a": NODE}, "sources": {}}


@pytest.fixture
def settings(tmp_path):
    made = Settings(home=tmp_path)
    with open_warehouse(made) as warehouse:
        warehouse.execute("create schema core; create table core.dim_a (a integer, b varchar)")
    (target_folder(made) / "manifest.json").write_text(json.dumps(MANIFEST))
    return made


def test_dbts_page_is_where_and_as_it_is_expected():
    """dbt fills the same two places of the same page; a new dbt that does not fails here."""
    page = catalogue.dbt_page()
    code = (
        "import inspect, json, dbt.task.docs.generate as g; "
        "print(json.dumps([g.DOCS_INDEX_FILE_PATH, inspect.getsource(g)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT
    )
    path, source = json.loads(done.stdout)
    assert page == Path(path).read_text(encoding="utf-8")
    for place in catalogue._PLACES.values():
        assert page.count(place) == 1
        assert f"'{place}'" in source


def test_manifest_and_columns_are_in_it_and_no_description_ends_the_script(settings):
    catalogue.write_catalogue(settings, anew=False)
    text = (settings.site_folder / CATALOGUE).read_text(encoding="utf-8")
    assert text.count("</script>") == catalogue.dbt_page().count("</script>")
    found = re.search(r'var n=\{manifest:(\{.*?\}),catalog:(\{.*?"errors": null\})\}', text)
    assert found
    assert json.loads(found[1]) == MANIFEST
    columns = json.loads(found[2])["nodes"]["model.w.dim_a"]["columns"]
    assert {name: column["type"] for name, column in columns.items()} == {"a": "INTEGER", "b": "VARCHAR"}
    assert "default-src 'none'" in text[: text.index("<script")]


def test_it_is_written_when_missing_or_asked_for(settings):
    path = settings.site_folder / CATALOGUE
    catalogue.write_catalogue(settings, anew=False)
    path.write_text("old")
    catalogue.write_catalogue(settings, anew=False)
    assert path.read_text() == "old"
    catalogue.write_catalogue(settings, anew=True)
    assert path.read_text() != "old"
    assert [found.name for found in settings.site_folder.iterdir()] == [CATALOGUE]


def test_before_the_first_build_there_is_none(tmp_path):
    catalogue.write_catalogue(Settings(home=tmp_path), anew=True)
    assert not (tmp_path / "site").exists()


def test_another_page_of_dbt_is_refused():
    with pytest.raises(ReportError, match=r"as it was in dbt 1\.11"):
        catalogue.filled("<html>", MANIFEST, {})


def test_a_folder_that_cannot_be_written_is_a_sentence(settings):
    settings.site_folder.write_text("in the way")
    with pytest.raises(ReportError, match="could not be written"):
        catalogue.write_catalogue(settings, anew=True)
