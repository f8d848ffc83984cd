"""The project compiled for SQL Server, without a server, is T-SQL: it parses, and means what it says.

sqlglot's T-SQL parser accepts much that SQL Server refuses, so rules on the parsed tree stand beside it.
Names are resolved against the columns of the DuckDB build, without lateral aliases, which T-SQL has not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.qualify import qualify

from tests.dbt_project.landing_stand_in import dbt

# What stands before a parenthesis: functions of SQL Server 2019 in use, types with a length, words of SQL.
FUNCTIONS = {
    "avg", "cast", "coalesce", "concat", "count", "dateadd", "datediff", "datefromparts", "eomonth", "lag",
    "lead", "len", "max", "min", "month", "nullif", "rank", "replace", "right", "row_number", "sum",
    "sysutcdatetime", "trim", "upper", "year",
}  # fmt: skip
TYPES = {"decimal", "datetime2", "nvarchar", "varbinary"}
WORDS = {"and", "as", "exists", "from", "in", "not", "on", "or", "over", "select", "then", "when", "where"}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Path → T-SQL of every model and test as for a later build, and of incremental ones for a first."""
    home = tmp_path_factory.mktemp("tsql")
    later = compile_offline(home / "later", "incremental")
    first = compile_offline(home / "first", "full", "--select", "config.materialized:incremental")
    assert len(later) > 100
    assert len(first) > 0
    return later | {f"first build: {name}": text for name, text in first.items()}


def compile_offline(home: Path, state: str, *selection: str) -> dict[str, str]:
    report = dbt(
        home, "--no-version-check", "compile", "--no-populate-cache", "--no-introspect",
        "--vars", f"{{offline: {state}}}", *selection, WAREHOUSE_ENGINE="sqlserver",
    )  # fmt: skip
    assert report.returncode == 0, report.stdout[-4000:]
    folder = home / "dbt" / "compiled" / "warehouse"
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*.sql"))}


def parsed(compiled: dict[str, str]) -> Iterator[tuple[str, exp.Expr]]:
    for name, text in compiled.items():
        for statement in sqlglot.parse(text, dialect="tsql"):
            assert statement is not None, name
            yield name, statement


def faults(tree: exp.Expr) -> set[str]:
    """What in a parsed statement SQL Server refuses or reads otherwise."""
    found = set()
    for node in tree.walk():
        if isinstance(node, exp.Limit | exp.Fetch):
            found.add("limit")
        if isinstance(node, exp.Boolean):
            found.add("boolean literal")
        if isinstance(node, exp.DPipe):
            found.add("||")
        if isinstance(node, exp.Group) and any(isinstance(item, exp.Literal) for item in node.expressions):
            found.add("ordinal in group by")
        if isinstance(node, exp.With) and node.find_ancestor(exp.CTE, exp.Subquery):
            found.add("nested with")
        if isinstance(node, exp.Order) and node.find_ancestor(exp.CTE) and not node.find_ancestor(exp.Window):
            found.add("order by in a cte")
        if any(isinstance(part, exp.Column) for part in conditions(node)):
            found.add("bare boolean")
    return found


def conditions(node: exp.Expr) -> list[exp.Expr | None]:
    """The parts of `node` that must be predicates in T-SQL; a column alone is none."""
    if isinstance(node, exp.And | exp.Or):
        return [node.left.unnest(), node.right.unnest()]
    if isinstance(node, exp.Where | exp.Having | exp.Not):
        return [node.this.unnest()]
    if (
        isinstance(node, exp.If) and node.parent and not node.parent.args.get("this")
    ):  # `case x when` compares
        return [node.this.unnest()]
    if isinstance(node, exp.Join):
        return [node.args.get("on")]
    return []


def test_compiled_sql_has_nothing_that_sql_server_refuses(compiled):
    assert {name: wrong for name, tree in parsed(compiled) if (wrong := faults(tree))} == {}


def test_every_function_is_one_of_sql_server_2019(compiled):
    unknown = {}
    for name, text in compiled.items():
        bare = re.sub(r"'[^']*'", "''", re.sub(r"--[^\n]*", "", text.lower()))
        ctes = set(re.findall(r"\b(\w+)\s+as\s*\(", bare))
        called = set(re.findall(r"\b([a-z_]\w*)\s*\(", bare)) - ctes - FUNCTIONS - TYPES - WORDS
        if called:
            unknown[name] = called
    assert unknown == {}


def test_every_name_resolves_without_lateral_aliases(compiled, built_relations):
    schema = {
        "warehouse": {
            name: {table: dict.fromkeys(columns, "varchar") for table, columns in tables.items()}
            for name, tables in built_relations.items()
        }
    }
    unresolved = {}
    for name, tree in parsed(compiled):
        try:
            qualify(tree, schema=schema, dialect="tsql", expand_alias_refs=False)
        except OptimizeError as wrong:
            unresolved[name] = str(wrong)
    assert unresolved == {}


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("select top 5 a from t", "limit"),
        ("select a from t where a = true", "boolean literal"),
        ("select a || b from t", "||"),
        ("select count(*) from t group by 1", "ordinal in group by"),
        ("with a as (with b as (select 1 as x) select x from b) select x from a", "nested with"),
        ("with a as (select x from t order by x) select x from a", "order by in a cte"),
        ("select a from t where is_open", "bare boolean"),
        ("select a from t where not is_open", "bare boolean"),
        ("select a from t where a = 1 and is_open", "bare boolean"),
        ("select case when is_open then 1 else 0 end as x from t", "bare boolean"),
        ("select t.a from t inner join u on u.is_open", "bare boolean"),
    ],
)
def test_the_rules_see_what_they_are_for(sql, fault):
    assert fault in faults(sqlglot.parse_one(sql, dialect="tsql"))


@pytest.mark.parametrize(
    "sql",
    [
        "select case kind when 1 then 'a' else 'b' end as x from t where is_open = cast(1 as bit)",
        "select row_number() over (partition by a order by b) as n from t where a in (select b from u)",
    ],
)
def test_the_rules_let_good_sql_pass(sql):
    assert faults(sqlglot.parse_one(sql, dialect="tsql")) == set()


def test_a_lateral_alias_would_be_seen():
    tree = sqlglot.parse_one("with a as (select 1 as x) select x as y, y + 1 as z from a", dialect="tsql")
    with pytest.raises(OptimizeError):
        qualify(tree, dialect="tsql", expand_alias_refs=False)
