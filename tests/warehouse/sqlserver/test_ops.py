"""The `ops` schema on SQL Server: the statements that make it, reviewed, and only what is missing is made."""

from __future__ import annotations

from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse
from pipelines.warehouse.interface import Warehouse
from pipelines.warehouse.ops import create_ops, on_sql_server

REVIEWED = Path(__file__).with_name("create_ops.sql")


class Asked(Warehouse):
    """Keeps the statements; has the tables and columns it is given."""

    engine = "sqlserver"
    place = "database shelf on sql.example:1433"

    def __init__(self, there: list[tuple[str, str]]) -> None:
        self.there, self.said = there, list[str]()

    def answered(self, sql, parameters=()):
        if "SCHEMATA" in sql:
            return ["SCHEMA_NAME"], [("ops",)] if self.there else []
        return ["TABLE_NAME", "COLUMN_NAME"], self.there

    def execute(self, sql, parameters=()):
        self.said.append(sql)

    def in_transaction(self, work):
        self.said.append("begin transaction")
        done = work()
        self.said.append("commit transaction")
        return done

    def _absent(self, *_, **__):
        raise NotImplementedError

    local = connection = disk = property(_absent)
    insert = types = transaction = brought = among = close = _absent


def made(there: list[tuple[str, str]]) -> list[str]:
    warehouse = Asked(there)
    create_ops(warehouse)
    return warehouse.said


def columns_on_duckdb(tmp_path) -> list[tuple[str, str]]:
    with open_warehouse(Settings(home=tmp_path)) as warehouse:
        create_ops(warehouse)
        create_ops(warehouse)
        return warehouse.rows(
            "select table_name, column_name from information_schema.columns where table_schema = 'ops'"
        )


def test_the_statements_are_those_that_were_reviewed():
    assert ";\n".join(made([])) + ";\n" == REVIEWED.read_text(encoding="utf-8")


def test_every_statement_is_t_sql_and_makes_the_columns_that_duckdb_has(tmp_path):
    tables = {}
    for statement in made([])[1:-1]:
        parsed = sqlglot.parse_one(statement, dialect="tsql")
        if parsed.args["kind"] == "TABLE":
            name = parsed.find(exp.Table).name
            tables[name] = [column.name for column in parsed.find_all(exp.ColumnDef)]
    expected: dict[str, list[str]] = {}
    for table, column in columns_on_duckdb(tmp_path):
        expected.setdefault(table, []).append(column)
    assert {name: sorted(columns) for name, columns in tables.items()} == {
        name: sorted(columns) for name, columns in expected.items()
    }


def test_an_index_is_on_texts_that_have_a_length_and_fit(tmp_path):
    widths = {}
    for statement in made([]):
        parsed = sqlglot.parse_one(statement, dialect="tsql")
        if isinstance(parsed, exp.Create) and parsed.args["kind"] == "TABLE":
            for column in parsed.find_all(exp.ColumnDef):
                sizes = [part.name for part in column.kind.expressions]
                widths[parsed.find(exp.Table).name, column.name] = sizes[0] if sizes else "8"
        if isinstance(parsed, exp.Create) and parsed.args["kind"] == "INDEX":
            table = parsed.find(exp.Table).name
            listed = [widths[table, column.name] for column in parsed.find_all(exp.Column)]
            assert listed and all(width.isdigit() for width in listed), statement
            assert sum(2 * int(width) for width in listed) <= 900, statement


def test_what_is_there_is_left_and_a_column_of_a_later_version_is_added(tmp_path):
    whole = columns_on_duckdb(tmp_path)
    assert made(whole) == ["begin transaction", "commit transaction"]
    older = [pair for pair in whole if pair not in (("drift", "row_count"), ("quarantine", "scope"))]
    assert made(older)[1:-1] == [
        "alter table ops.quarantine add scope nvarchar(max)", "alter table ops.drift add row_count bigint"
    ]  # fmt: skip
    without = [pair for pair in whole if pair[0] != "runs"]
    [table] = made(without)[1:-1]
    assert table.startswith("create table ops.runs (run_id nvarchar(40) not null, started_at datetime2(6)")


def test_lengths_are_no_limit_on_duckdb():
    connection = duckdb.connect()
    connection.execute("create table t (a varchar(1))")
    connection.execute("insert into t values ('more than one')")
    assert connection.execute("select typeof(a) from t").fetchall() == [("VARCHAR",)]


def test_types_are_translated_word_by_word():
    declared = (
        "varchar_name varchar(5), a varchar, b timestamp, c boolean, d double, e blob, f hugeint, g integer"
    )
    assert on_sql_server(declared) == (
        "varchar_name nvarchar(5), a nvarchar(max), b datetime2(6), c bit, d float, e varbinary(max), "
        "f decimal(38,0), g int"
    )
