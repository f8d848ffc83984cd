"""Windows and aggregates as SQL Server 2019 has them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.tokens import Token, TokenType

from scripts.lint_tsql.rules.registry import Place, rule
from scripts.lint_tsql.statement import Statement

_NEED_ORDER = (
    exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist, exp.Ntile, exp.Lag, exp.Lead,
    exp.FirstValue, exp.LastValue,
)  # fmt: skip


@rule(
    "filter",
    why="aggregates take no FILTER",
    instead="sum(case when … then … end)",
    broken="select count(*) filter (where b = 1) as n from t",
    kept="select sum(case when b = 1 then 1 else 0 end) as n from t",
)
def filter_where(sql: Statement) -> Iterator[Place]:
    return sql.phrase("filter", "(")


@rule(
    "named-window",
    why="WINDOW is SQL Server 2022",
    instead="the window written out at each function",
    broken="select sum(a) over w as s from t window w as (partition by b)",
    kept="select sum(a) over (partition by b) as s from t",
)
def named_window(sql: Statement) -> Iterator[exp.Expr]:
    return (node for node in sql.nodes(exp.Select) if node.args.get("windows"))


@rule(
    "ignore-nulls",
    why="IGNORE NULLS is SQL Server 2022",
    instead="max(…) over a running count of the values that are there",
    broken="select first_value(a ignore nulls) over (order by b) as x from t",
    kept="select first_value(a) over (order by b) as x from t",
)
def ignore_nulls(sql: Statement) -> Iterator[Place]:
    return sql.phrase({"ignore", "respect"}, "nulls")


@rule(
    "window-without-order",
    why="SQL Server refuses ranking, LAG and LEAD without an order; DuckDB numbers rows as they come",
    instead="order by columns that leave no ties",
    broken=("select row_number() over (partition by a) as n from t", "select lag(a) over () as n from t"),
    kept="select row_number() over (partition by a order by b) as n from t",
)
def window_without_order(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.nodes(exp.Window):
        if isinstance(node.this, _NEED_ORDER) and not node.args.get("order"):
            yield node


@rule(
    "window-frame",
    why="RANGE takes UNBOUNDED and CURRENT ROW only; GROUPS and EXCLUDE are not T-SQL",
    instead="rows between …, or a join on the days",
    broken=(
        "select sum(a) over (order by d range between interval 1 day preceding and current row) as s from t",
        "select sum(a) over (order by b range between 7 preceding and current row) as s from t",
        "select sum(a) over (order by b groups between 1 preceding and current row) as s from t",
    ),
    kept="select sum(a) over (order by b rows between 6 preceding and current row) as s from t",
)
def window_frame(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.nodes(exp.WindowSpec):
        kind = str(node.args.get("kind") or "").lower()
        ends = [node.args.get("start"), node.args.get("end")]
        offset = any(isinstance(end, exp.Expr) for end in ends)
        if kind == "groups" or node.args.get("exclude") or (kind == "range" and offset):
            yield node


@rule(
    "distinct-in-window",
    why="a windowed aggregate takes no DISTINCT",
    instead="count in a CTE of its own and join, or flag the first of each with row_number()",
    broken="select count(distinct a) over (partition by b) as n from t",
    kept="select b, count(distinct a) as n from t group by b",
)
def distinct_in_window(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.nodes(exp.Window):
        if isinstance(node.this, exp.AggFunc) and isinstance(node.this.this, exp.Distinct):
            yield node


@rule(
    "several-distinct",
    why="COUNT(DISTINCT …) takes one expression",
    instead="count the rows of a CTE with select distinct, or the distinct keys",
    broken="select count(distinct a, b) as n from t",
    kept="select count(distinct a) as n from t",
)
def several_distinct(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.nodes(exp.Distinct):
        if isinstance(node.parent, exp.AggFunc) and len(node.expressions) > 1:
            yield node


@rule(
    "order-in-aggregate",
    why="aggregates take no ORDER BY within; STRING_AGG has WITHIN GROUP after it, which DuckDB has not",
    instead="the value picked with row_number() in a CTE; the ordered_list macro for texts",
    broken=(
        "select string_agg(txt, ',' order by a) as x from t",
        "select string_agg(coalesce(txt, 'b'), ',' order by a) as x from t",
        "select max(a order by b) as x from t",
    ),
    kept=(
        "select max(a) as x from t",
        "select string_agg(txt, ' > ') within group (order by a, b desc) as x from t",
        "select string_agg(cast(txt as nvarchar(max)), ',') within group (order by a) as x from t group by b",
    ),
)
def order_in_aggregate(sql: Statement) -> Iterator[Place]:
    # sqlglot's tree is the same for both places of STRING_AGG's order, so its words are read.
    yield from (word for word in sql.phrase("string_agg", "(") if _holds_order(sql, word))
    for node in sql.nodes(exp.Order):
        if node.find_ancestor(exp.AggFunc, exp.GroupConcat, exp.Window, exp.Query) is not node.parent:
            continue
        if not isinstance(node.parent, exp.Window | exp.Query | exp.GroupConcat):
            yield node


def _holds_order(sql: Statement, call: Token) -> bool:
    """Whether ORDER BY stands between the parentheses of the call, not in deeper ones."""
    depth = 0
    for token in sql.tokens[sql.tokens.index(call) + 1 :]:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0:
            return False
        if depth == 1 and token.token_type is TokenType.ORDER_BY:
            return True
    return False


@rule(
    "subquery-in-aggregate",
    why="an aggregate may hold no subquery and no other aggregate, not even inside CASE",
    instead="the flag in a CTE, summed in the next",
    broken=(
        "select sum(case when exists (select 1 as x from u where u.a = t.a) then 1 else 0 end) as n from t",
        "select max((select max(u.a) as x from u)) as n from t",
        "select sum(count(*)) as n from t group by a",
    ),
    kept="select sum(count(*)) over (partition by b) as n from t group by a, b",
)
def subquery_in_aggregate(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.nodes(exp.AggFunc):
        if isinstance(node.parent, exp.Window):
            continue
        inner = (child for child in node.walk() if child is not node)
        if any(isinstance(child, exp.Query | exp.AggFunc) for child in inner):
            yield node
