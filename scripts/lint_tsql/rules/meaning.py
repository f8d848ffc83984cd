"""What both engines take and read differently, by the types of the columns. Seen in the tree with types."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from scripts.lint_tsql.rules.registry import rule
from scripts.lint_tsql.statement import Statement

_TEXTS = exp.DataType.TEXT_TYPES
_DAYS = {
    exp.DataType.Type.DATE,
    exp.DataType.Type.TIMESTAMP,
    exp.DataType.Type.DATETIME2,
    exp.DataType.Type.DATETIME,
}
_MOMENTS = _DAYS - {exp.DataType.Type.DATE}
_WHOLE = exp.DataType.INTEGER_TYPES | {exp.DataType.Type.BIT}
_FRACTIONS = exp.DataType.REAL_TYPES
_NUMBERS = exp.DataType.NUMERIC_TYPES


def _is(node: exp.Expr | None, kinds: set[object]) -> bool:
    return node is not None and node.type is not None and node.type.this in kinds


@rule(
    "aggregate-over-bit",
    why="SUM, MIN, MAX and AVG take no bit",
    instead="sum(case when flag = {{ bool(true) }} then 1 else 0 end)",
    broken=("select max(flag) as x from t", "with n as (select flag as f from t) select sum(f) as x from n"),
    kept="select max(case when flag = cast(1 as bit) then 1 else 0 end) as x, count(flag) as n from t",
)
def aggregate_over_bit(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.typed_nodes(exp.Sum, exp.Min, exp.Max, exp.Avg):
        if _is(node.this, {exp.DataType.Type.BIT, exp.DataType.Type.BOOLEAN}):
            yield node


@rule(
    "plus-on-text",
    why="`+` joins texts in T-SQL and adds on DuckDB; with a number beside it, it is a conversion that fails",
    instead="the joined macro",
    broken=("select txt + 'x' as y from t", "select 'x' + txt as y from t", "select txt + a as y from t"),
    kept="select concat(txt, a, '') as y, a + b as z from t",
)
def plus_on_text(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.typed_nodes(exp.Add):
        if _is(node.left, _TEXTS) or _is(node.right, _TEXTS):
            yield node


@rule(
    "date-arithmetic",
    why="no date plus a number, no date minus a date",
    instead="the add_days, add_months, day_diff and month_diff macros",
    broken=("select d + 1 as x from t", "select d - d as x from t", "select ts - d as x from t"),
    kept="select dateadd(day, 1, d) as x, datediff(day, d, ts) as y from t",
)
def date_arithmetic(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.typed_nodes(exp.Add, exp.Sub):
        if _is(node.left, _DAYS) or _is(node.right, _DAYS):
            yield node


@rule(
    "fraction-to-whole",
    why="a cast of 2.7 to int is 2 on SQL Server and 3 on DuckDB",
    instead="round(x, 0), floor(x) or ceiling(x) within the cast",
    broken=("select cast(n as int) as x from t", "select cast(f / 3 as bigint) as x from t"),
    kept="select cast(round(n, 0) as int) as x, cast(floor(f) as bigint) as y, cast(a as bigint) as z from t",
)
def fraction_to_whole(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.typed_nodes(exp.Cast):
        cuts = _is(node, _WHOLE) and _is(node.this, _FRACTIONS)
        if cuts and not isinstance(node.this.unnest(), exp.Round | exp.Floor | exp.Ceil):
            yield node


@rule(
    "value-as-text",
    why="SQL Server writes six decimals of a timestamp, six digits of a float, 1 for true; DuckDB does not",
    instead="whole numbers, decimals and dates only; a flag through CASE",
    broken=(
        "select concat(f, '') as x from t",
        "select concat(ts, '') as x from t",
        "select concat(flag, '') as x from t",
        "select cast(ts as nvarchar(30)) as x from t",
    ),
    kept=(
        "select concat(a, ':', n, ':', d, '') as x from t",
        "select cast(hashbytes('SHA2_256', concat(ts, '')) as varbinary(8)) as x from t",
    ),
)
def value_as_text(sql: Statement) -> Iterator[exp.Expr]:
    kinds = _MOMENTS | {exp.DataType.Type.FLOAT, exp.DataType.Type.DOUBLE, exp.DataType.Type.BIT}
    for node in sql.typed_nodes(exp.Concat):
        if not _is_hashed(node):
            yield from (part for part in node.expressions if _is(_inside(part), kinds))
    for node in sql.typed_nodes(exp.Cast):
        if _is(node, _TEXTS) and _is(node.this, kinds) and not _is_hashed(node):
            yield node


def _is_hashed(node: exp.Expr) -> bool:
    """A text that nobody sees: its hash is compared with one of the same engine (macro `row_hash`)."""
    return node.find_ancestor(exp.SHA2) is not None


def _inside(part: exp.Expr) -> exp.Expr:
    """The value itself: sqlglot wraps each part of a CONCAT into COALESCE(CAST(part AS text), '')."""
    while isinstance(part, exp.Coalesce | exp.Cast) and _is(part, _TEXTS):
        part = part.this
    return part


@rule(
    "text-as-value",
    why="an empty text is 0 and 1900-01-01 on SQL Server, and an error on DuckDB",
    instead="the type in the contract, so that the landing converts and quarantines what it cannot",
    broken=(
        "select cast(txt as int) as x from t",
        "select cast(txt as date) as x from t",
        "select cast('' as date) as x from t",
    ),
    kept="select cast('2026-01-01' as date) as x, cast(a as float) as y from t",
)
def text_as_value(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.typed_nodes(exp.Cast):
        literal = isinstance(node.this, exp.Literal) and node.this.name
        if _is(node, _NUMBERS | _DAYS) and _is(node.this, _TEXTS) and not literal:
            yield node


@rule(
    "text-beside-number",
    why="SQL Server turns the text into a number there, which fails at the first text that is none",
    instead="both texts, or both numbers: cast the number to text",
    broken=(
        "select a from t where txt = 1",
        "select coalesce(txt, 0) as x from t",
        "select case when a = 1 then txt else 0 end as x from t",
        "select a from t where txt in (1, 2)",
        "select a from t where txt between 1 and 2",
    ),
    kept="select coalesce(txt, '0') as x, case when a = 1 then d end as y from t where d = '2026-01-01'",
)
def text_beside_number(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.typed_nodes(exp.Binary, exp.Between, exp.In, exp.Coalesce, exp.Case):
        compares = not isinstance(node, exp.Binary) or isinstance(node, exp.Predicate)
        parts = _parts(node)
        if (
            compares
            and any(_is(part, _TEXTS) for part in parts)
            and any(_is(part, _NUMBERS) for part in parts)
        ):
            yield node


def _parts(node: exp.Expr) -> list[exp.Expr]:
    """What is brought to one type."""
    if isinstance(node, exp.Case):
        results = [branch.args["true"] for branch in node.args["ifs"]]
        return [*results, node.args["default"]] if node.args.get("default") else results
    if isinstance(node, exp.Between):
        return [node.this, node.args["low"], node.args["high"]]
    if isinstance(node, exp.In | exp.Coalesce):
        return [node.this, *node.expressions]
    return [node.left, node.right]


@rule(
    "compared-with-blank",
    why="blanks at the end count for nothing on SQL Server: '  ' = '' is true there, false on DuckDB",
    instead="trim(a) = '', nullif(trim(a), '')",
    broken=(
        "select a from t where txt = ''",
        "select a from t where '' <> txt",
        "select nullif(txt, '') as x from t",
        "select a from t where replace(txt, '0', '') <> ''",
    ),
    kept="select nullif(trim(txt), '') as x from t where replace(trim(txt), '0', '') <> ''",
)
def compared_with_blank(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.nodes(exp.EQ, exp.NEQ, exp.Nullif):
        sides = [node.this, node.expression]
        blank = any(
            isinstance(side, exp.Literal) and side.is_string and not side.name.strip() for side in sides
        )
        if blank and node.find(exp.Trim) is None:
            yield node


@rule(
    "trimmed-compared",
    why="a comparison sees no blanks at the end on SQL Server: trim(a) <> a is never true there",
    instead="the text_length macro on both, or same_text",
    broken=("select a from t where trim(txt) <> txt", "select a from t where txt = rtrim(txt)"),
    kept="select a from t where trim(txt) = 'x'",
)
def trimmed_compared(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.nodes(exp.EQ, exp.NEQ):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(one, exp.Trim) and one.this == other:
                yield node
