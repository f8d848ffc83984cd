"""The bookshelf lands from a SQL Server as from its sample: YAML alone, through Microsoft's driver.

The server is a stand-in whose T-SQL DuckDB answers; its tables hold the sample's rows in SQL Server's types.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.contracts import contract_path, load_contract
from pipelines.landing.platform import PlatformOutcome
from scripts.sample_sources import AS_OF
from scripts.sample_sources.bookshelf import write_bookshelf
from scripts.sample_sources.subscriptions import write_subscriptions
from tests.landing.own_warehouse import OwnWarehouse
from tests.servers.tds import TdsServer
from tests.servers.tds_tables import Tables

CONTRACT = load_contract(contract_path("bookshelf"))
KEYS = {name: table.key for name, table in CONTRACT.tables.items()}
TYPES = {
    name: {column.name: str(column.source_type) for column in table.columns if not column.derive}
    for name, table in CONTRACT.tables.items()
}
IN_DUCKDB = {
    "int": "integer", "bigint": "bigint", "nvarchar": "varchar", "bit": "boolean", "date": "date",
    "datetime2": "timestamp", "uniqueidentifier": "uuid",
}  # fmt: skip


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("shelf") / "sample"
    folder.mkdir()
    write_subscriptions(folder / "subscriptions.sqlite", 1, AS_OF)
    write_bookshelf(folder / "bookshelf.sqlite", 1, AS_OF, folder / "subscriptions.sqlite")
    return folder / "bookshelf.sqlite"


@pytest.fixture(scope="module")
def tables(sample) -> Tables:
    """What of the sample a SQL Server could hold: one row a key, the newest; no word in a number."""
    made = Tables(TYPES, KEYS)
    with closing(sqlite3.connect(sample)) as source:
        for name, columns in TYPES.items():
            texts = ", ".join(f'cast("{column}" as text)' for column in columns)
            rows = source.execute(f"select {texts} from {name}").fetchall()
            as_texts = pa.table(dict(zip(columns, zip(*rows, strict=True), strict=True)))  # noqa: F841
            casts = ", ".join(
                f'cast("{column}" as {IN_DUCKDB[kind]}) as "{column}"' for column, kind in columns.items()
            )
            words = "where PagesRead not like '% %'" if "PagesRead" in columns else ""
            made.duckdb.execute(
                f"create table {name} as select {casts} from as_texts {words} qualify row_number() over "
                f'(partition by lower("{KEYS[name][0]}") order by UpdatedAt desc) = 1'
            )
    return made


def home(folder: Path, url: str) -> OwnWarehouse:
    return OwnWarehouse(folder, "bookshelf", {"main": {"url": url}}, sweep="never")


def landed(warehouse: OwnWarehouse, table: str) -> list[tuple]:
    """Every landed business value; a GUID in lower case, as the models have it."""
    names = [column.name for column in CONTRACT.tables[table].landed]
    listed = [f'lower("{name}")' if name == "SessionId" else f'"{name}"' for name in names]
    return warehouse.rows(f"select {', '.join(listed)} from staging_bookshelf.{table} order by all")


def rows_of(outcome: PlatformOutcome) -> dict[str, tuple[str, int]]:
    assert len(outcome.tables) == 5
    return {table.contract.name: (table.mode, table.rows_read) for table in outcome.tables}


def test_it_lands_what_its_sample_lands_and_then_what_changed(tables, sample, tmp_path):
    with closing(TdsServer(tables)) as server:
        url = f"mssql://reader:pw@127.0.0.1:{server.port}/shelf"
        with home(tmp_path / "sqlserver", url) as warehouse:
            first = rows_of(warehouse.landed())
            assert tables.wrong == []
            assert {mode for mode, _ in first.values()} == {"full"}
            from_server = {table: landed(warehouse, table) for table in TYPES}
            tables.duckdb.execute(
                "update Books set Title = 'Forces, again', UpdatedAt = now()::timestamp - interval 1 minute "
                "where BookId = 5"
            )
            again = rows_of(warehouse.landed())
            titles = warehouse.rows("select Title from staging_bookshelf.Books where BookId = 5")
    assert {table: mode for table, (mode, _) in again.items()} == dict.fromkeys(TYPES, "window")
    assert {table: rows for table, (_, rows) in again.items() if rows} == {"Books": 1}
    assert titles == [("Forces, again",)]
    with home(tmp_path / "sample", f"sqlite:///{sample}") as warehouse:
        rows_of(warehouse.landed())
        for table in TYPES:
            assert from_server[table] == landed(warehouse, table), table
    assert {table: rows for table, (_, rows) in first.items()} == {
        table: len(rows) for table, rows in from_server.items()
    }
    statements = [sql for sql in server.statements if "from [" in sql]
    assert not [sql for sql in statements if "DisplayName" in sql], "what never lands is never read"
