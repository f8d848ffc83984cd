"""What the checks' conditions hold of, the same on both engines; results are written by hand.

T-SQL runs on the stand-in, which has the server's LEN and none of its collations: that these conditions are
blind to none is for tests/sqlserver to show.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import duckdb
import pytest

from expectations.dialects import DIALECTS
from pipelines.contracts import contract_path, load_contract
from pipelines.landing.destinations.sqlserver.fields import field_of
from pipelines.landing.hints import dlt_columns
from pipelines.landing.outcome import TableOutcome
from pipelines.runner.transform import BUILD
from pipelines.sources.config import known_platforms
from pipelines.warehouse import Warehouse
from pipelines.warehouse.sqlserver import open_database
from tests.expectations.conditions import ADDRESSES, HASHED, LENGTHS, ONLY, PSEUDONYMS, held
from tests.servers.tsql.server import TsqlServer
from tests.warehouse.sqlserver.scripted import PASSWORD, settings_for


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Warehouse]:
    listening = TsqlServer(databases=("shelf",), users={"loader": PASSWORD})
    folder = tmp_path_factory.mktemp("dialects")
    with closing(listening), open_database(settings_for(folder, listening.port)) as warehouse:
        yield warehouse


def both(server: Warehouse, text: str | None, write) -> tuple[object, object]:
    """The value of what `write` makes of a dialect, for a text that is a column of one row."""
    here, there = (write(DIALECTS[engine]) for engine in ("duckdb", "sqlserver"))
    [(local,)] = duckdb.execute(
        f"select {here} as found from (select ?::varchar as txt) as t", [text]
    ).fetchall()
    [(remote,)] = server.rows(
        f"select {there} as found from (select cast(? as nvarchar(200)) as txt) as t", [text]
    )
    return local, remote


@pytest.mark.parametrize(("text", "expected"), PSEUDONYMS.items())
def test_a_pseudonym(server, text, expected):
    assert both(server, text, lambda dialect: held(dialect.pseudonym("txt"))) == (expected, expected)


@pytest.mark.parametrize(("text", "expected"), ADDRESSES.items())
def test_an_address(server, text, expected):
    assert both(server, text, lambda dialect: held(dialect.address("txt"))) == (expected, expected)


@pytest.mark.parametrize(
    ("signs", "text", "expected"),
    [(signs, text, expected) for signs, cases in ONLY.items() for text, expected in cases.items()],
)
def test_nothing_but_some_signs(server, signs, text, expected):
    letters, least, most = signs
    found = both(server, text, lambda dialect: held(dialect.only(letters, "txt", least, most)))

    assert found == (expected, expected)


@pytest.mark.parametrize(("text", "expected"), HASHED.items())
def test_a_hash_in_the_place_of_a_name(server, text, expected):
    assert both(server, text, lambda dialect: held(dialect.hashed("txt"))) == (expected, expected)


@pytest.mark.parametrize(("text", "expected"), LENGTHS.items())
def test_a_length(server, text, expected):
    assert both(server, text, lambda dialect: dialect.length("txt")) == (expected, expected)


def test_days_and_months(server):
    day = "cast('2026-02-28 23:30:00' as {})"
    for engine, kind, ask in (
        ("duckdb", "timestamp", lambda sql: duckdb.execute(sql).fetchall()),
        ("sqlserver", "datetime2(6)", server.rows),
    ):
        dialect, moment = DIALECTS[engine], day.format(kind)
        [(after, month)] = ask(
            f"select {dialect.day_after(moment)} as a, {dialect.month_start(f'cast({moment} as date)')} as b"
        )
        assert (f"{after:%Y-%m-%d %H:%M}", f"{month:%Y-%m-%d}") == ("2026-03-01 23:30", "2026-02-01")


@pytest.mark.parametrize("platform", known_platforms())
def test_declared_types_are_those_that_the_landing_makes_on_sql_server(platform):
    dialect = DIALECTS["sqlserver"]
    for table in load_contract(contract_path(platform)).tables.values():
        hints = dlt_columns(TableOutcome(table, "main"), lengths=True)
        fields = [field_of({"name": name} | hint) for name, hint in hints.items()]
        made = {field.name: field.type.replace(" ", "") for field in fields}
        declared = {column.name: dialect.declared(table, column) for column in table.landed}

        assert declared | dialect.added == made, table.name


def test_marts_are_looked_for_where_they_are_built():
    assert DIALECTS["sqlserver"].place("marts", "core.dim_schools") == f"{BUILD}core.dim_schools"
