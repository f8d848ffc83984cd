"""How a published table is kept on SQL Server: facts by columns, others with indexes where analysts join."""

from __future__ import annotations

from pipelines.runner.marts import Mart
from pipelines.runner.publish.abilities import FACT, Abilities


def stored(mart: Mart, table: str, types: dict[str, str], abilities: Abilities) -> list[str]:
    """Statements for `table`, a fresh copy of the mart whose columns have these types.

    Masks before indexes: a column that something depends on cannot get one. A text without length cannot
    be indexed.
    """
    statements = [
        f"alter table {table} alter column \"{column}\" add masked with (function = 'default()')"
        for column in mart.masked
        if column in types and abilities.masks
    ]
    if mart.table.startswith(FACT) and abilities.columnstore:
        return [*statements, f'create clustered columnstore index "columns" on {table}']
    return statements + [
        f'create index "by_{key}" on {table} ("{key}")'
        for key in mart.join_keys
        if key in types and "(max)" not in types[key]
    ]
