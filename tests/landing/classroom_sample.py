"""The e-learning sample, landed from its SQLite file or from a MariaDB that holds it in MySQL's types."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.contracts import TableContract, contract_path, load_contract
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.platform import PlatformOutcome, land_platform
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.ops import create_ops
from scripts.sample_sources import AS_OF
from tests.end_to_end.mariadb_sources import administrator
from tests.servers.mariadb import MariaDb

TABLES = load_contract(contract_path("classroom")).tables
# What SQLite keeps in a column and a typed one cannot hold: five of the seven rows that are refused.
MISFITS = {
    "lessons": "typeof(duration_minutes) = 'text' OR length(title) > 200",
    "points": "typeof(points) = 'text'",
    "scores": "coalesce(score, '') = 'A*' OR coalesce(score, '') LIKE '%.___'",
}


@dataclass
class Landed:
    """A warehouse, what the first landing made of the platform, and the way to land it again."""

    settings: Settings
    warehouse: Warehouse
    outcome: PlatformOutcome

    def table(self, name: str) -> TableOutcome:
        return next(table for table in self.outcome.tables if table.contract.name == name)

    def again(self) -> PlatformOutcome:
        return land_platform(self.settings, self.warehouse, "r2", "classroom", lambda _: None)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.warehouse.rows(sql)

    def staging(self, table: str) -> list[tuple[Any, ...]]:
        """All rows with their hashes, without what names a load."""
        return self.rows(f'select * exclude (_dlt_load_id) from staging_classroom."{table}" order by all')


@contextmanager
def landed_from(home: Path, source: dict[str, Any]) -> Iterator[Landed]:
    """`source` is an instance as settings have it."""
    settings = Settings.model_validate(
        {
            "home": home, "as_of": AS_OF, "sources": {"classroom": {"main": source}},
            "pseudonym_key": "5a" * 32, "sealing_key": "a5" * 32,
        }
    )  # fmt: skip
    settings.apply_to_libraries()
    with closing(open_warehouse(settings)) as warehouse:
        create_ops(warehouse)
        outcome = land_platform(settings, warehouse, "r1", "classroom", lambda _: None)
        yield Landed(settings, warehouse, outcome)


def copy_to_mariadb(source: Path, server: MariaDb, database: str) -> None:
    """Every table in the types that the contract says the source has, with a primary key, so of rows that are
    there twice the newest alone; zero dates come along, as a server that was upgraded for years has them."""
    server.create_database(database)
    with closing(sqlite3.connect(source)) as sample, closing(administrator(server, database)) as target:
        cursor = target.cursor()
        cursor.execute("set sql_mode = ''")
        for table in TABLES.values():
            _copy_table(sample, cursor, table)
        target.commit()


def _copy_table(sample: sqlite3.Connection, cursor: Any, table: TableContract) -> None:
    columns = [column for column in table.columns if not column.derive]
    listed = ", ".join(f"`{column.name}` {column.source_type}" for column in columns)
    cursor.execute(f"create table `{table.name}` ({listed}, primary key ({', '.join(table.key)}))")
    names = ", ".join(column.name for column in columns)
    newest = f"ORDER BY {table.version} DESC" if table.version else ""
    fits = f"NOT ({MISFITS.get(table.name, 'false')})"
    rows = sample.execute(f"SELECT {names} FROM {table.name} WHERE {fits} {newest}").fetchall()
    marks = ", ".join("%s" for _ in columns)
    cursor.executemany(f"insert ignore into `{table.name}` ({names}) values ({marks})", rows)
