"""What this server can do for publishing: tried on an empty table, since versions say little.

SQL Server 2019 and Azure can do all three; another server of the T-SQL kind may lack any of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.errors import LandingError, WarehouseInterrupted
from pipelines.runner.marts import Mart
from pipelines.warehouse import Warehouse

FACT = "fct_"
NEXT = "next_"
_SCRATCH = '"{aside}"."asked"'
# each in a transaction that leaves nothing behind
_TRANSFER = (
    'alter schema "{schema}" transfer "{aside}"."asked"',
    'drop table "{schema}"."asked"',
)
_COLUMNSTORE = (
    f'create clustered columnstore index "columns" on {_SCRATCH}',
    f"drop table {_SCRATCH}",
)
_MASK = (
    f"alter table {_SCRATCH} alter column \"a\" add masked with (function = 'default()')",
    f"drop table {_SCRATCH}",
)
_NO_TRANSFER = (
    "No table can be moved from one schema to another in {} ({}), so readers of the marts wait while they "
    "are copied."
)
_NO_COLUMNSTORE = "No table can be kept by columns in {} ({}), so facts are published as rows with indexes."
_NO_MASK = (
    "No column can be masked in {} ({}), so whoever reads the marts sees the keys of people: give the role "
    "`reporter` no mart that has them."
)


@dataclass(frozen=True)
class Abilities:
    """True for what the server can do, or was not asked because no mart needs it."""

    transfer: bool = True
    columnstore: bool = True
    masks: bool = True


def ask(warehouse: Warehouse, marts: list[Mart], warn: Callable[[str], None]) -> Abilities:
    """Tries what publishing these marts needs, in their schemas; warns of each thing the server cannot do.

    Raises WarehouseError when the server is in trouble, which is not the same as unable.
    """
    if not marts:
        return Abilities()
    schema = marts[0].schema

    def can(needed: bool, statements: tuple[str, ...], otherwise: str) -> bool:
        refused = _refused(warehouse, schema, statements) if needed else None
        if refused:
            number = refused.facts.get("number")
            warn(otherwise.format(warehouse.place, f"error {number}" if number else "no number"))
        return refused is None

    return Abilities(
        can(True, _TRANSFER, _NO_TRANSFER),
        can(any(mart.table.startswith(FACT) for mart in marts), _COLUMNSTORE, _NO_COLUMNSTORE),
        can(any(mart.masked for mart in marts), _MASK, _NO_MASK),
    )


def _refused(warehouse: Warehouse, schema: str, statements: tuple[str, ...]) -> LandingError | None:
    aside = f"{NEXT}{schema}"

    def attempt() -> None:
        for statement in (f'create table {_SCRATCH} ("a" bigint)', *statements):
            warehouse.execute(statement.format(schema=schema, aside=aside))

    try:
        warehouse.in_transaction(attempt)
    except WarehouseInterrupted:
        raise
    except LandingError as refused:
        return refused
    return None
