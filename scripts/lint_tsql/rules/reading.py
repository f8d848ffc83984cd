"""The statement can be read at all: it parses, and every name means something without aliases beside it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from scripts.lint_tsql.rules.registry import Place, rule
from scripts.lint_tsql.statement import Statement

# "Reserved keywords (Transact-SQL)": names that must stand in quotes there.
_RESERVED = """
add all alter and any as asc authorization backup begin between break browse bulk by cascade case check
checkpoint close clustered coalesce collate column commit compute constraint contains containstable
continue convert create cross current current_date current_time current_timestamp current_user cursor
database dbcc deallocate declare default delete deny desc disk distinct distributed double drop dump else
end errlvl escape except exec execute exists exit external fetch file fillfactor for foreign freetext
freetexttable from full function goto grant group having holdlock identity identity_insert identitycol if
in index inner insert intersect into is join key kill left like lineno load merge national nocheck
nonclustered not null nullif of off offsets on open opendatasource openquery openrowset openxml option or
order outer over percent pivot plan precision primary print proc procedure public raiserror read readtext
reconfigure references replication restore restrict return revert revoke right rollback rowcount
rowguidcol rule save schema securityaudit select semantickeyphrasetable semanticsimilaritydetailstable
semanticsimilaritytable session_user set setuser shutdown some statistics system_user table tablesample
textsize then to top tran transaction trigger truncate try_convert tsequal union unique unpivot update
updatetext use user values varying view waitfor when where while with within writetext
"""
RESERVED = frozenset(_RESERVED.split())
LONGEST_NAME = 128


@rule(
    "parses",
    why="what sqlglot cannot parse as T-SQL, SQL Server will not either",
    instead="see the message",
    broken=("select a from t where", "select a b c from t", "vacuum t"),
    kept="select a from t",
)
def parses(sql: Statement) -> Iterator[Place]:
    if sql.parse_error:
        yield sql.parse_error
    yield from (tree for tree in sql.trees if isinstance(tree, exp.Command))


@rule(
    "names-resolve",
    why="an alias is known to ORDER BY only, not beside it, in WHERE or GROUP BY; and a name has its case",
    instead="the expression in one CTE, its alias in the next",
    broken=(
        "select a as x, x + 1 as y from t",
        "select a + 1 as x from t where x > 1",
        "select a + 1 as x, count(*) as n from t group by x",
        "select nowhere from t",
        "select A from t",
        "select a from t inner join u on t.a = u.a",
    ),
    kept="with n as (select a as x from t) select x + 1 as y, count(*) as m from n group by x + 1",
)
def names_resolve(sql: Statement) -> Iterator[Place]:
    if sql.unresolved:
        yield sql.unresolved


@rule(
    "alias-in-having",
    why="HAVING does not know the aliases of its query",
    instead="the expression again, or the condition in the next CTE",
    broken="select a, count(*) as n from t group by a having n > 1",
    kept="select a, count(*) as n from t group by a having count(*) > 1",
)
def alias_in_having(sql: Statement) -> Iterator[Place]:
    for node in sql.nodes(exp.Having):
        query = node.parent
        aliases = (
            {item.alias for item in query.expressions if isinstance(item, exp.Alias)} if query else set()
        )
        yield from (
            column for column in node.find_all(exp.Column) if not column.table and column.name in aliases
        )


@rule(
    "reserved-name",
    why="a reserved word of T-SQL is no name without quotes, and nobody quotes it the same everywhere",
    instead="another name: plan_name, user_key",
    broken=(
        "select a as plan from t",
        "select a as user from t",
        "with current as (select a from t) select a from t",
    ),
    kept="select a as plan_name, b as status from t",
)
def reserved_name(sql: Statement) -> Iterator[Place]:
    for node in sql.nodes(exp.Identifier):
        if not node.args.get("quoted") and node.name.lower() in RESERVED:
            yield node.parent or node


@rule(
    "long-name",
    why=f"a name has at most {LONGEST_NAME} characters",
    instead="a shorter one",
    broken=f"select a as {'x' * (LONGEST_NAME + 1)} from t",
    kept=f"select a as {'x' * LONGEST_NAME} from t",
)
def long_name(sql: Statement) -> Iterator[Place]:
    return (node for node in sql.nodes(exp.Identifier) if len(node.name) > LONGEST_NAME)


@rule(
    "untyped-null",
    why="a column that is only NULL becomes an int on SQL Server",
    instead="cast(null as type)",
    broken="select null as x from t",
    kept=(
        "select cast(null as date) as x, nullif(a, 0) as y from t",
        "select txt from t union all select null as txt from t",
    ),
)
def untyped_null(sql: Statement) -> Iterator[Place]:
    for node in sql.nodes(exp.Alias):
        # in a union the other query gives the type
        if isinstance(node.this, exp.Null) and not isinstance(node.parent_select.parent, exp.SetOperation):
            yield node
