"""The page's and the status' figures from SQL Server: the same as from DuckDB, and in SQL that it reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import date

import pytest

from pipelines.reports import figures, ledger
from pipelines.reports.figures import read_learners, read_movements
from pipelines.reports.ledger import read_facts
from pipelines.runner import check, status
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_published, open_warehouse
from pipelines.warehouse.sqlserver import open_database
from scripts.lint_tsql.findings import findings
from scripts.lint_tsql.names import Names
from scripts.lint_tsql.statement import Statement
from tests.reports.stand_in import AS_OF, write_home, write_ops
from tests.servers.tsql.server import TsqlServer
from tests.warehouse.sqlserver.scripted import PASSWORD, settings_for

STATEMENTS = [
    (module.__name__, name, getattr(module, name))
    for module in (ledger, figures, status, check)
    for name in sorted(vars(module))
    if name.isupper() and str(getattr(module, name)).lstrip().startswith("select ")
]
MARTS = {
    "course_activity.attendance_weekly": {
        "platform": "nvarchar(20)",
        "week_starts_on": "date",
        "learners": "bigint",
    },
    "customer_insight.fct_customer_movements": {"currency": "nvarchar(3)", "month": "date"}
    | {f"{name}_value": "decimal(38, 2)" for name in (*figures.MOVEMENTS, "opening", "closing")},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Settings]:
    """A database in which the runs of the stand-in's home are recorded, and the marts that the page reads."""
    listening = TsqlServer(databases=("shelf",), users={"loader": PASSWORD})
    with closing(listening):
        settings = settings_for(tmp_path_factory.mktemp("reports"), listening.port)
        with open_database(settings) as warehouse:
            write_ops(warehouse)
        yield settings


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    write_home(settings)
    return settings


def publish(home: Settings, server: Warehouse) -> None:
    """The home's marts, copied to the server."""
    with open_published(home) as published:
        for relation, columns in MARTS.items():
            server.execute(f"create schema {relation.split('.')[0]}")
            listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            server.execute(f"create table {relation} ({listed})")
            server.insert(relation, published.records(f"select {', '.join(columns)} from {relation}"))


def test_the_facts_of_a_run_are_those_of_duckdb(home, server):
    with open_warehouse(home, read_only=True) as here, open_warehouse(server, read_only=True) as there:
        expected, found = read_facts(here), read_facts(there)

    assert asdict(found) == asdict(expected)
    assert found.run["seconds"] == 61.5
    assert not found.balanced or all(table["balanced"] for table in found.tables)


def test_the_figures_of_the_marts_are_those_of_duckdb(home, server):
    with open_database(server) as there, open_published(home) as here:
        publish(home, there)
        as_of = AS_OF.date()

        assert read_learners(there, as_of) == read_learners(here, as_of)
        assert read_movements(there) == read_movements(here)
        assert read_learners(there, date(2020, 1, 6)) is None


def test_the_status_is_that_of_duckdb(home, server):
    expected, found = status._from_ledger(home), status._from_ledger(server)

    assert found == expected
    assert len(found[2]) == 1


def test_every_statement_is_looked_at():
    assert len(STATEMENTS) == 16


@pytest.mark.parametrize(("module", "name", "text"), STATEMENTS)
def test_a_statement_is_t_sql(server, module, name, text):
    names = Names()
    with open_database(server) as warehouse:
        tables = [table for (table,) in warehouse.rows("select name from sys.tables")]
        for table in tables:
            names.add(f"ops.{table}", warehouse.types("ops", table))
    for relation, columns in MARTS.items():
        names.add(relation, columns)
    sql = Statement(module, name, text.replace("?", "'x'").strip(), kind="analysis")
    names.resolve(sql)

    # no view is made of these: an order at the end is well, and FETCH after it is T-SQL's own way to count
    assert [str(finding) for finding in findings(sql) if finding.rule.name not in ("order-by", "limit")] == []
    assert " limit " not in text
