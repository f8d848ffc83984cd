"""The subscription service lands from PostgreSQL as it lands from the sample's file, hash for hash."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.contracts import PlatformContract, contract_path, load_contract
from scripts.sample_sources.subscriptions import write_subscriptions
from tests.landing.own_warehouse import OwnWarehouse
from tests.servers.postgresql import PostgreSql

DATABASE = "subscription_service"
AS_OF = datetime(2026, 7, 31)
# what an application on PostgreSQL would have chosen; the contract's words stay as they are
TYPES = {"bigint": "bigint", "bool": "boolean", "date": "date", "text": "text", "timestamp": "timestamptz"}
# no column of PostgreSQL holds these: a word in a number, a NUL in a text (a zero date arrives as NULL)
MISFITS = (
    "delete from subscriptions where typeof(seats) = 'text'",
    "delete from subscription_changes where annual_value_after = 'n/a'",
    "update organisations set name = without_nul(name)",
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "subscriptions.sqlite"
    write_subscriptions(path, 1, AS_OF)
    with closing(sqlite3.connect(path)) as database:
        database.create_function("without_nul", 1, lambda name: name.replace("\0", ""))
        for statement in MISFITS:
            database.execute(statement)
        database.commit()
    return path


@pytest.fixture(scope="module")
def contract() -> PlatformContract:
    return load_contract(contract_path("subscriptions"))


@pytest.fixture(scope="module")
def server(postgresql, sample, contract) -> PostgreSql:
    postgresql.create_database(DATABASE)
    with closing(sqlite3.connect(sample)) as source:
        for table in contract.tables.values():
            postgresql.primary.execute(copied(source, table), DATABASE)
    postgresql.caught_up()
    return postgresql


def copied(source: sqlite3.Connection, table) -> str:
    """The statements that make a table of the file and fill it."""
    columns = [column for column in table.columns if not column.derive]
    types = [TYPES.get(str(column.source_type), "numeric(12,2)") for column in columns]
    listed = ", ".join(f"{column.name} {kind}" for column, kind in zip(columns, types, strict=True))
    names = ", ".join(column.name for column in columns)
    rows = source.execute(f"select {names} from {table.name}")
    values = ", ".join(f"({', '.join(literal(value) for value in row)})" for row in rows)
    return f"create table {table.name} ({listed}); insert into {table.name} ({names}) values {values}"


def literal(value: Any) -> str:
    if value is None or str(value).startswith("0000-00-00"):
        return "null"
    return "'" + str(value).replace("'", "''") + "'"


def home(folder: Path, source: dict[str, Any]) -> OwnWarehouse:
    return OwnWarehouse(folder, "subscriptions", {"main": source})


def staging(warehouse: OwnWarehouse, contract: PlatformContract) -> dict[str, list[tuple[Any, ...]]]:
    return {name: warehouse.staged(name) for name in contract.tables}


def test_it_lands_as_it_does_from_the_file_and_a_change_of_one_row_lands_as_one(
    server, sample, contract, tmp_path
):
    with home(tmp_path / "file", {"url": f"sqlite:///{sample}"}) as warehouse:
        warehouse.landed()
        expected = staging(warehouse, contract)
    assert all(expected.values())
    place = {"url": server.url(DATABASE), "ca_file": server.ca_file}
    with home(tmp_path / "server", place) as warehouse:
        first = warehouse.landed()
        assert {table.mode for table in first.tables} == {"full"}
        found = staging(warehouse, contract)
        for name in contract.tables:
            assert found[name] == expected[name], name
        # not at this moment: a window ends at the last whole second, and the next run has the rest
        changed = (
            "update invoices set status = 'written off', updated_at = now() - interval '5 s' where id = 1"
        )
        server.execute(changed, DATABASE)
        second = warehouse.landed()
        assert {table.mode for table in second.tables} == {"window"}
        assert {table.contract.name: table.rows_landed for table in second.tables if table.changed} == {
            "invoices": 1
        }
        [(status,)] = warehouse.rows("select status from staging_subscriptions.invoices where id = 1")
        assert status == "written off"
