"""Words and signs that SQL Server 2019 does not have, or reads as something else. Seen in the tokens."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot.tokens import Token, TokenType

from scripts.lint_tsql.rules.registry import rule
from scripts.lint_tsql.statement import Statement


@rule(
    "double-colon-cast",
    why="`::` is a syntax error",
    instead="cast(a as type), the type from a t_… macro where the engines name it differently",
    broken="select a::int as b from t",
    kept="select cast(a as bigint) as b from t",
)
def double_colon(sql: Statement) -> Iterator[Token]:
    return sql.phrase("::")


@rule(
    "double-pipe",
    why="`||` is a syntax error before SQL Server 2025, and NULL takes the whole text with it",
    instead="the joined macro",
    broken="select txt || 'x' as b from t",
    kept="select concat(txt, 'x', '') as b from t",
)
def double_pipe(sql: Statement) -> Iterator[Token]:
    return sql.phrase("||")


@rule(
    "qualify",
    why="QUALIFY is a syntax error",
    instead="the window function in one CTE, its condition in the next",
    broken="select a from t qualify row_number() over (partition by b order by a) = 1",
    kept=(
        "with ranked as (select a, row_number() over (partition by b order by a) as n from t)"
        " select a from ranked where n = 1"
    ),
)
def qualify(sql: Statement) -> Iterator[Token]:
    return sql.phrase("qualify")


@rule(
    "nulls-first-last",
    why="there is no NULLS FIRST or LAST; SQL Server sorts NULL lowest",
    instead="order by case when a is null then 1 else 0 end, a",
    broken="select row_number() over (order by a desc nulls last) as n from t",
    kept="select row_number() over (order by case when a is null then 1 else 0 end, a desc) as n from t",
)
def nulls_first_last(sql: Statement) -> Iterator[Token]:
    return sql.phrase("nulls", {"first", "last"})


@rule(
    "double-equals",
    why="`==` is a syntax error on SQL Server",
    instead="one equals sign",
    broken="select a from t where a == 1",
    kept="select a from t where a = 1",
)
def double_equals(sql: Statement) -> Iterator[Token]:
    yield from sql.phrase("==")
    yield from sql.phrase("=", "=")


@rule(
    "ilike-or-regex",
    why="there is no ILIKE, GLOB, SIMILAR TO, and no regular expression before SQL Server 2025",
    instead="lower(a) like 'x%', or a dialect macro such as is_digits",
    broken=(
        "select a from t where txt ilike 'x%'",
        "select a from t where txt similar to 'x'",
        "select a from t where txt glob 'x*'",
        "select a from t where txt ~ 'x'",
        "select a from t where regexp_matches(txt, 'x')",
    ),
    kept="select a from t where lower(txt) like 'x%'",
)
def ilike_or_regex(sql: Statement) -> Iterator[Token]:
    yield from sql.phrase({"ilike", "glob", "similar to", "~", "~~", "regexp", "rlike"})
    yield from (token for token in sql.tokens if token.text.lower().startswith("regexp_"))


@rule(
    "distinct-from",
    why="IS [NOT] DISTINCT FROM is SQL Server 2022",
    instead="a = b or (a is null and b is null)",
    broken=("select a from t where a is distinct from b", "select a from t where a is not distinct from b"),
    kept="select a from t where a = b or (a is null and b is null)",
)
def distinct_from(sql: Statement) -> Iterator[Token]:
    return sql.phrase("distinct", "from")


@rule(
    "recursive",
    why="T-SQL has no word RECURSIVE, and stops after 100 steps without an option that no view can have",
    instead="numbers from a cross join of digits, as dim_dates does",
    broken="with recursive n as (select 1 as a union all select a + 1 from n where a < 9) select a from n",
    kept="with n as (select 1 as a union all select 2 as a) select a from n",
)
def recursive(sql: Statement) -> Iterator[Token]:
    return sql.phrase("with", "recursive")


@rule(
    "materialized-cte",
    why="a CTE takes no MATERIALIZED",
    instead="nothing, or an intermediate model of its own",
    broken="with n as materialized (select a from t) select a from n",
    kept="with n as (select a from t) select a from n",
)
def materialized_cte(sql: Statement) -> Iterator[Token]:
    yield from sql.phrase("as", "materialized")
    yield from sql.phrase("as", "not", "materialized")


@rule(
    "create-or-replace",
    why="there is no CREATE OR REPLACE (CREATE OR ALTER knows no tables)",
    instead="the replace_table macro",
    broken="create or replace table x as select a from t",
    kept="select q.a from (select a from t) as q",
)
def create_or_replace(sql: Statement) -> Iterator[Token]:
    return sql.phrase("create", "or", "replace")


@rule(
    "braces-arrows-and-dollars",
    why="structs, maps, lambdas, JSON arrows and dollar quotes are not T-SQL",
    instead="columns; unpack lists and structs while landing",
    broken=(
        "select {'a': 1} as b from t",
        "select txt -> 'x' as b from t",
        "select txt ->> 'x' as b from t",
        "select $$x$$ as b from t",
        "select a from t where a = $1",
    ),
    kept="select a, b from t",
)
def braces_and_arrows(sql: Statement) -> Iterator[Token]:
    yield from sql.phrase({"{", "}", "->", "->>", "=>"})
    kinds = {TokenType.VAR, TokenType.PARAMETER, TokenType.NUMBER}
    yield from (token for token in sql.tokens if token.token_type in kinds and token.text.startswith("$"))
    yield from sql.phrase("$")


@rule(
    "list-in-brackets",
    why="brackets quote a name in T-SQL: [1, 2] is a column called `1, 2`, a[1] a column with an alias",
    instead="rows of a CTE instead of a list",
    broken=("select [1, 2] as b from t", "select a[1] as b from t", "select a from t where a in [1, 2]"),
    kept='select "a" as b from t where a in (1, 2)',
)
def list_in_brackets(sql: Statement) -> Iterator[Token]:
    for token in sql.tokens:
        if token.token_type is TokenType.IDENTIFIER and sql.text[token.start] == "[":
            yield token


@rule(
    "beyond-ascii",
    why="dbt-sqlserver runs it as EXEC('…'), text of the code page: what that lacks becomes `?`, N or not",
    instead="ASCII; a seed; nchar(number) in a dialect macro",
    broken=(
        "select a from t where txt = 'Zoë'",
        "select a from t where txt = N'Zoë'",
        'select a as "ä" from t',
    ),
    kept="select a from t where txt = 'Zoe'",
)
def beyond_ascii(sql: Statement) -> Iterator[Token]:
    for token in sql.tokens:
        if not token.text.isascii():
            yield token


@rule(
    "typed-literal",
    why="date '2026-01-01', timestamp '…' and interval … are not T-SQL",
    instead="cast('2026-01-01' as date), the add_days and add_months macros",
    broken=(
        "select date '2026-01-01' as x from t",
        "select timestamp '2026-01-01 00:00:00' as x from t",
        "select d + interval 1 day as x from t",
        "select d + interval '1' day as x from t",
    ),
    kept="select cast('2026-01-01' as date) as x from t",
)
def typed_literal(sql: Statement) -> Iterator[Token]:
    for word, literal in zip(sql.tokens, sql.tokens[1:], strict=False):
        strings = literal.token_type is TokenType.STRING
        if strings and word.text.lower() in {"date", "time", "timestamp", "timestamptz", "datetime"}:
            yield word
    yield from sql.phrase("interval")


@rule(
    "strange-literal",
    why="e'…', x'…', and 1_000 are two words in T-SQL: a value and its alias",
    instead="plain literals",
    broken=("select 1_000 as b from t", "select e'x' as b from t", "select x'0f' as b from t"),
    kept="select 1000 as b from t",
)
def strange_literal(sql: Statement) -> Iterator[Token]:
    for word, after in zip(sql.tokens, sql.tokens[1:], strict=False):
        touching = after.start == word.end + 1
        if touching and word.token_type is TokenType.NUMBER and after.text.startswith("_"):
            yield word
        if touching and word.text.lower() in {"e", "x", "b"} and after.token_type is TokenType.STRING:
            yield word
    kinds = {TokenType.HEX_STRING, TokenType.BIT_STRING, TokenType.BYTE_STRING}
    yield from (token for token in sql.tokens if token.token_type in kinds)


@rule(
    "powers-and-shifts",
    why="`^` is XOR in T-SQL and a power on DuckDB; `**`, `//`, `<<` and `>>` are no T-SQL of 2019",
    instead="power(a, b), the integer_divide macro",
    broken=(
        "select a ^ b as x from t",
        "select a ** b as x from t",
        "select a << 1 as x from t",
        "select a // b as x from t",
    ),
    kept="select power(a, b) as x, a & 1 as y from t",
)
def powers_and_shifts(sql: Statement) -> Iterator[Token]:
    yield from sql.phrase({"^", "**", "//", "<<", ">>"})
    yield from sql.phrase("*", "*")
    yield from sql.phrase("/", "/")
    yield from sql.phrase("<", "<")
    yield from sql.phrase(">", ">")


@rule(
    "semicolon",
    why="dbt puts a model into `create view as …` and a test into `select count(*) from (…)`",
    instead="one statement without an end mark",
    broken="select a from t;",
    kept="select a from t",
)
def semicolon(sql: Statement) -> Iterator[Token]:
    return sql.phrase(";") if sql.kind != "analysis" else iter(())


@rule(
    "star-without",
    why="a star takes no EXCLUDE, EXCEPT, REPLACE or RENAME, and there is no COLUMNS(…)",
    instead="the columns by name",
    broken=(
        "select * exclude (a) from t",
        "select * except (a) from t",
        "select * replace (a + 1 as a) from t",
        "select columns('a') from t",
    ),
    kept="select a, b from t",
)
def star_without(sql: Statement) -> Iterator[Token]:
    yield from sql.phrase("*", {"exclude", "replace", "rename"})
    yield from sql.phrase("*", "except", "(")
    yield from sql.phrase("columns", "(")


@rule(
    "sampling-and-pivots",
    why="TABLESAMPLE, USING SAMPLE, PIVOT and UNPIVOT are written otherwise in T-SQL",
    instead="sum(case when … then …) for a pivot",
    broken=("select a from t tablesample 10 percent", "pivot t on a using sum(b)", "unpivot t on a, b"),
    kept="select sum(case when a = 1 then b end) as one from t",
)
def sampling_and_pivots(sql: Statement) -> Iterator[Token]:
    return sql.phrase({"tablesample", "pivot", "unpivot", "sample"})
