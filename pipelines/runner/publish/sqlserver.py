"""Publishes within a database: copies are made aside, then one transaction puts all of them in place.

Marts are built in `build_<schema>`, prepared in `next_<schema>` and read in `<schema>`. Nobody reads the
first two, so only the transaction makes readers wait, and it moves tables without copying rows. Whatever
ends it, the last good marts stay; what was prepared goes with the next publishing.
"""

from __future__ import annotations

from collections.abc import Callable

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from pipelines.errors import WarehouseLocked
from pipelines.landing.ledger import utc_now
from pipelines.runner.marts import Mart, mart_schemas
from pipelines.runner.publish.abilities import NEXT, Abilities, ask
from pipelines.runner.publish.storage import stored
from pipelines.runner.transform import BUILD
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse
from pipelines.warehouse.published import ABOUT, about_schema

_ATTEMPTS = 3  # each waits for a reader as long as the session waits for any lock, a minute
_PRESENT = "select TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE from INFORMATION_SCHEMA.TABLES"
_SCHEMAS = "select SCHEMA_NAME from INFORMATION_SCHEMA.SCHEMATA"
_Present = dict[tuple[str, str], str]


def publish(
    settings: Settings,
    warehouse: Warehouse,
    run_id: str,
    marts: list[Mart],
    built: list[str],
    warn: Callable[[str], None],
) -> int:
    """Replaces the marts that were built, and those that are not there yet; returns the rows of all marts.

    Raises WarehouseLocked when readers keep a mart for too long.
    """
    about = about_schema(warehouse.engine)
    schemas = mart_schemas()
    _make_schemas(warehouse, schemas)
    there = _without_leftovers(warehouse, schemas)
    first = (about, ABOUT) not in there
    changed = [m for m in marts if first or m.name in built or (m.schema, m.table) not in there]
    gone = _gone(marts, there, schemas)
    abilities = ask(warehouse, changed, warn)
    put = [_put(warehouse, mart, abilities) for mart in changed]
    drops = [f"drop table if exists {_quoted(*relation)}" for relation in gone]
    stamp = [run_id, settings.clock, utc_now()]

    def replace_all() -> None:
        for statement in [statement for statements in put for statement in statements] + drops:
            warehouse.execute(statement)
        _say_which(warehouse, about, stamp, first=first)

    _in_one_transaction(warehouse, replace_all)
    _drop_what_was_built_of(warehouse, gone, there)
    return sum(int(warehouse.value(f"select count_big(*) as row_count from {_read(mart)}")) for mart in marts)


def _make_schemas(warehouse: Warehouse, schemas: list[str]) -> None:
    there = {name for (name,) in warehouse.rows(_SCHEMAS)}
    for schema in [*schemas, *(f"{NEXT}{schema}" for schema in schemas)]:
        if schema not in there:
            warehouse.execute(f'create schema "{schema}"')


def _without_leftovers(warehouse: Warehouse, schemas: list[str]) -> _Present:
    """Tables and views of the database, after what a publishing that was killed had prepared is dropped."""
    there: _Present = {(schema, name): kind for schema, name, kind in warehouse.rows(_PRESENT)}
    aside = {f"{NEXT}{schema}" for schema in schemas}
    for relation in sorted(relation for relation in there if relation[0] in aside):
        warehouse.execute(f"drop table if exists {_quoted(*relation)}")
        del there[relation]
    return there


def _gone(marts: list[Mart], there: _Present, schemas: list[str]) -> list[tuple[str, str]]:
    """Marts of an earlier project. What has no build of ours beside it is not ours, and stays."""
    ours = {(mart.schema, mart.table) for mart in marts}
    return sorted(
        (schema, name)
        for schema, name in there
        if schema in schemas and (schema, name) not in ours and (f"{BUILD}{schema}", name) in there
    )


def _put(warehouse: Warehouse, mart: Mart, abilities: Abilities) -> list[str]:
    """The statements that put a mart in its place; all that can be done before them is done here."""
    built, read = _quoted(mart.built_in, mart.table), _read(mart)
    drop = f"drop table if exists {read}"
    types = warehouse.types(mart.built_in, mart.table)
    if not abilities.transfer:
        return [drop, f"select * into {read} from {built}", *stored(mart, read, types, abilities)]
    aside = _quoted(f"{NEXT}{mart.schema}", mart.table)
    for statement in (f"select * into {aside} from {built}", *stored(mart, aside, types, abilities)):
        warehouse.execute(statement)
    return [drop, f'alter schema "{mart.schema}" transfer {aside}']


def _say_which(warehouse: Warehouse, schema: str, stamp: list[object], *, first: bool) -> None:
    about = _quoted(schema, ABOUT)
    if first:
        warehouse.execute(
            f'create table {about} ("run_id" nvarchar(40) not null, "as_of" datetime2(6) not null, '
            '"published_at" datetime2(6) not null)'
        )
    warehouse.execute(f"delete from {about}")
    warehouse.execute(f'insert into {about} ("run_id", "as_of", "published_at") values (?, ?, ?)', stamp)


def _in_one_transaction(warehouse: Warehouse, work: Callable[[], None]) -> None:
    """Done anew after a deadlock, and while a reader keeps a mart. Raises WarehouseLocked after that."""
    try:
        for attempt in Retrying(
            retry=retry_if_exception_type(WarehouseLocked),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_random_exponential(multiplier=1, max=10),
            reraise=True,
        ):
            with attempt:
                warehouse.in_transaction(work)
    except WarehouseLocked as locked:
        raise WarehouseLocked(
            f"The marts in {warehouse.place} were not replaced: another session kept one of them in each of "
            f"{_ATTEMPTS} attempts.",
            "The last good marts stay published. See who holds it (sys.dm_tran_locks), then run again.",
            **locked.facts,
        ) from None


def _drop_what_was_built_of(warehouse: Warehouse, gone: list[tuple[str, str]], there: _Present) -> None:
    for schema, name in gone:
        kind = "view" if there[f"{BUILD}{schema}", name] == "VIEW" else "table"
        warehouse.execute(f"drop {kind} if exists {_quoted(f'{BUILD}{schema}', name)}")


def _read(mart: Mart) -> str:
    return _quoted(mart.schema, mart.table)


def _quoted(schema: str, name: str) -> str:
    return f'"{schema}"."{name}"'
