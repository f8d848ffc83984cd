"""One statement of T-SQL in DuckDB's words: sqlglot, and rules for what it leaves or gets wrong.

Known and kept: text is compared with its case and its trailing spaces, where SQL Server's usual collation
ignores both; numbers are not rounded as SQL Server does; no plan, lock or permission is looked at.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp

from tests.servers.tsql import like
from tests.servers.tsql.tokens import SqlError
from tests.servers.tsql.types import INTEGERS, TEXTS, in_duckdb, length
from tests.servers.tsql.writes import deleted, made, spread, updated

Names = frozenset[tuple[str, str]]  # (name in small letters without @, DuckDB type)


@lru_cache(maxsize=2000)
def translated(statement: str, names: Names) -> tuple[str, tuple[str, ...]]:
    """(SQL of DuckDB, the parameters it uses). Raises SqlError 102 for what is no T-SQL to sqlglot."""
    tree = rewritten(parsed(statement), dict(names))
    sql = tree.sql("duckdb")
    return sql, tuple(sorted({used.this for used in tree.find_all(exp.Placeholder)}))


_ASKED = re.compile(
    r"\b(error_(?:number|message|state|severity|line|procedure)|xact_state)\s*\(\s*\)", re.IGNORECASE
)

_SPAN = re.compile(r"\bdatediff(?:_big)?\s*\(\s*(\w+)\s*,", re.IGNORECASE)
logging.getLogger("sqlglot").setLevel(logging.ERROR)


def parsed(statement: str) -> exp.Expression:
    """The statement as sqlglot reads it. Functions of the session's state are read as its variables."""
    try:
        [tree] = sqlglot.parse(_SPAN.sub(r"date_span_\1(", _ASKED.sub(r"@@\1", statement)), read="tsql")
    except (sqlglot.errors.SqlglotError, ValueError) as wrong:
        raise SqlError(102, f"Incorrect syntax: {str(wrong)[:300]}", 15) from wrong
    if tree is None or isinstance(tree, exp.Command):
        raise SqlError(102, f"the stand-in cannot read: {statement[:200]}", 15)
    return tree


def rewritten(tree: exp.Expression, names: dict[str, str]) -> exp.Expression:
    """The tree with every rule applied from the leaves up; `select … into` and joined writes last."""
    for node in list(tree.find_all(exp.Parameter)):
        if not isinstance(node.parent, exp.Parameter):
            node.replace(_parameter(node, names))
    # within what a rule makes, no other rule looks
    for node in list(tree.find_all(exp.Collate)):
        node.replace(node.this)
    tree = _from_the_leaves(tree)
    for select in list(tree.find_all(exp.Select)):
        spread(select)
    if isinstance(tree, exp.Select) and tree.args.get("into"):
        return made(tree)
    if isinstance(tree, exp.Delete):
        return deleted(tree)
    return updated(tree) if isinstance(tree, exp.Update) else tree


def _parameter(node: exp.Parameter, names: dict[str, str]) -> exp.Expression:
    inner = node.this
    system = isinstance(inner, exp.Parameter)
    name = ("sys_" if system else "") + (inner.this if system else inner).name.lower()
    if name not in names:
        raise SqlError(137, f'Must declare the scalar variable "@{name}".', 15)
    placed = exp.Placeholder(this=name)
    return exp.Cast(this=placed, to=exp.DataType.build(names[name], dialect="duckdb"), done=True)


# ---------------------------------------------------------------- one node at a time


def _from_the_leaves(node: exp.Expression) -> exp.Expression:
    """Not sqlglot's `transform`, which leaves what is below a replaced node as it was."""
    for child in list(node.iter_expressions()):
        new = _from_the_leaves(child)
        if new is not child:
            child.replace(new)
    rule = _RULES.get(type(node))
    return rule(node) if rule else node


def _identifier(node: Any) -> exp.Expression:
    if node.args.get("temporary") or node.args.get("global_"):
        return exp.to_identifier("#" + node.name, quoted=True)
    return node


def _table(node: Any) -> exp.Expression:
    node.set("hints", None)
    if isinstance(node.this, exp.Anonymous) and node.this.name.lower() == "string_split":
        pieces = exp.Anonymous(this="unnest", expressions=[node.this])
        rows = exp.select(exp.alias_(pieces, "value")).subquery()
        rows.set("alias", node.args.get("alias"))
        return rows
    if node.catalog.lower() in ("tempdb", "master", "msdb"):
        node.set("catalog", None)
    if node.name.startswith("#"):
        node.set("db", None)
    if node.db.lower() == "information_schema":
        node.set("catalog", None)
        node.set("db", exp.to_identifier("sys"))
        node.set("this", exp.to_identifier("information_schema_" + node.name.lower()))
    return node


def _cast(node: Any) -> exp.Expression:
    if node.args.get("done") or isinstance(node.this, exp.Star):
        return node
    return cast_to(node.this, node.to, safe=isinstance(node, exp.TryCast))


def cast_to(value: exp.Expression, kind: exp.DataType, safe: bool = False) -> exp.Expression:
    """A cast that cuts text and numbers as T-SQL does."""
    try:
        target = exp.DataType.build(in_duckdb(kind), dialect="duckdb")
    except KeyError:
        raise SqlError(243, f"Type {kind.sql('tsql')} is not a defined system type.") from None
    maker = exp.TryCast if safe else exp.Cast
    name = getattr(kind.this, "name", "")
    if name in TEXTS:
        text = maker(this=value, to=target, done=True)
        most = length(kind)
        return exp.Anonymous(this="left", expressions=[text, exp.Literal.number(most)]) if most else text
    if name in INTEGERS and not isinstance(value, exp.Literal):
        word = "try_cut_" if safe else "cut_"
        return maker(this=exp.Anonymous(this=word + "number", expressions=[value]), to=target, done=True)
    if name in ("VARBINARY", "BINARY"):
        return _first_bytes(exp.Anonymous(this="to_bytes", expressions=[value]), kind)
    return maker(this=value, to=target, done=True)


def _first_bytes(value: exp.Expression, kind: exp.DataType) -> exp.Expression:
    """`varbinary(8)` keeps the first eight; without a number, or with max, all stay."""
    said = kind.expressions[0].name if kind.expressions else ""
    if not said.isdigit():
        return value
    digits = exp.Anonymous(this="hex", expressions=[value])
    kept = exp.Anonymous(this="left", expressions=[digits, exp.Literal.number(2 * int(said))])
    return exp.Anonymous(this="unhex", expressions=[kept])


def _convert(node: Any) -> exp.Expression:
    style = node.args.get("style")
    kind, value, number = node.this, node.expression, style.name if style else ""
    name = getattr(kind.this, "name", "")
    if name in TEXTS and number in ("1", "2"):
        hexed = exp.Anonymous(this="hex", expressions=[value])
        return exp.Concat(expressions=[exp.Literal.string("0x"), hexed]) if number == "1" else hexed
    if name in TEXTS and number in like.MOMENTS:
        return exp.Anonymous(this="strftime", expressions=[value, exp.Literal.string(like.MOMENTS[number])])
    if name == "VARBINARY" and number == "2":
        return exp.Anonymous(this="unhex", expressions=[value])
    return cast_to(value, kind, safe=bool(node.args.get("safe")))


def _added(node: Any) -> exp.Expression:
    if _is_text(node.left) or _is_text(node.right):
        return exp.DPipe(this=node.left, expression=node.right)
    return node


def _is_text(node: exp.Expression) -> bool:
    if isinstance(node, exp.Paren):
        return _is_text(node.this)
    if isinstance(node, exp.Literal):
        return node.is_string
    if isinstance(node, exp.Cast):
        return node.to.this in (exp.DType.TEXT, exp.DType.VARCHAR)
    if isinstance(node, exp.Coalesce):
        return _is_text(node.this) or any(_is_text(each) for each in node.expressions)
    if isinstance(node, exp.Anonymous):
        return node.name.lower() in ("quotename", "left", "hex", "schema_name", "object_name")
    return isinstance(
        node, (exp.Concat, exp.DPipe, exp.Lower, exp.Upper, exp.National, exp.Substring, exp.Replace)
    )


def _openjson(node: Any) -> exp.Expression:
    """A table of a JSON array: each element's paths, or key and value where there is no WITH."""
    source = node.this.sql("duckdb")
    path = node.args.get("path")
    rooted = f"json_extract({source}, {path.sql('duckdb')})" if path else f"cast({source} as json)"
    if not node.expressions:
        return exp.maybe_parse(
            "(select key, value ->> '$' as value, null as type from json_each(" + rooted + "))",
            dialect="duckdb",
        )
    columns = []
    for column in node.expressions:
        where = column.args["path"].name if column.args.get("path") else f'$."{column.name}"'
        taken = "json_extract" if column.args.get("as_json") else "json_extract_string"
        value = exp.maybe_parse(f"{taken}(j.value, '{where}')", dialect="duckdb")
        columns.append(f'{cast_to(value, column.args["kind"]).sql("duckdb")} as "{column.name}"')
    return exp.maybe_parse(f"(select {', '.join(columns)} from json_each({rooted}) as j)", dialect="duckdb")


def _function(node: Any) -> exp.Expression:
    if node.name.lower() == "patindex":
        return like.place(node)
    if node.name.lower() in ("nchar",):
        return exp.Anonymous(this="chr", expressions=node.expressions)
    return node


def _call(name: str) -> Callable[[Any], exp.Expression]:
    return lambda node: exp.Anonymous(this=name, expressions=[node.this])


_RULES: dict[type, Callable[[Any], exp.Expression]] = {
    exp.Identifier: _identifier,
    exp.Table: _table,
    exp.National: lambda node: exp.Literal.string(node.this),
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Convert: _convert,
    exp.Add: _added,
    exp.Div: lambda node: exp.Anonymous(this="divided", expressions=[node.left, node.right]),
    exp.Length: lambda node: exp.Anonymous(this="text_length", expressions=[_bare(node.this)]),
    exp.SHA2: lambda node: exp.maybe_parse(f"unhex(sha256({node.this.sql('duckdb')}))", dialect="duckdb"),
    exp.MD5: lambda node: exp.maybe_parse(f"unhex(md5({node.this.sql('duckdb')}))", dialect="duckdb"),
    exp.CurrentTimestamp: lambda node: exp.Anonymous(this="getutcdate", expressions=[]),
    exp.Like: like.matched,
    exp.OpenJSON: _openjson,
    exp.Anonymous: _function,
    exp.LastDay: lambda node: exp.Anonymous(this="last_day", expressions=[node.this]),
}


def _bare(node: exp.Expression) -> exp.Expression:
    return node.this if isinstance(node, exp.Cast) and not node.args.get("done") else node


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def parts_of(name: str) -> list[str]:
    """The parts of `[a].[b c]` or `a.b`, without brackets and quotes."""
    found = re.findall(r"\[((?:[^\]]|\]\])*)\]|\"((?:[^\"]|\"\")*)\"|([^.\[\]\"\s]+)|(?<=\.)(?=\.)", name)
    return [(a.replace("]]", "]") or b.replace('""', '"') or c) for a, b, c in found]
