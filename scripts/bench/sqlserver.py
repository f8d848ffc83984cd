"""Ways of rows into SQL Server, one beside the other; WAREHOUSE_TEST_SQLSERVER_URL names the server.

Verified bulk copy and batches of JSON as the landing loads, pyodbc's `fast_executemany`, dlt's stock way.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.errors import UsageError
from pipelines.landing.destinations.sqlserver.connection import Connection
from pipelines.landing.destinations.sqlserver.copying import Route, load_file
from pipelines.landing.destinations.sqlserver.fields import Field, field_of
from pipelines.landing.destinations.sqlserver.statements import Relation, drop
from pipelines.settings import Settings
from pipelines.warehouse.quoting import quoted
from pipelines.warehouse.sqlserver.system import prepare
from pipelines.warehouse.sqlserver.target import secret_string
from scripts.bench.measure import Goal

URL = "WAREHOUSE_TEST_SQLSERVER_URL"
SCHEMA = "bench_landing"
_GROUP = 100_000
_STOCK_ROWS = 20_000  # dlt's stock route takes minutes for more
_WORDS = {"Encrypt": "encrypt", "TrustServerCertificate": "trust_certificate"}
KINDS: dict[str, dict[str, Any]] = {
    "id": {"data_type": "bigint"}, "account": {"data_type": "text", "precision": 100},
    "course": {"data_type": "text", "precision": 255}, "title": {"data_type": "text", "precision": 255},
    "story": {"data_type": "text"}, "price": {"data_type": "decimal", "precision": 12, "scale": 2},
    "grade": {"data_type": "double"}, "passed": {"data_type": "bool"}, "day": {"data_type": "date"},
    "changed": {"data_type": "timestamp", "timezone": False}, "parent": {"data_type": "bigint"},
    "row_hash": {"data_type": "bigint"},
}  # fmt: skip
FIELDS = [field_of({"name": name, **hint}) for name, hint in KINDS.items()]
TABLE = Relation(SCHEMA, "rows_of_bench")


def against_the_stock_route(wanted: argparse.Namespace) -> list[Goal]:
    """Rows a second of four ways. Raises UsageError where no server is named."""
    settings = named_server()
    prepare(settings)
    settings.apply_to_libraries()
    with tempfile.TemporaryDirectory() as folder:
        path = write_rows(Path(folder) / "rows.parquet", wanted.rows)
        few = write_rows(Path(folder) / "few.parquet", min(wanted.rows, _STOCK_ROWS))
        ways: dict[str, tuple[Callable[[Settings, Path], None], Path]] = {
            "verified bulk copy": (lambda where, file: ours(where, file, "on"), path),
            "batches of JSON": (lambda where, file: ours(where, file, "off"), path),
            "pyodbc, fast_executemany": (fast_executemany, path),
            "dlt, stock": (stock, few),
        }
        rates = {name: _rate(name, settings, *way) for name, way in ways.items()}
    copied, fast = rates["verified bulk copy"], rates["pyodbc, fast_executemany"]
    return [
        Goal("verified bulk copy / dlt's stock route, time a row", rates["dlt, stock"] / copied, 0.4),
        Goal("… / fast_executemany", fast / copied, None),
        Goal("batches of JSON / fast_executemany", fast / rates["batches of JSON"], None),
    ]


def named_server() -> Settings:
    """Settings of the server in the address; its database is the loader's to write in."""
    url = urlsplit(os.environ.get(URL, ""))  # noqa: TID251 - a bench's own, no setting of the warehouse
    if url.scheme != "mssql" or not url.hostname:
        raise UsageError(
            f"There is no SQL Server to measure: {URL} names none.",
            f"{URL}='mssql://user:password@host:1433/database?TrustServerCertificate=yes' "
            "make bench ENGINE=sqlserver",
        )
    given = {_WORDS[word]: value == "yes" for word, value in parse_qsl(url.query) if word in _WORDS}
    return Settings.model_validate(
        {
            "engine": "sqlserver", "home": Path(tempfile.gettempdir()) / "warehouse-bench",
            "sqlserver": {
                "host": url.hostname, "port": url.port or 1433, "database": unquote(url.path.strip("/")),
                "user": unquote(url.username or ""), "password": unquote(url.password or ""), **given,
            },
        }
    )  # fmt: skip


def write_rows(path: Path, rows: int) -> Path:
    """12 columns of usual kinds, every tenth value of most of them NULL."""
    with pq.ParquetWriter(path, pa.schema([(field.name, field.arrow) for field in FIELDS])) as writer:
        for start in range(0, rows, _GROUP):
            writer.write_table(_group(start, min(_GROUP, rows - start)))
    return path


def _group(start: int, rows: int) -> pa.Table:
    numbers = np.arange(start, start + rows)
    day = datetime(2026, 1, 1)
    made: dict[str, list[Any]] = {
        "id": numbers.tolist(),
        "account": [f"k1:{number:064x}" for number in numbers],
        "course": [f"course-v1:Org+C{number % 50}+2026" for number in numbers],
        "title": [f"Käse und Brot {number % 997} 🧀" for number in numbers],
        "story": ["a long story " * (number % 20) for number in numbers],
        "price": [Decimal(int(number) % 10_000_000).scaleb(-2) for number in numbers],
        "grade": (numbers / 7.0).tolist(),
        "passed": (numbers % 2 == 0).tolist(),
        "day": [(day + timedelta(days=int(number) % 900)).date() for number in numbers],
        "changed": [day + timedelta(seconds=int(number), microseconds=123_456) for number in numbers],
        "parent": (numbers // 10).tolist(),
        "row_hash": ((numbers * 7_919 + 1) * 1_000_003).tolist(),
    }
    for at, name in enumerate(("title", "story", "price", "grade", "day", "parent")):
        made[name] = [
            None if number % 10 == at else value for number, value in zip(numbers, made[name], strict=True)
        ]
    return pa.table({field.name: pa.array(made[field.name], field.arrow) for field in FIELDS})


def _rate(name: str, settings: Settings, way: Callable[[Settings, Path], None], file: Path) -> float:
    """Rows a second, into a table made anew; refuses a way that loses rows."""
    rows = pq.read_metadata(file).num_rows
    with Connection(settings) as connection:
        fresh(connection)
        started = time.monotonic()
        way(settings, file)
        seconds = time.monotonic() - started
        if name != "dlt, stock":
            [(found,)] = connection.rows(f"select count_big(*) from {TABLE}")
            if found != rows:
                raise RuntimeError(f"{name} brought {found} of {rows} rows")
        connection.run(drop(TABLE))
    print(f"  {name:<28} {rows:>10,} rows {seconds:8.1f} s {rows / seconds:>10,.0f} rows/s", flush=True)
    return rows / seconds


def fresh(connection: Connection) -> None:
    """An empty table of the bench's own schema."""
    there = "select 1 from INFORMATION_SCHEMA.SCHEMATA where SCHEMA_NAME = ?"
    if not connection.rows(there, [SCHEMA]):
        connection.run(f"create schema {SCHEMA}")
    connection.run(drop(TABLE))
    connection.run(f"create table {TABLE} ({', '.join(_declared(field) for field in FIELDS)})")


def _declared(field: Field) -> str:
    return f"{quoted(field.name)} {field.type} null"


def ours(settings: Settings, file: Path, bulk: Any) -> None:
    """As the landing's job loads a file."""
    route = Route(settings.sqlserver.host or "", lambda: Connection(settings), bulk)
    with Connection(settings) as connection:
        load_file(route, connection, file, TABLE, FIELDS)


def fast_executemany(settings: Settings, file: Path) -> None:
    """The usual fast way of Python, in one transaction."""
    import pyodbc

    driver = "DRIVER={ODBC Driver 18 for SQL Server};"
    connection = pyodbc.connect(driver + secret_string(settings), autocommit=False)
    cursor = connection.cursor()
    cursor.fast_executemany = True
    names = ", ".join(quoted(field.name) for field in FIELDS)
    sql = f"insert into {TABLE} ({names}) values ({', '.join('?' for _ in FIELDS)})"
    with pq.ParquetFile(file) as rows:
        for group in range(rows.num_row_groups):
            columns = [column.to_pylist() for column in rows.read_row_group(group).columns]
            cursor.executemany(sql, list(zip(*columns, strict=True)))
    connection.commit()
    connection.close()


def stock(settings: Settings, file: Path) -> None:
    """dlt's own destination as it comes: values in statements."""
    import dlt

    where = settings.sqlserver
    credentials = {
        "host": where.host, "port": where.port, "database": where.database, "username": where.user,
        "password": where.password.get_secret_value() if where.password else "",
        "driver": "ODBC Driver 18 for SQL Server",
        "query": {
            "Encrypt": "yes" if where.encrypt else "no",
            "TrustServerCertificate": "yes" if where.trust_certificate else "no",
        },
    }  # fmt: skip
    folder = Path(tempfile.mkdtemp(prefix="dlt-stock-"))
    pipeline = dlt.pipeline(
        f"stock_{secrets.token_hex(4)}", pipelines_dir=str(folder), dataset_name=f"{SCHEMA}_stock",
        destination=dlt.destinations.mssql(credentials),
    )  # fmt: skip
    try:
        pipeline.run(
            dlt.resource(pq.read_table(file), name="rows_of_bench"),
            write_disposition="replace",
            loader_file_format="insert_values",
        )
    finally:
        pipeline.drop()
        shutil.rmtree(folder, ignore_errors=True)
