"""Which run the published marts are of: one row, `about`, written in the act of publishing.

In a file of marts it stands alone in `main`. In a database it is `core.about`, which whoever may read marts
may read: the rights are given by schema.
"""

from __future__ import annotations

from typing import Any

from pipelines.warehouse.interface import Engine, Warehouse

_SCHEMAS: dict[Engine, str] = {"duckdb": "main", "sqlserver": "core"}
ABOUT = "about"


def about_schema(engine: Engine) -> str:
    """The schema of `about`."""
    return _SCHEMAS[engine]


def read_about(published: Warehouse) -> dict[str, Any]:
    """`run_id`, `as_of` and `published_at` (UTC) of what `open_published` opened."""
    schema = about_schema(published.engine)
    [about] = published.records(f'select run_id, as_of, published_at from "{schema}"."{ABOUT}"')
    return about


def is_published(warehouse: Warehouse) -> bool:
    """Whether marts were ever published in this database (`warehouse` is on a server)."""
    return warehouse.has_table(about_schema(warehouse.engine), ABOUT)
