"""Whole statements: `select … into`, deletes and updates that join, `cross apply`."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from tests.servers.tsql.tokens import SqlError


def spread(select: Any) -> None:
    select.set("options", None)
    for join in select.args.get("joins") or []:
        lateral = join.this
        if isinstance(lateral, exp.Lateral):
            lateral.set("cross_apply", None)
            join.set("on", exp.true())
            if isinstance(lateral.this, exp.Subquery):
                continue
            lateral.set("this", exp.Subquery(this=lateral.this))


def made(select: Any) -> exp.Expression:
    into = select.args["into"].this
    select.set("into", None)
    kind = exp.Properties(expressions=[exp.TemporaryProperty()]) if into.name.startswith("#") else None
    return exp.Create(this=into, kind="TABLE", expression=select, properties=kind)


def _sources(clause: Any) -> list[tuple[exp.Expression, exp.Expression | None]]:
    """(table, condition) of a FROM, its inner joins as conditions."""
    first = [(clause.this, None)]
    joins = [*(clause.args.get("joins") or []), *(clause.this.args.get("joins") or [])]
    clause.this.set("joins", None)
    return first + [(join.this, join.args.get("on")) for join in joins]


def deleted(tree: Any) -> exp.Expression:
    """`delete x from t as x inner join s on …` becomes `delete from t as x using s where …`."""
    targets = tree.args.get("tables")
    if not targets and not (isinstance(tree.this, exp.Table) and tree.this.args.get("joins")):
        return tree
    name = targets[0].alias_or_name if targets else tree.this.alias_or_name
    listed = _sources(exp.From(this=tree.this))
    target, using, conditions = _parted(name, listed)
    where = tree.args.get("where")
    if where:
        conditions.append(where.this)
    done = exp.Delete(this=target, using=using or None)
    return done.where(*conditions) if conditions else done


def updated(tree: Any) -> exp.Expression:
    """`update x set … from t as x inner join s on …` becomes `update t as x set … from s where …`."""
    clause = tree.args.get("from_") or tree.args.get("from")
    if clause is None:
        return tree
    target, others, conditions = _parted(tree.this.alias_or_name, _sources(clause))
    where = tree.args.get("where")
    if where:
        conditions.append(where.this)
    for setting in tree.expressions:
        if isinstance(setting.this, exp.Column):
            setting.set("this", exp.column(setting.this.this))
    done = exp.Update(this=target, expressions=tree.expressions)
    if others:
        done.set("from_", exp.From(this=others[0]))
        others[0].set("joins", [exp.Join(this=other, kind="CROSS") for other in others[1:]])
    return done.where(*conditions) if conditions else done


def _parted(name: str, listed: list[Any]) -> tuple[Any, list[Any], list[exp.Expression]]:
    target = next((each for each, _ in listed if each.alias_or_name.lower() == name.lower()), None)
    if target is None:
        raise SqlError(208, f"Invalid object name '{name}'.")
    others = [each for each, _ in listed if each is not target]
    return target, others, [condition for _, condition in listed if condition is not None]
