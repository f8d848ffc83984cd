"""What this server is and can: asked by trying, since versions of servers of the T-SQL kind say little."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pipelines.errors import WarehouseError
from pipelines.warehouse.interface import Warehouse

OLDEST = 15  # SQL Server 2019
_AZURE = frozenset({5, 8})  # Azure SQL Database and Managed Instance count otherwise
_ABOUT = """\
select cast(serverproperty('ProductVersion') as nvarchar(60)), cast(serverproperty('EngineEdition') as int),
    cast(databasepropertyex(db_name(), 'Collation') as nvarchar(120))"""
_MAY = "select has_perms_by_name(db_name(), 'DATABASE', ?)"
_MAY_IN = "select has_perms_by_name(?, 'SCHEMA', ?)"
RIGHTS = ("CREATE SCHEMA", "CREATE TABLE", "CREATE VIEW")
RIGHTS_IN_SCHEMA = ("ALTER", "SELECT", "INSERT", "UPDATE", "DELETE")
_APPLOCK = """\
exec sp_getapplock
    @Resource = 'warehouse doctor', @LockMode = 'Shared', @LockOwner = 'Transaction', @LockTimeout = 0"""
_COLUMNS = """\
create table #warehouse_doctor (a int);
create clustered columnstore index c on #warehouse_doctor"""
_NEW_SCHEMAS = "exec('create schema warehouse_doctor'); exec('create schema warehouse_doctor_too'); "
_TRANSFER = "create table {0}.warehouse_tried (a int); alter schema {1} transfer {0}.warehouse_tried"
# what it is for, and statements that are undone whether they work or not
_TRIED = {
    "openjson": ("lists of values, and batches of rows", "select count(*) from openjson('[1]')"),
    "sp_getapplock": ("keeping runs of two machines apart", _APPLOCK),
    "columnstore": ("facts in columns", _COLUMNS),
}
NEEDED = frozenset({"openjson"})


@dataclass(frozen=True)
class Server:
    """`version` as the server says it; `collation` of the database; both empty where it does not say."""

    version: str
    collation: str
    old: bool

    @property
    def binary(self) -> bool:
        return self.collation.upper().endswith(("_BIN2", "_BIN", "_BIN2_UTF8"))


def about(warehouse: Warehouse) -> Server:
    """Version and collation."""
    version, edition, collation = warehouse.rows(_ABOUT)[0]
    major = str(version or "").split(".")[0]
    old = major.isdigit() and int(major) < OLDEST and edition not in _AZURE
    return Server(str(version or ""), str(collation or ""), old)


def collation_caveat(warehouse: Warehouse) -> str | None:
    """A warning where texts would not be compared as on DuckDB."""
    try:
        server = about(warehouse)
    except WarehouseError:
        return None
    if server.binary or not server.collation:
        return None
    return (
        f"The collation of {warehouse.place} is {server.collation}: texts that differ only in letter case "
        "or accents may count as equal. Make the database with Latin1_General_100_BIN2."
    )


def missing_features(warehouse: Warehouse, schemas: Collection[str]) -> dict[str, str]:
    """By name: what the server cannot do, and what it would be for. `warehouse` is one for reading only."""
    tried = dict(_TRIED)
    statement = _transfer(schemas, may_make=warehouse.value(_MAY, ["CREATE SCHEMA"]) != 0)
    if statement:
        tried["alter schema transfer"] = ("publishing without a copy", statement)
    lacking = {}
    for name, (purpose, tried_statement) in tried.items():
        try:
            warehouse.execute(tried_statement)
        except WarehouseError:
            lacking[name] = purpose
    return lacking


def _transfer(schemas: Collection[str], *, may_make: bool) -> str | None:
    """Between the two schemas where a run does it, else between new ones; None for who may do neither."""
    if {"core", "next_core"} <= set(schemas):
        return _TRANSFER.format("next_core", "core")
    return _NEW_SCHEMAS + _TRANSFER.format("warehouse_doctor", "warehouse_doctor_too") if may_make else None


def missing_rights(warehouse: Warehouse, schemas: Iterable[str]) -> list[str]:
    """`CREATE TABLE`, or `ALTER on schema ops`; a right that the server does not know counts as given."""
    lacking = [right for right in RIGHTS if warehouse.value(_MAY, [right]) == 0]
    for schema in schemas:
        lacking += [
            f"{right} on schema {schema}"
            for right in RIGHTS_IN_SCHEMA
            if warehouse.value(_MAY_IN, [f"[{schema}]", right]) == 0
        ]
    return lacking


def present_schemas(warehouse: Warehouse) -> list[str]:
    """Schemas that a run works in, of those that are there; not the server's own nor anybody else's."""
    found = [str(name) for (name,) in warehouse.rows("select SCHEMA_NAME from INFORMATION_SCHEMA.SCHEMATA")]
    ours = ("ops", "staging", "intermediate", "history", "core", "customer_insight", "course_activity")
    return [
        name
        for name in found
        if name in ours or name.startswith(("staging_", "_dlt_merge_", "build_", "next_"))
    ]
