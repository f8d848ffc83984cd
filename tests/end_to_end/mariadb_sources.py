"""The sample's subscription service in a MariaDB, to be broken in ways a SQLite file cannot be."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pymysql

from pipelines.contracts import contract_path, load_contract
from tests.servers.mariadb import MariaDb

TYPES = {
    "bigint": "bigint",
    "text": "varchar(400)",
    "timestamp": "datetime",
    "date": "date",
    "bool": "tinyint(1)",
}


def copy_subscriptions(source: Path, server: MariaDb, database: str, rows: int = 40) -> None:
    """Makes `database` with every table and the first rows of a SQLite sample, the misfits left out.

    Zero dates come along: the server's mode allows them, as old servers' does.
    """
    server.create_database(database)
    contract = load_contract(contract_path("subscriptions"))
    with closing(sqlite3.connect(source)) as sample, closing(administrator(server, database)) as target:
        cursor = target.cursor()
        cursor.execute("set sql_mode = ''")
        for table in contract.tables.values():
            columns = [column for column in table.columns if not column.derive]
            listed = ", ".join(
                f"`{column.name}` {TYPES.get(str(column.source_type), column.source_type)}"
                for column in columns
            )
            cursor.execute(f"create table `{table.name}` ({listed}, unique key (id))")
            names = ", ".join(column.name for column in columns)
            where = f"typeof(id) = 'integer' and id <= {rows}"
            if table.name == "subscriptions":
                where += " and typeof(seats) = 'integer'"
            if table.name == "subscription_changes":
                where += " and annual_value_after <> 'n/a'"
            chosen = sample.execute(f"select {names} from {table.name} where {where} group by id").fetchall()
            marks = ", ".join("%s" for _ in columns)
            cursor.executemany(f"insert into `{table.name}` ({names}) values ({marks})", chosen)
        target.commit()


def administrator(server: MariaDb, database: str) -> pymysql.Connection:
    """Whom `read_only` does not hold back; the caller closes and commits."""
    return pymysql.connect(
        unix_socket=str(server.home / "s.sock"), user="root", password=server.password("root"),
        database=database, charset="utf8mb4",
    )  # fmt: skip
