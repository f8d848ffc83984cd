"""Forms of a query that SQL Server refuses, or in which it picks other rows. Seen in the tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlglot import exp

from scripts.lint_tsql.rules.registry import Place, rule
from scripts.lint_tsql.statement import Statement


@rule(
    "limit",
    why="there is no LIMIT; OFFSET … FETCH needs an order, which no view or CTE may have",
    instead="row_number() in a CTE and its condition in the next",
    broken=(
        "select a from t limit 5",
        "select a from t order by a offset 5 rows fetch next 5 rows only",
        "select a from t order by a offset 5 rows",
    ),
    kept=(
        "with ranked as (select a, row_number() over (order by a) as n from t)"
        " select a from ranked where n <= 5"
    ),
)
def limit(sql: Statement) -> Iterator[exp.Expr]:
    yield from sql.nodes(exp.Fetch, exp.Offset)
    for node in sql.nodes(exp.Limit):
        if any(sql.phrase("limit")):
            yield node


@rule(
    "top",
    why="TOP is not DuckDB's, and without an order it picks other rows at each run",
    instead="row_number() in a CTE and its condition in the next",
    broken=("select top 5 a from t", "select top (5) a from t order by a"),
    kept="select max(a) as a from t",
)
def top(sql: Statement) -> Iterator[Place]:
    return sql.phrase("top")


@rule(
    "ordinal",
    why="GROUP BY 1 groups by the number on SQL Server: an error",
    instead="the columns by name",
    broken=(
        "select a, count(*) as n from t group by 1",
        "select a from t order by 1",
        "select row_number() over (order by 1) as n from t",
        "select a, count(*) as n from t group by rollup (1)",
    ),
    kept="select a, count(*) as n from t group by a",
)
def ordinal(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.nodes(exp.Group, exp.Order, exp.Rollup, exp.Cube):
        for item in node.expressions:
            if isinstance(item.this if isinstance(item, exp.Ordered) else item, exp.Literal):
                yield node


@rule(
    "group-by-all",
    why="GROUP BY ALL is another thing in T-SQL, and ORDER BY ALL is nothing",
    instead="the columns by name",
    broken=("select a, count(*) as n from t group by all", "select a from t order by all"),
    kept="select a, count(*) as n from t group by a",
)
def group_by_all(sql: Statement) -> Iterator[Place]:
    return sql.phrase({"group by", "order by"}, "all")


@rule(
    "group-by-constant",
    why="each item of GROUP BY must hold a column",
    instead="leave it out: what is constant needs no grouping",
    broken=(
        "select count(*) as n from t group by 'x'",
        "select count(*) as n from t group by a, cast(1 as bit)",
    ),
    kept="select a, count(*) as n from t group by a, coalesce(b, 0)",
)
def group_by_constant(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.nodes(exp.Group):
        for item in node.expressions:
            ordinal = isinstance(item, exp.Literal) and not item.is_string
            if item.find(exp.Column) is None and not ordinal:
                yield item


@rule(
    "order-by",
    why="no view, CTE, subquery or test may have an order; a table has none anyway",
    instead="order where rows are read; within a window it is fine",
    broken=(
        "select a from t order by a",
        "with n as (select a from t order by a) select a from n",
        "select a from (select a from t order by a) as n",
    ),
    kept="select row_number() over (partition by b order by a) as n from t",
)
def order_by(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.nodes(exp.Order):
        if isinstance(node.parent, exp.Query):
            yield node


@rule(
    "nested-with",
    why="WITH stands at the head of the statement and nowhere else",
    instead="flat CTEs, one after the other",
    broken=(
        "with a as (with b as (select 1 as x) select x from b) select x from a",
        "select x from (with b as (select 1 as x) select x from b) as a",
    ),
    kept="with b as (select 1 as x), a as (select x from b) select x from a",
)
def nested_with(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.nodes(exp.With):
        if node.find_ancestor(exp.CTE, exp.Subquery, exp.In, exp.Exists):
            yield node


@rule(
    "ephemeral",
    why="dbt pastes an ephemeral model into each reader, with its own WITH and without its tests",
    instead="materialized='view'",
    broken="with __dbt__cte__n as (select a from t) select a from __dbt__cte__n",
    kept="with n as (select a from t) select a from n",
)
def ephemeral(sql: Statement) -> Iterator[exp.Expr]:
    return (node for node in sql.nodes(exp.CTE) if node.alias.startswith("__dbt__cte__"))


@rule(
    "join-form",
    why="T-SQL has no USING, and no natural, asof, positional, semi, anti or lateral join",
    instead="on a.x = b.x; exists (…) for semi and anti",
    broken=(
        "select t.a from t inner join u using (a)",
        "select t.a from t natural join u",
        "select t.a from t semi join u on t.a = u.a",
        "select t.a from t anti join u on t.a = u.a",
        "select t.a from t asof join u on t.a >= u.a",
        "select t.a from t positional join u",
        "select t.a from t cross join lateral (select 1 as x) as y",
    ),
    kept="select t.a from t inner join u on t.a = u.a where exists (select 1 from u as v where v.a = t.a)",
)
def join_form(sql: Statement) -> Iterator[Place]:
    words = {"natural", "asof", "positional", "semi", "anti", "lateral"}
    yield from sql.phrase(words)
    yield from (node for node in sql.nodes(exp.Join) if node.args.get("using"))


@rule(
    "distinct-on",
    why="there is no DISTINCT ON",
    instead="row_number() in a CTE and its condition in the next",
    broken="select distinct on (a) a, b from t",
    kept="select distinct a, b from t",
)
def distinct_on(sql: Statement) -> Iterator[exp.Expr]:
    return (node for node in sql.nodes(exp.Distinct) if node.args.get("on"))


@rule(
    "values",
    why="VALUES is a table only inside FROM (…), with an alias and names for its columns",
    instead="select … union all select …, or a seed",
    broken=("with n as (values (1), (2)) select * from n", "select x.a from (values (1)) as x"),
    kept=(
        "with n as (select 1 as a union all select 2 as a) select a from n",
        "select x.a from (values (1)) as x (a)",
    ),
)
def values(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.nodes(exp.Values):
        alias = node.args.get("alias")
        if alias is None or not alias.args.get("columns"):
            yield node


@rule(
    "set-operation",
    why="T-SQL knows UNION, UNION ALL, EXCEPT and INTERSECT, without ALL on the latter and without BY NAME",
    instead="the columns in one order; count the rows where doubles matter",
    broken=(
        "select a from t except all select a from u",
        "select a from t intersect all select a from u",
        "select a from t union by name select a from u",
        "select a from t union distinct select a from u",
    ),
    kept="select a from t union all select a from u except select b as a from t",
)
def set_operation(sql: Statement) -> Iterator[Place]:
    yield from sql.phrase({"except", "intersect"}, "all")
    yield from sql.phrase({"union", "except", "intersect"}, "distinct")
    yield from sql.phrase("by", "name")


@rule(
    "row-value",
    why="T-SQL compares one value with one value",
    instead="exists (… where a = … and b = …), or a join on both",
    broken=(
        "select a from t where (a, b) in (select a, b from u)",
        "select a from t where (a, b) = (1, 2)",
        "select count(distinct (a, b)) as n from t",
    ),
    kept="select a from t where exists (select 1 as x from u where u.a = t.a and u.b = t.b)",
)
def row_value(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.nodes(exp.Tuple):
        if isinstance(node.parent, exp.In | exp.Predicate | exp.Distinct | exp.Paren):
            yield node


@rule(
    "from-first",
    why="a query begins with SELECT or WITH",
    instead="select … from …",
    broken=("from t select a", "from t", "summarize t", "describe t"),
    kept="select a from t",
)
def from_first(sql: Statement) -> Iterator[Place]:
    if sql.kind != "analysis" and sql.tokens and sql.tokens[0].text.lower() not in {"select", "with", "("}:
        yield sql.tokens[0]


@rule(
    "subquery-without-alias",
    why="a subquery in FROM needs an alias",
    instead="a CTE",
    broken="select a from (select a from t)",
    kept="select n.a from (select a from t) as n",
)
def subquery_without_alias(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.nodes(exp.Subquery):
        if isinstance(node.parent, exp.From | exp.Join) and not node.alias:
            yield node


@rule(
    "column-without-name",
    why="each column of a view, a CTE and a subquery needs a name; dbt makes a view of a test, too",
    instead="… as name",
    broken=(
        "select count(*) from t",
        "with n as (select a + 1 from t) select * from n",
        "select n.a from (select a, b + 1 from t) as n",
    ),
    kept="select count(*) as n from t where exists (select 1 from u) and a in (select max(a) from u)",
)
def column_without_name(sql: Statement) -> Iterator[exp.Expr]:
    for query in sql.nodes(exp.Select):
        if _gives_columns(query):
            yield from (
                item for item in query.expressions if not isinstance(item, exp.Alias | exp.Column | exp.Star)
            )


@rule(
    "column-twice",
    why="a view, CTE or subquery may not give one name twice; DuckDB renames the second",
    instead="another alias",
    broken=("select a, b as a from t", "with n as (select a, b as A from t) select n.a from n"),
    kept="select a, b as other from t",
)
def column_twice(sql: Statement) -> Iterator[exp.Expr]:
    for query in sql.nodes(exp.Select):
        names = Counter(item.alias_or_name.lower() for item in query.expressions if not item.is_star)
        yield from (
            item for item in query.expressions if item.alias_or_name and names[item.alias_or_name.lower()] > 1
        )


def _gives_columns(query: exp.Select) -> bool:
    """Whether the names of its columns are used: not in EXISTS, in IN, or as a single value."""
    above: exp.Expr | None = query.parent
    while isinstance(above, exp.SetOperation):
        if above.expression is query:
            return False  # the first query of a union names its columns
        query, above = above, above.parent
    if isinstance(above, exp.Subquery):
        return isinstance(above.parent, exp.From | exp.Join)
    return not isinstance(above, exp.Exists | exp.In | exp.Any | exp.All)
