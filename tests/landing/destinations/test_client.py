"""What dlt makes of a contract on SQL Server: the tables, the merge, and how failures are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import dlt
import pytest
from dlt.destinations.exceptions import (
    DatabaseTerminalException,
    DatabaseTransientException,
    DatabaseUndefinedRelation,
)

from pipelines.contracts import TableContract
from pipelines.errors import LandingError, WarehouseInterrupted
from pipelines.landing.destinations.sqlserver.client import DeleteInsert, SqlClient
from pipelines.landing.destinations.sqlserver.factory import SqlServer
from pipelines.landing.hints import dlt_columns
from pipelines.landing.outcome import TableOutcome
from pipelines.settings import Settings
from tests.landing.destinations.edge import Edge
from tests.landing.tables import column, table

REVIEWED = Path(__file__).parent / "dlt"
KINDS = ("json", "bigint", "double", "decimal", "bool", "timestamp", "date", "binary")
THINGS = table(
    column("code", length=40), column("place"), column("title", length=255), column("essay", length=5_000),
    column("story"), *(column(kind, kind) for kind in KINDS), key=("code", "place"),
)  # fmt: skip
EVENTS = table(column("_file_key", length=1024), column("_offset", "bigint"), column("act", length=60),
               key=("_file_key", "_offset"))  # fmt: skip


def client(contract: TableContract, mode: str, tmp_path: Path) -> Any:
    Settings(home=tmp_path).apply_to_libraries()
    schema = dlt.Schema("land_shop")
    hints = dlt_columns(TableOutcome(contract, "main", mode=mode), lengths=True)
    merge: Any = {"disposition": "merge", "strategy": "delete-insert", "deduplicated": True}
    resource = dlt.resource([], name="things", columns=hints, write_disposition=merge)
    schema.update_table(resource.compute_table_schema(), normalize_identifiers=True)
    destination = SqlServer(Edge().route())
    config: Any = destination.spec(credentials=cast("Any", None))._bind_dataset_name(
        dataset_name="staging_shop"
    )
    made: Any = destination.client(schema, config)
    return made


def ddl(of: Any, *, there: bool) -> str:
    columns = of.schema.get_new_table_columns("things", {}, case_sensitive=True)
    lines = "\n".join(of._get_table_update_sql("things", columns[-2:] if there else columns, there))
    return "\n".join(line.rstrip() for line in lines.splitlines())


@pytest.mark.parametrize("name", ["create_things", "add_columns", "merge_things", "merge_files"])
def test_a_statement_of_dlts_is_the_one_that_was_reviewed(name, tmp_path):
    contract, mode = (EVENTS, "file") if name == "merge_files" else (THINGS, "full")
    made = client(contract, mode, tmp_path)
    if name.startswith("merge"):
        chain = [made.prepare_load_table("things")]
        written = "\n\n".join(DeleteInsert.generate_sql(chain, made.sql_client))
    else:
        written = ddl(made, there=name == "add_columns")
    assert "merge into" not in written.lower()
    assert written + "\n" == (REVIEWED / f"{name}.sql").read_text(encoding="utf-8")


def test_a_parquet_file_is_ours_to_load(tmp_path):
    made = client(THINGS, "full", tmp_path)
    file = str(tmp_path / "things.0a1b2c3d4e.0.parquet")
    job = made.create_load_job(made.prepare_load_table("things"), file, "1")
    assert type(job).__module__.startswith("pipelines.")
    assert made.capabilities.supported_loader_file_formats == ["parquet"]


def test_what_dlt_holds_as_credentials_leads_nowhere(tmp_path):
    made = client(THINGS, "full", tmp_path)
    assert (made.config.credentials.host, made.config.credentials.password) == ("warehouse", "-")


@pytest.mark.parametrize(
    ("failed", "dlts"),
    [
        (LandingError("x", number=208), DatabaseUndefinedRelation),
        (LandingError("x", number=229, again=False), DatabaseTerminalException),
        (WarehouseInterrupted("x", number=1205, again=True), DatabaseTransientException),
        (WarehouseInterrupted("x", number=None, again=False), DatabaseTerminalException),
    ],
)
def test_only_what_a_deadlock_ended_is_tried_again(failed, dlts):
    assert type(SqlClient._make_database_exception(failed)) is dlts
