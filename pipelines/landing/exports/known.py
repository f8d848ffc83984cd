"""Which exports are in staging, as the table of exports says."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.landing.plan import Instance


@dataclass(frozen=True)
class Landed:
    """An export that is in staging already, whether or not it still lies in the store."""

    id: str
    table_id: str
    is_full: bool
    start: int
    end: int


def landed_exports(it: Instance, table: str) -> dict[str, Landed]:
    """Those of one table, by id."""
    schema = it.plan.contract.schema
    exports = next(name for name, fetch in it.plan.config.items.items() if fetch.exports)
    if not it.warehouse.has_table(schema, exports):
        return {}
    rows = it.warehouse.rows(
        "select export_id, table_id, export_type, from_micros, to_micros "
        f'from {schema}."{exports}" where _instance = ? and table_name = ?',
        [it.name, table],
    )
    return {one: Landed(one, of, kind == "full", start, end) for one, of, kind, start, end in rows}
