"""Statements that define: tables, views, indexes, schemas, users and their rights, on DuckDB.

Every function gives the DuckDB statements that do it; what DuckDB does not know is written into `sys._…`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from tests.servers.tsql.features import Features
from tests.servers.tsql.tokens import SqlError
from tests.servers.tsql.translate import Names, parsed, parts_of, quoted, rewritten, translated
from tests.servers.tsql.types import in_duckdb, length

_NAME = r"((?:\[(?:[^\]]|\]\])*\]|\"(?:[^\"]|\"\")*\"|[\w#$@]+)(?:\s*\.\s*(?:\[(?:[^\]]|\]\])*\]|\"(?:[^\"]|\"\")*\"|[\w#$@]*))*)"
_FLAGS = re.IGNORECASE | re.DOTALL


def table_of(name: str) -> str:
    """A relation's name for DuckDB: quoted, `dbo` where no schema is said, none for `#temp`."""
    schema, table = place_of(name)
    return quoted(table) if table.startswith("#") else f"{quoted(schema)}.{quoted(table)}"


def place_of(name: str) -> tuple[str, str]:
    parts = parts_of(name)
    return (parts[-2] or "dbo" if len(parts) > 1 else "dbo"), parts[-1]


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def defined(statement: str, names: Names, features: Features) -> list[str]:
    """DuckDB's statements for one that begins with create, alter, drop or truncate. Raises SqlError."""
    for pattern, make in _SHAPES:
        if found := re.match(pattern, statement.strip().rstrip(";"), _FLAGS):
            return list(make(found, features, names))
    raise SqlError(102, f"the stand-in cannot define: {statement[:200]}", 15)


# ---------------------------------------------------------------- schemas, views, drops


def _schema(found: Any, features: Features, names: Names) -> Iterator[str]:
    yield f"create schema {quoted(parts_of(found[1])[0])}"


def _no_schema(found: Any, features: Features, names: Names) -> Iterator[str]:
    yield f"drop schema {'if exists ' if found[1] else ''}{quoted(parts_of(found[2])[0])}"


def _transfer(found: Any, features: Features, names: Names) -> Iterator[str]:
    if not features.transfer:
        raise SqlError(102, "Incorrect syntax near 'TRANSFER'.", 15)
    schema, (old, table) = parts_of(found[1])[0], place_of(found[2])
    yield f"create table {quoted(schema)}.{quoted(table)} as select * from {quoted(old)}.{quoted(table)}"
    yield f"drop table {quoted(old)}.{quoted(table)}"
    yield (
        f"update sys._indexes set schema_name = {text(schema)} where schema_name = {text(old)}"
        f" and table_name = {text(table)}"
    )


def _view(found: Any, features: Features, names: Names) -> Iterator[str]:
    schema, view = place_of(found[2])
    body, _ = translated(found[3], frozenset())
    used = sorted({".".join((each.db or "dbo", each.name)) for each in parsed(found[3]).find_all(exp.Table)})
    replaced = "or replace " if found[1] else ""
    yield f"create {replaced}view {quoted(schema)}.{quoted(view)} as {body}"
    yield f"delete from sys._views where schema_name = {text(schema)} and view_name = {text(view)}"
    listed = ", ".join(map(text, used))
    definition = text(found[0])
    yield f"insert into sys._views values ({text(schema)}, {text(view)}, {definition}, [{listed}])"


def _drop(found: Any, features: Features, names: Names) -> Iterator[str]:
    for name in re.findall(_NAME, found[3], _FLAGS):
        schema, table = place_of(name)
        kind = "view" if found[1].lower() == "view" else "table"
        yield f"drop {kind} {'if exists ' if found[2] else ''}{table_of(name)}"
        if kind == "table":
            yield f"delete from sys._indexes where schema_name = {text(schema)} and table_name = {text(table)}"
        else:
            yield f"delete from sys._views where schema_name = {text(schema)} and view_name = {text(table)}"


def _truncate(found: Any, features: Features, names: Names) -> Iterator[str]:
    yield f"delete from {table_of(found[1])}"


# ---------------------------------------------------------------- tables


def _table(found: Any, features: Features, names: Names) -> Iterator[str]:
    name = found[1]
    schema, table = place_of(name)
    body = re.sub(r"\b(primary\s+key|unique)\s+(?:non)?clustered", r"\1", found[2], flags=_FLAGS)
    body = re.sub(r"\bmasked\s+with\s*\([^)]*\)|\bcollate\s+\w+", "", body, flags=_FLAGS)
    body = re.sub(r",\s*index\s+\S+\s+clustered\s+columnstore", "", body, flags=_FLAGS)
    tree = parsed(f"create table x ({_bracketed(body)})")
    columns = list(tree.find_all(exp.ColumnDef))
    lines = [_column(column) for column in columns]
    keys = _keys(tree, columns)
    if keys:
        lines.append(f"primary key ({', '.join(map(quoted, keys))})")
    temp = "temp " if table.startswith("#") else ""
    yield f"create {temp}table {table_of(name)} ({', '.join(lines)})"
    for column in columns:
        yield _noted(table_of(name), column.name, column.kind)
    if keys and not temp:
        yield _indexed(schema, table, f"PK_{table}", (1, True, True), keys, [])


def _bracketed(body: str) -> str:
    """The columns between the outermost brackets, what follows them (`with (…)`, `on …`) left out."""
    depth = 1
    for at, mark in enumerate(body):
        depth += {"(": 1, ")": -1}.get(mark, 0)
        if depth == 0:
            return body[:at]
    return body


def _column(column: Any) -> str:
    kind = column.kind
    try:
        line = f"{quoted(column.name)} {in_duckdb(kind)}"
    except KeyError:
        raise SqlError(2715, f"Cannot find data type {kind.sql('tsql')}.") from None
    kinds = {type(each.kind): each.kind for each in column.args.get("constraints") or []}
    not_null = kinds.get(exp.NotNullColumnConstraint)
    if not_null is not None and not not_null.args.get("allow_null"):
        line += " not null"
    if exp.DefaultColumnConstraint in kinds:
        line += f" default {rewritten(kinds[exp.DefaultColumnConstraint].this.copy(), {}).sql('duckdb')}"
    most = length(kind)
    return line + (f" check (length({quoted(column.name)}) <= {most})" if most else "")


def _keys(tree: exp.Expression, columns: list[Any]) -> list[str]:
    for key in tree.find_all(exp.PrimaryKey):
        return [each.find(exp.Identifier).name for each in key.expressions]
    return [
        column.name
        for column in columns
        if any(isinstance(each.kind, exp.PrimaryKeyColumnConstraint) for each in column.args["constraints"])
    ]


def _noted(relation: str, column: str, kind: exp.DataType) -> str:
    said = re.sub(r"^integer$", "int", kind.sql("tsql").lower().replace(", ", ","))
    return f"comment on column {relation}.{quoted(column)} is {text(said)}"


def _added(found: Any, features: Features, names: Names) -> Iterator[str]:
    tree = parsed(f"create table x ({found[2]})")
    for column in tree.find_all(exp.ColumnDef):
        yield f"alter table {table_of(found[1])} add column {quoted(column.name)} {in_duckdb(column.kind)}"
        yield _noted(table_of(found[1]), column.name, column.kind)


def _key_added(found: Any, features: Features, names: Names) -> Iterator[str]:
    columns = [parts_of(part.split()[0])[0] for part in found[3].split(",")]
    schema, table = place_of(found[1])
    yield f"alter table {table_of(found[1])} add primary key ({', '.join(map(quoted, columns))})"
    yield _indexed(schema, table, parts_of(found[2])[0], (1, True, True), columns, [])


def _changed(found: Any, features: Features, names: Names) -> Iterator[str]:
    [column] = parsed(f"create table x ({found[2]})").find_all(exp.ColumnDef)
    relation = table_of(found[1])
    yield f"alter table {relation} alter column {quoted(column.name)} type {in_duckdb(column.kind)}"
    yield _noted(relation, column.name, column.kind)


def _column_dropped(found: Any, features: Features, names: Names) -> Iterator[str]:
    for name in re.findall(_NAME, found[2], _FLAGS):
        if name.lower() != "column":
            yield f"alter table {table_of(found[1])} drop column {quoted(parts_of(name)[0])}"


# ---------------------------------------------------------------- indexes


def _index(found: Any, features: Features, names: Names) -> Iterator[str]:
    unique, clustered, columnstore, index, name, rest = found.groups()
    if columnstore and not features.columnstore:
        raise SqlError(40536, "'COLUMNSTORE' is not supported in this service tier of the database.")
    kind = (5 if columnstore else 1) if clustered and clustered.lower() == "clustered" else 6 if columnstore else 2
    lists = re.findall(r"\(([^()]*)\)", rest)
    columns = [parts_of(re.sub(r"\s+(asc|desc)\s*$", "", part.strip(), flags=re.I))[0] for part in lists[0].split(",")] if lists and not columnstore else []  # fmt: skip
    included = re.search(r"include\s*\(([^()]*)\)", rest, _FLAGS)
    others = [parts_of(part)[0] for part in included[1].split(",")] if included else []
    schema, table = place_of(name)
    yield _indexed(schema, table, parts_of(index)[0], (kind, bool(unique), False), columns, others)


def _indexed(schema: str, table: str, index: str, kind: tuple[int, bool, bool], keys: list[str], others: list[str]) -> str:
    lists = [f"[{', '.join(map(text, each))}]::varchar[]" for each in (keys, others)]
    return (
        f"insert into sys._indexes values ({text(schema)}, {text(table)}, {text(index)}, {kind[0]}, {kind[1]},"
        f" {kind[2]}, {', '.join(lists)})"
    )


def _index_dropped(found: Any, features: Features, names: Names) -> Iterator[str]:
    schema, table = place_of(found[3])
    yield (
        f"delete from sys._indexes where schema_name = {text(schema)} and table_name = {text(table)}"
        f" and index_name = {text(parts_of(found[2])[0])}"
    )


def _nothing(found: Any, features: Features, names: Names) -> Iterator[str]:
    yield from ()


_SHAPES = (
    (rf"create\s+schema\s+{_NAME}", _schema),
    (rf"drop\s+schema\s+(if\s+exists\s+)?{_NAME}", _no_schema),
    (rf"alter\s+schema\s+{_NAME}\s+transfer\s+(?:object\s*::\s*)?{_NAME}", _transfer),
    (rf"create\s+(?:(or\s+alter)\s+)?view\s+{_NAME}\s+as\s+(.*)", _view),
    (rf"(alter)\s+view\s+{_NAME}\s+as\s+(.*)", _view),
    (rf"create\s+table\s+{_NAME}\s*\((.*)", _table),
    (rf"drop\s+(table|view)\s+(if\s+exists\s+)?(.*)", _drop),
    (rf"truncate\s+table\s+{_NAME}", _truncate),
    (rf"create\s+(unique\s+)?(clustered|nonclustered)?\s*(columnstore\s+)?index\s+{_NAME}\s+on\s+{_NAME}(.*)", _index),
    (rf"drop\s+index\s+(if\s+exists\s+)?{_NAME}\s+on\s+{_NAME}", _index_dropped),
    (rf"alter\s+table\s+{_NAME}\s+(?:with\s+\w+\s+)?add\s+constraint\s+{_NAME}\s+primary\s+key\s*(?:(?:non)?clustered)?\s*\(([^()]*)\)", _key_added),
    (rf"alter\s+table\s+{_NAME}\s+(?:with\s+\w+\s+)?add\s+constraint", _nothing),
    (rf"alter\s+table\s+{_NAME}\s+add\s+(.*)", _added),
    (rf"alter\s+table\s+{_NAME}\s+alter\s+column\s+(.*\badd\s+masked|.*\bdrop\s+masked).*", _nothing),
    (rf"alter\s+table\s+{_NAME}\s+alter\s+column\s+(.*)", _changed),
    (rf"alter\s+table\s+{_NAME}\s+drop\s+column\s+(.*)", _column_dropped),
    (r"alter\s+(table|index|database|authorization)\b", _nothing),
    (r"(create|drop|update)\s+statistics\b", _nothing),
)  # fmt: skip
