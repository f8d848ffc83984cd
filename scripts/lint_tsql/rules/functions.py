"""Functions: the closed list of those that SQL Server 2019 has and reads as DuckDB does."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot.tokens import Token, TokenType

from scripts.lint_tsql.rules.registry import rule
from scripts.lint_tsql.statement import Statement

# The same on both engines. A new one is looked up in both manuals first.
SAME = {
    "abs", "cast", "ceiling", "coalesce", "count", "cume_dist", "dense_rank", "first_value", "floor", "lag",
    "last_value", "lead", "left", "lower", "ltrim", "max", "min", "month", "ntile", "nullif", "percent_rank",
    "power", "rank", "replace", "right", "round", "row_number", "rtrim", "sign", "sqrt", "sum", "trim",
    "upper", "year",
}  # fmt: skip
# In the T-SQL bodies of dialect macros (rules.written keeps them out of models) and of the checks' dialect.
OF_MACROS = {
    "avg", "charindex", "concat", "convert", "dateadd", "datediff", "datediff_big", "datefromparts",
    "eomonth", "hashbytes", "json_query", "json_value", "len", "string_agg", "string_split",
    "sysutcdatetime", "translate",
}  # fmt: skip
AFTER_2019 = {
    "approx_percentile_cont": 2022, "approx_percentile_disc": 2022, "bit_count": 2022, "date_bucket": 2022,
    "datetrunc": 2022, "generate_series": 2022, "get_bit": 2022, "greatest": 2022, "json_array": 2022,
    "json_object": 2022, "json_path_exists": 2022, "least": 2022, "left_shift": 2022, "right_shift": 2022,
    "set_bit": 2022, "regexp_count": 2025, "regexp_instr": 2025, "regexp_like": 2025, "regexp_replace": 2025,
    "regexp_substr": 2025, "current_date": 2025, "product": 2025, "unistr": 2025, "substring_regex": 2025,
}  # fmt: skip
_CLOCKS = {
    "sysutcdatetime", "getdate", "getutcdate", "sysdatetime", "sysdatetimeoffset", "now", "today",
    "current_date", "current_time", "current_timestamp", "localtimestamp", "localtime",
    "transaction_timestamp",
}  # fmt: skip
CLOCK_MODEL = "int_calendar__run_clock"
_TYPES = {"decimal", "numeric", "datetime2", "nvarchar", "nchar", "varchar", "char", "varbinary", "float"}
_WORDS = {
    "all", "and", "any", "as", "between", "by", "case", "cross", "cube", "distinct", "else", "except",
    "exists", "from", "grouping", "having", "in", "intersect", "into", "join", "like", "not", "on", "or",
    "over", "rollup", "select", "sets", "some", "then", "union", "values", "when", "where", "with",
}  # fmt: skip
# A word before a parenthesis that another rule speaks of.
_OTHERS = {
    "filter",
    "using",
    "exclude",
    "replace",
    "columns",
    "group",
    "order",
    "rename",
    "top",
    "window",
    "map",
    "struct",
}


def called(sql: Statement) -> Iterator[Token]:
    """Every word that stands before a parenthesis and is neither a type, a keyword nor a name being given."""
    given = {
        token.text.lower()
        for token, after in zip(sql.tokens, sql.tokens[1:], strict=False)
        if _names(token, after)
    }
    for before, token, after in zip([None, *sql.tokens], sql.tokens, sql.tokens[1:], strict=False):
        if after.text != "(" or token.token_type in (
            TokenType.IDENTIFIER,
            TokenType.STRING,
            TokenType.NATIONAL_STRING,
        ):
            continue
        word = token.text.lower()
        named = word in given or (before is not None and before.text.lower() in ("as", "into", "table"))
        if word.isidentifier() and not named and word not in _TYPES | _WORDS:
            yield token


def _names(token: Token, after: Token) -> bool:
    """`name as (`: a CTE."""
    return after.text.lower() == "as" and token.token_type is TokenType.VAR


@rule(
    "function-after-2019",
    why="SQL Server 2019 does not have it yet",
    instead="a dialect macro (month_start for DATETRUNC), CASE for GREATEST and LEAST",
    broken=(
        "select datetrunc(month, d) as x from t",
        "select greatest(a, b) as x from t",
        "select least(a, b) as x from t",
        "select json_object('a': 1) as x from t",
    ),
    kept="select case when a > b then a else b end as x from t",
)
def function_after_2019(sql: Statement) -> Iterator[Token]:
    return (token for token in called(sql) if token.text.lower() in AFTER_2019)


@rule(
    "unknown-function",
    why="not on the list of functions that SQL Server 2019 has and both engines read alike",
    instead="a dialect macro with cases; a function that is alike goes on the list in rules/functions.py",
    broken=(
        "select date_trunc('month', d) as x from t",
        "select list_value(a, b) as x from t",
        "select strftime(d, '%Y') as x from t",
        "select if(a = 1, 2, 3) as x from t",
        "select ifnull(a, 0) as x from t",
        "select bool_or(flag) as x from t",
        "select any_value(a) as x from t",
        "select listagg(txt, ',') as x from t",
        "select try_cast(txt as int) as x from t",
        "select extract(year from d) as x from t",
        "select arg_max(a, b) as x from t",
        "select substring(txt, 1) as x from t",
    ),
    kept="select coalesce(a, 0) as x, year(d) as y from t",
)
def unknown_function(sql: Statement) -> Iterator[Token]:
    known = SAME | OF_MACROS | set(AFTER_2019) | _CLOCKS | _OTHERS
    return (
        token
        for token in called(sql)
        if token.text.lower() not in known and not token.text.startswith("regexp_")
    )


@rule(
    "quoted-datepart",
    why="DATEADD and DATEDIFF take the bare word: 'day' in quotes is an error",
    instead="the day_diff, month_diff, add_days and add_months macros",
    broken=("select datediff('day', d, d) as x from t", "select dateadd('month', 1, d) as x from t"),
    kept="select datediff(day, d, d) as x from t",
)
def quoted_datepart(sql: Statement) -> Iterator[Token]:
    tokens = sql.tokens
    for word, parenthesis, first in zip(tokens, tokens[1:], tokens[2:], strict=False):
        dated = word.text.lower() in {"datediff", "dateadd", "datepart", "datename", "datediff_big"}
        if dated and parenthesis.text == "(" and first.token_type is TokenType.STRING:
            yield word


@rule(
    "clock",
    why=f"a run has one clock, which {CLOCK_MODEL} reads; another hour gives other numbers",
    instead=f"as_of of {CLOCK_MODEL}",
    broken=(
        "select sysutcdatetime() as x from t",
        "select current_timestamp as x from t",
        "select getdate() as x from t",
    ),
    kept="select ts as x from t",
)
def clock(sql: Statement) -> Iterator[Token]:
    return sql.phrase(_CLOCKS) if CLOCK_MODEL not in sql.name else iter(())


@rule(
    "trim-form",
    why="TRIM takes BOTH, LEADING and TRAILING from SQL Server 2022 on, and LTRIM a second argument",
    instead="trim(a): spaces on both sides, the same on both engines",
    broken=(
        "select trim(leading 'x' from txt) as x from t",
        "select trim(both from txt) as x from t",
        "select ltrim(txt, 'x') as x from t",
    ),
    kept="select trim(txt) as x from t",
)
def trim_form(sql: Statement) -> Iterator[Token]:
    yield from sql.phrase("trim", "(", {"leading", "trailing", "both"})
    for word in sql.phrase({"ltrim", "rtrim"}, "("):
        if _arguments(sql, word) > 1:
            yield word


@rule(
    "round-form",
    why="ROUND needs its number of digits on SQL Server",
    instead="round(x, 0)",
    broken="select round(n) as x from t",
    kept="select round(n, 0) as x from t",
)
def round_form(sql: Statement) -> Iterator[Token]:
    return (word for word in sql.phrase("round", "(") if _arguments(sql, word) < 2)


def _arguments(sql: Statement, word: Token) -> int:
    """How many arguments the call has that begins at `word`."""
    start = sql.tokens.index(word) + 2
    depth, commas = 1, 0
    for token in sql.tokens[start:]:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0:
            break
        commas += depth == 1 and token.text == ","
    return commas + 1
