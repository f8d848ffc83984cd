"""The e-learning sample in a MariaDB that holds it in MySQL's types."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from pipelines.contracts import TableContract, contract_path, load_contract
from tests.end_to_end.mariadb_sources import administrator
from tests.servers.mariadb import MariaDb

TABLES = load_contract(contract_path("classroom")).tables
# What SQLite keeps in a column and a typed one cannot hold: five of the seven rows that are refused.
MISFITS = {
    "lessons": "typeof(duration_minutes) = 'text' OR length(title) > 200",
    "points": "typeof(points) = 'text'",
    "scores": "coalesce(score, '') = 'A*' OR coalesce(score, '') LIKE '%.___'",
}


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
