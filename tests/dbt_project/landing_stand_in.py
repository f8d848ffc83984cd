"""Stands in for the landing where only dbt is tested: a warehouse file with rows in landed shape.

Rows are dictionaries of text, as CSV gives them; the contract says which columns there are and of which type.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa
import yaml

from pipelines.contracts import META_COLUMNS, PlatformContract, TableContract, contract_path, load_contract
from pipelines.warehouse.duckdb import DuckDbWarehouse
from pipelines.warehouse.ops import create_ops
from tests.parsed_project import parsed_project

PROJECT_ROOT = Path(__file__).parents[2]
SEEDS = PROJECT_ROOT / "dbt_project" / "seeds"
ENTERED = "2020-01-01 00:00:00"


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a header; an empty field is left out, so that it lands as NULL."""
    with path.open(newline="", encoding="utf-8") as file:
        return [{name: value for name, value in row.items() if value} for row in csv.DictReader(file)]


def stand_in_warehouse(
    home: Path, platforms: Mapping[str, Mapping[str, Iterable[Mapping[str, str]]]]
) -> None:
    """Makes `home`/warehouse.duckdb with every table of the contracts' platforms and the given rows.

    `platforms` is platform → table → rows; rows without `_instance` are of instance `main`, rows without
    `created_at` or `updated_at` were entered in 2020.
    """
    home.mkdir(parents=True, exist_ok=True)
    with closing(duckdb.connect(home / "warehouse.duckdb")) as connection:
        create_ops(DuckDbWarehouse(connection, home / "warehouse.duckdb"))
        for platform, tables in platforms.items():
            contract = load_contract(contract_path(platform))
            connection.execute(f"CREATE SCHEMA {contract.schema}")
            for table in contract.tables.values():
                _land(connection, contract, table, tables.get(table.name, ()))


def insert_rows(
    connection: duckdb.DuckDBPyConnection, platform: str, table: str, rows: Iterable[Mapping[str, str]]
) -> None:
    """Adds rows to a table that `stand_in_warehouse` made."""
    contract = load_contract(contract_path(platform))
    _insert(connection, contract, contract.tables[table], rows)


def sow(home: Path, seeds: Mapping[str, Iterable[Mapping[str, str]]]) -> None:
    """Puts rows where dbt would put the project's seeds, the other seeds as they are; build without seeds then."""
    declared = yaml.safe_load((SEEDS / "_seeds.yml").read_text(encoding="utf-8"))["seeds"]
    with closing(duckdb.connect(home / "warehouse.duckdb")) as connection:
        connection.execute("CREATE SCHEMA intermediate")
        for seed in declared:
            name, types = seed["name"], seed["config"]["column_types"]
            columns = ", ".join(f'"{column}" {kind}' for column, kind in types.items())
            connection.execute(f"CREATE TABLE intermediate.{name} ({columns})")
            rows = seeds[name] if name in seeds else read_csv(SEEDS / f"{name}.csv")
            _fill(connection, f"intermediate.{name}", types, list(rows))


def _land(
    connection: duckdb.DuckDBPyConnection,
    contract: PlatformContract,
    table: TableContract,
    rows: Iterable[Mapping[str, str]],
) -> None:
    columns = ", ".join(f'"{name}" {kind}' for name, kind in _types(table).items())
    connection.execute(f"CREATE TABLE {contract.schema}.{table.name} ({columns})")
    _insert(connection, contract, table, rows)


def _insert(
    connection: duckdb.DuckDBPyConnection,
    contract: PlatformContract,
    table: TableContract,
    rows: Iterable[Mapping[str, str]],
) -> None:
    types = _types(table)
    full = [{"_instance": "main", "created_at": ENTERED, "updated_at": ENTERED, **row} for row in rows]
    unknown = {name for row in full for name in row} - set(types) - {"created_at", "updated_at"}
    assert not unknown, f"{table.name} has no column {unknown}"
    _fill(connection, f"{contract.schema}.{table.name}", types, full)


def _fill(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    types: Mapping[str, str],
    rows: Sequence[Mapping[str, str]],
) -> None:
    """All rows as texts in one Arrow table: one by one, a thousand portfolios take a minute."""
    texts = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in types})
    connection.register("_rows_to_land", texts)
    casts = ", ".join(f'CAST("{name}" AS {kind})' for name, kind in types.items())
    connection.execute(f"INSERT INTO {relation} SELECT {casts} FROM _rows_to_land")
    connection.unregister("_rows_to_land")


def _types(table: TableContract) -> dict[str, str]:
    types = {column.name: column.duckdb_type for column in table.landed}
    return types | dict(zip(META_COLUMNS, ("VARCHAR", "BIGINT", "VARCHAR", "BOOLEAN"), strict=True))


def dbt(home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs dbt on that warehouse in a process of its own; its target folder stays in `home`.

    From `home`, since a path in the profile that is another one in each test would be parsed for each anew.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("WAREHOUSE_", "DBT_"))},
        "WAREHOUSE_HOME": ".",
        "DBT_TARGET_PATH": str(home / "dbt"),
        "DBT_LOG_PATH": str(home / "dbt"),
        "DBT_LOG_LEVEL_FILE": "none",  # nobody reads it, and writing it takes a twentieth of a build
        **settings,
    }
    program = str(Path(sys.executable).with_name("dbt"))
    project = str(PROJECT_ROOT / "dbt_project")
    command = [program, "--no-use-colors", *arguments, "--project-dir", project, "--profiles-dir", project]
    platforms = settings.get("WAREHOUSE_PLATFORMS", "").replace(",", "-")
    with parsed_project(home / "dbt", f"dbt-{platforms}"):
        return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
