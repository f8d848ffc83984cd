"""Truth values: T-SQL has conditions and it has bits, and neither is the other."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from scripts.lint_tsql.rules.registry import rule
from scripts.lint_tsql.statement import Statement

# A parent in which a condition stands where a condition belongs.
_CONDITIONAL = (exp.Where, exp.Having, exp.Not, exp.And, exp.Or, exp.Join, exp.Paren)
_COMPARISONS = (
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between, exp.Like, exp.Exists,
    exp.And, exp.Or, exp.Not,
)  # fmt: skip


@rule(
    "boolean-literal",
    why="there are no words TRUE and FALSE: they are read as names of columns",
    instead="the bool macro; the flag macro for a condition as a column",
    broken=("select a from t where flag = true", "select false as b from t"),
    kept="select a from t where flag = cast(1 as bit)",
)
def boolean_literal(sql: Statement) -> Iterator[exp.Expr]:
    return sql.nodes(exp.Boolean)


@rule(
    "bare-boolean",
    why="a bit is no condition",
    instead="flag = {{ bool(true) }}",
    broken=(
        "select a from t where flag",
        "select a from t where not flag",
        "select a from t where a = 1 and flag",
        "select a from t where (flag)",
        "select a from t where coalesce(flag, cast(0 as bit))",
        "select case when flag then 1 else 0 end as x from t",
        "select t.a from t inner join u on u.flag",
        "select a from t group by a having max(b)",
    ),
    kept=(
        "select case txt when 'x' then 'a' else 'b' end as y from t where flag = cast(1 as bit)",
        "select t.a from t inner join u on u.a = t.a and (u.b = 1 or not (u.b = 2 and u.a > 3))",
    ),
)
def bare_boolean(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.nodes(exp.Where, exp.Having, exp.Not, exp.And, exp.Or, exp.If, exp.Join):
        yield from (
            part
            for part in _conditions(node)
            if not isinstance(part.unnest(), exp.Predicate | exp.Not | exp.And | exp.Or)
        )


def _conditions(node: exp.Expr) -> list[exp.Expr]:
    """The parts of `node` that must be conditions."""
    if isinstance(node, exp.And | exp.Or):
        return [node.left, node.right]
    if isinstance(node, exp.Join):
        return [node.args["on"]] if node.args.get("on") else []
    # `case x when y` compares, `case when y` asks
    if isinstance(node, exp.If) and isinstance(node.parent, exp.Case) and node.parent.args.get("this"):
        return []
    return [node.this]


@rule(
    "condition-as-value",
    why="a condition is no value; `select a = b` even means `b as a`",
    instead="the flag macro",
    broken=(
        "select a = b as same from t",
        "select a = b from t",
        "select (a > b) as more from t",
        "select not flag as other from t",
        "select coalesce(a > b, flag) as x from t",
        "select sum(cast(a = b as int)) as n from t",
        "select case when a = 1 then b > 2 end as x from t",
        "select a in (1, 2) as x from t",
        "select a is null as x from t",
        "select exists (select 1 as x from u) as x from t",
        "select a from t where (a = 1) = (b = 1)",
    ),
    kept="select cast(case when a = b then 1 else 0 end as bit) as x from t where a in (1, 2) or b is null",
)
def condition_as_value(sql: Statement) -> Iterator[exp.Expr]:
    for node in sql.nodes(*_COMPARISONS):
        above = node.parent
        while isinstance(above, exp.Paren):
            above = above.parent
        if isinstance(above, exp.If):
            if _true_part(above, node):
                yield node
        elif not isinstance(above, _CONDITIONAL):
            yield node


def _true_part(branch: exp.If, node: exp.Expr) -> bool:
    """Whether `node` is what the branch gives, and not what it asks."""
    asked = branch.this.unnest()
    return node is not asked
