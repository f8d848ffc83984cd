"""dbt's own pages about models and columns, as one file beside ours.

What `dbt docs generate --static` writes: dbt's page with the manifest and a catalogue put into it. The
command parses the project again for that, 4 to 7 s; the build has just left the manifest, and the warehouse
says the columns (decision 041). dbt's page is a file of its package, found without importing it.
"""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

from pipelines.errors import ReportError
from pipelines.reports.page import CATALOGUE, put_in_place
from pipelines.runner.transform import target_folder
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse

_PLACES = {"manifest": '"MANIFEST.JSON INLINE DATA"', "catalog": '"CATALOG.JSON INLINE DATA"'}
# The page is a program of dbt's: it may run, and may not fetch anything.
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="'
    "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline' 'unsafe-eval'\">"
)
_Columns = dict[tuple[str, str], dict[str, Any]]


def write_catalogue(settings: Settings, *, anew: bool) -> None:
    """Writes `dbt.html` if it is missing, or `anew`; before the first build there is nothing to write.

    Raises ReportError when the file cannot be written or dbt's page is not as known.
    """
    path = settings.site_folder / CATALOGUE
    manifest_file = target_folder(settings) / "manifest.json"
    if not manifest_file.exists() or (path.exists() and not anew):
        return
    manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
    put_in_place(path, filled(dbt_page(), manifest, _catalogue(manifest, _columns(settings))))


def dbt_page() -> str:
    """The page of dbt's package. Raises ReportError when this version of dbt keeps it elsewhere."""
    spec = importlib.util.find_spec("dbt")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "task" / "docs" / "index.html"
        if path.exists():
            return path.read_text(encoding="utf-8")
    raise _unknown_page()


def filled(page: str, manifest: dict[str, Any], catalogue: dict[str, Any]) -> str:
    """dbt's page with its two places filled. Raises ReportError when they are not there, once each."""
    for name, content in (("manifest", manifest), ("catalog", catalogue)):
        if page.count(_PLACES[name]) != 1:
            raise _unknown_page()
        # a description that holds a closing tag must not end the script it stands in
        page = page.replace(_PLACES[name], json.dumps(content).replace("</", "<\\/"))
    return re.sub(r"<head[^>]*>", lambda head: head[0] + _POLICY, page, count=1)


def _unknown_page() -> ReportError:
    return ReportError(
        "dbt's page of models and columns is not where or as it was in dbt 1.11.",
        "`dbt docs generate --static` writes it meanwhile.",
    )


def _columns(settings: Settings) -> _Columns:
    with open_warehouse(settings, read_only=True) as warehouse:
        rows = warehouse.rows(
            "select TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, ORDINAL_POSITION "
            "from INFORMATION_SCHEMA.COLUMNS order by TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION"
        )
    found: _Columns = {}
    for schema, table, name, kind, index in rows:
        column = {"name": name, "type": kind, "index": index, "comment": None}
        found.setdefault((schema, table), {})[name] = column
    return found


def _catalogue(manifest: dict[str, Any], columns: _Columns) -> dict[str, Any]:
    """What dbt writes to catalog.json, as far as its page reads it."""
    return {
        "nodes": _described(manifest["nodes"], "alias", columns),
        "sources": _described(manifest["sources"], "identifier", columns),
        "errors": None,
    }


def _described(nodes: dict[str, Any], name: str, columns: _Columns) -> dict[str, Any]:
    return {
        key: {
            "unique_id": key,
            "metadata": {"schema": node["schema"], "name": node[name], "database": node["database"],
                         "type": node.get("config", {}).get("materialized", "table"),
                         "owner": None, "comment": None},
            "columns": columns[node["schema"], node[name]],
            "stats": {},
        }
        for key, node in nodes.items()
        if name in node and (node["schema"], node[name]) in columns
    }  # fmt: skip
