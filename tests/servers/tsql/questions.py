"""What drivers and dbt ask before they act: columns of a result, of a bulk copy's table, types of parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.servers.tsql import tokens
from tests.servers.tsql.definitions import place_of
from tests.servers.tsql.scope import Scope, top_level
from tests.servers.tsql.tokens import Call, SqlError
from tests.servers.tsql.types import declared, kind_of_column, of_result
from tests.servers.tsql.values import MAX, Kind

if TYPE_CHECKING:
    from tests.servers.tsql.session import Session

_INSERT = re.compile(r"\s*insert\s+into\s+([^\s(]+)\s*(?:\(([^)]*)\))?\s*values\s*\((.*)\)", re.IGNORECASE | re.DOTALL)
_IDS = {"nvarchar": 231, "varchar": 167, "varbinary": 165, "bit": 104, "decimal": 108, "date": 40, "time": 41,
        "datetime2": 42, "datetimeoffset": 43, "float": 62, "guid": 36, "datetime": 61}  # fmt: skip
_DIGITS = {"bit": 1, "date": 10, "time": 16, "datetime2": 27, "datetimeoffset": 34, "float": 53, "datetime": 23}
_PARAMETER = (
    ("parameter_ordinal", "INTEGER"), ("name", "VARCHAR"), ("suggested_system_type_id", "INTEGER"),
    ("suggested_system_type_name", "VARCHAR"), ("suggested_max_length", "SMALLINT"),
    ("suggested_precision", "UTINYINT"), ("suggested_scale", "UTINYINT"), ("suggested_user_type_id", "INTEGER"),
    *((f"suggested_{name}", "VARCHAR") for name in ("user_type_database", "user_type_schema", "user_type_name",
      "assembly_qualified_type_name")),
    ("suggested_xml_collection_id", "INTEGER"),
    *((f"suggested_xml_collection_{name}", "VARCHAR") for name in ("database", "schema", "name")),
    *((f"suggested_is_{name}", "BOOLEAN") for name in ("xml_document", "case_sensitive", "fixed_length_clr_type",
      "input", "output")),
    ("formal_parameter_name", "VARCHAR"), ("suggested_tds_type_id", "INTEGER"), ("suggested_tds_length", "INTEGER"),
)  # fmt: skip


def parameters(session: Session, call: Call) -> None:
    """Types of an insert's parameters, by their columns; nvarchar(4000) for all others."""
    statement = str(call.arguments[0].value)
    order = list(dict.fromkeys(re.findall(r"@P\d+", statement)))
    kinds = dict.fromkeys(order, Kind("nvarchar", 8000))
    if found := _INSERT.match(statement):
        columns = dict(described(session, found[1]))
        by_name = {name.lower(): kind for name, kind in columns.items()}
        named = [part.strip(' []"').lower() for part in found[2].split(",")] if found[2] else list(by_name)
        for column, value in zip(named, top_level(found[3]), strict=False):
            if value.strip() in kinds:
                kinds[value.strip()] = by_name.get(column, Kind("nvarchar", 8000))
    session.show(list(_PARAMETER), [_suggested(at, name, kind) for at, (name, kind) in enumerate(kinds.items(), 1)])


def _suggested(at: int, name: str, kind: Kind) -> tuple[Any, ...]:
    number = _IDS.get(kind.name) or {1: 48, 2: 52, 4: 56, 8: 127}[kind.size]
    size = -1 if kind.size == MAX else kind.size or 8
    said = f"{kind.name}({'max' if size < 0 else size // 2 or 1})" if kind.name == "nvarchar" else kind.name
    digits = kind.precision or _DIGITS.get(kind.name) or {1: 3, 2: 5, 4: 10, 8: 19}.get(kind.size, 0)
    before = (at, name, number, said, size, 0 if "char" in kind.name else digits, kind.scale)
    wire = tokens.wire_code(kind)
    return (*before, None, *[None] * 4, None, *[None] * 3, False, False, False, True, False, None, wire, size & 0xFFFF)


_ODBC = {-9: ("nvarchar", 4000), 12: ("varchar", 8000), -3: ("varbinary", 8000), 93: ("datetime2", 27),
         91: ("date", 10), 4: ("int", 10), -5: ("bigint", 19), 6: ("float", 53), 3: ("decimal", 38), -7: ("bit", 1)}  # fmt: skip
_TYPE_INFO = (
    ("TYPE_NAME", "VARCHAR"), ("DATA_TYPE", "SMALLINT"), ("PRECISION", "INTEGER"), ("LITERAL_PREFIX", "VARCHAR"),
    ("LITERAL_SUFFIX", "VARCHAR"), ("CREATE_PARAMS", "VARCHAR"), ("NULLABLE", "SMALLINT"), ("CASE_SENSITIVE", "SMALLINT"),
    ("SEARCHABLE", "SMALLINT"), ("UNSIGNED_ATTRIBUTE", "SMALLINT"), ("MONEY", "SMALLINT"), ("AUTO_INCREMENT", "SMALLINT"),
    ("LOCAL_TYPE_NAME", "VARCHAR"), ("MINIMUM_SCALE", "SMALLINT"), ("MAXIMUM_SCALE", "SMALLINT"),
    ("SQL_DATA_TYPE", "SMALLINT"), ("SQL_DATETIME_SUB", "SMALLINT"), ("NUM_PREC_RADIX", "INTEGER"),
    ("INTERVAL_PRECISION", "SMALLINT"), ("USERTYPE", "SMALLINT"),
)  # fmt: skip


def type_info(session: Session, call: Call) -> None:
    """SQLGetTypeInfo, by which pyodbc learns how wide a moment and a text may be."""
    [asked] = call.named("data_type")
    rows = [
        (name, number, size, None, None, None, 1, 0, 3, None, 0, None, name, 0, 7, number, None, None, None, 0)
        for number, (name, size) in _ODBC.items()
        if asked in (0, number)
    ]
    session.show(list(_TYPE_INFO), rows)


def first_result(session: Session, call: Call) -> None:
    """Columns of a statement's result, as far as dbt reads them."""
    statement, parameters = call.named("tsql", "params")
    scope = Scope()
    found = session._translated(str(statement), scope)
    rows = []
    for at, column in enumerate(found.description, start=1):
        name = declared(str(column[1]), None)
        kind = of_result(str(column[1]), [])
        size = -1 if kind.size == MAX or "max" in name else kind.size
        rows.append((False, at, str(column[0]), True, name, size, kind.precision, kind.scale))
    kinds = ("BOOLEAN", "INTEGER", "VARCHAR", "BOOLEAN", "VARCHAR", "INTEGER", "INTEGER", "INTEGER")
    names = ("is_hidden", "column_ordinal", "name", "is_nullable", "system_type_name", "max_length", "precision", "scale")
    session.show(list(zip(names, kinds, strict=True)), rows)


def table_described(session: Session, batch: str) -> None:
    """The three answers to the batch by which mssql-python's bulk copy asks for a table's columns."""
    found = re.search(r"sp_tablecollations_100\s+N'((?:[^']|'')*)'", batch)
    assert found is not None
    name = found[1].replace("''", "'")
    session.show([("", "INTEGER")], [(session.open,)])
    listed = described(session, name)
    session.reply.parts += [tokens.columns(listed)]
    session.reply.done("select", 0)
    rows = [
        (at, column, None, "Latin1_General_CI_AS" if kind.name in ("nvarchar", "varchar") else None)
        for at, (column, kind) in enumerate(listed, start=1)
    ]
    kinds = ("INTEGER", "VARCHAR", "BLOB", "VARCHAR")
    session.show(list(zip(("colid", "name", "tds_collation_100", "collation_100"), kinds, strict=True)), rows)


def described(session: Session, name: str) -> list[tuple[str, Kind]]:
    """(column, declared type) of a table. Raises SqlError 208 for one that does not exist."""
    schema, table = place_of(name)
    rows = session.execute(
        "select column_name, data_type, comment from duckdb_columns() where lower(schema_name) = lower($s)"
        " and lower(table_name) = lower($t) and database_name = current_database() order by column_index",
        {"s": schema, "t": table},
    ).fetchall()
    if not rows:
        raise SqlError(208, f"Invalid object name '{name}'.")
    return [(column, kind_of_column(kind, said)) for column, kind, said in rows]
