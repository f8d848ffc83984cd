"""What only the written text shows: what a dialect macro should say stands elsewhere.

Compiled, it looks like the macro's own body. So these rules see the SQL of a file with its Jinja taken out,
and the texts that it hands to macros.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot.tokens import Token, TokenType

from scripts.lint_tsql.rules.registry import rule
from scripts.lint_tsql.statement import Statement


@rule(
    "division",
    why="7 / 2 is 3 on SQL Server and 3.5 on DuckDB, and a decimal's quotient has other decimals",
    instead="the ratio or the integer_divide macro",
    broken="select a / b as x from t",
    kept="select a * b as x from t",
    written=True,
)
def division(sql: Statement) -> Iterator[Token]:
    return sql.phrase({"/", "//"})


@rule(
    "mean",
    why="AVG of whole numbers is a whole number on SQL Server",
    instead="the average macro",
    broken="select avg(a) as x from t",
    kept="select jinja as x from t",
    written=True,
)
def mean(sql: Statement) -> Iterator[Token]:
    return sql.phrase({"avg", "mean"}, "(")


@rule(
    "length",
    why="LEN leaves blanks at the end out and is called LENGTH on DuckDB",
    instead="the text_length macro",
    broken=("select len(txt) as x from t", "select length(txt) as x from t"),
    kept="select jinja as x from t",
    written=True,
)
def length(sql: Statement) -> Iterator[Token]:
    return sql.phrase({"len", "length", "datalength"}, "(")


@rule(
    "joining-texts",
    why="CONCAT with one argument is an error on SQL Server, and elsewhere NULL takes the text with it",
    instead="the joined macro",
    broken=("select concat(txt, 'x') as y from t", "select concat_ws('-', txt, 'x') as y from t"),
    kept="select jinja as y from t",
    written=True,
)
def joining_texts(sql: Statement) -> Iterator[Token]:
    return sql.phrase({"concat", "concat_ws"}, "(")


@rule(
    "list-of-texts",
    why="STRING_AGG has its order within its parentheses on DuckDB and after them on SQL Server",
    instead="the ordered_list macro",
    broken=("select string_agg(txt, ',') as x from t", "select group_concat(txt) as x from t"),
    kept="select jinja as x from t",
    written=True,
)
def list_of_texts(sql: Statement) -> Iterator[Token]:
    return sql.phrase({"string_agg", "group_concat", "listagg"}, "(")


@rule(
    "date-function",
    why="the engines' date functions have one name with other arguments, or other names",
    instead="add_days, add_months, day_diff, month_diff, month_start, month_end, epoch_to_timestamp",
    broken=(
        "select dateadd(day, 1, d) as x from t",
        "select date_diff('day', d, d) as x from t",
        "select last_day(d) as x from t",
        "select date_trunc('week', d) as x from t",
        "select datepart(week, d) as x from t",
    ),
    kept="select year(d) as x, month(d) as y from t",
    written=True,
)
def date_function(sql: Statement) -> Iterator[Token]:
    names = {
        "date_add", "date_diff", "date_part", "date_sub", "date_trunc", "dateadd", "datediff",
        "datediff_big", "datefromparts", "datename",
        "datepart", "datesub", "datetrunc", "day", "dayofweek", "eomonth", "epoch", "isodow",
        "last_day", "make_date", "make_timestamp", "strftime", "strptime", "to_days", "to_months", "week",
        "weekday", "weekofyear", "yearweek",
    }  # fmt: skip
    return sql.phrase(names, "(")


@rule(
    "like-brackets",
    why="[…] is a set of characters in a LIKE of T-SQL, and itself on DuckDB",
    instead="a dialect macro such as is_digits",
    broken=("select a from t where txt like '%[0-9]%'", "select a from t where txt not like '[a]%'"),
    kept="select a from t where txt like 'a%'",
    written=True,
)
def like_brackets(sql: Statement) -> Iterator[Token]:
    for word, pattern in zip(sql.tokens, sql.tokens[1:], strict=False):
        if word.text.lower() == "like" and pattern.token_type is TokenType.STRING and "[" in pattern.text:
            yield word


@rule(
    "engine-type",
    why="the type is called otherwise on the other engine",
    instead="the macros t_text, t_double, t_timestamp",
    broken=(
        "select cast(a as nvarchar(20)) as x from t",
        "select cast(a as double) as x from t",
        "select cast(a as float) as x from t",
        "select cast(a as bit) as x from t",
        "select cast(ts as datetime2(6)) as x from t",
    ),
    kept="select cast(a as bigint) as x, cast(b as jinja) as y, cast(d as date) as z from t",
    written=True,
)
def engine_type(sql: Statement) -> Iterator[Token]:
    types = {
        "bit", "bool", "boolean", "datetime", "datetime2", "double", "float", "nvarchar", "real", "string",
        "text", "timestamp", "varbinary", "varchar",
    }  # fmt: skip
    return sql.phrase("as", types)
