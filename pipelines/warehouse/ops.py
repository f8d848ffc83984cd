"""The `ops` schema: what ran, what landed, what was refused. Grain of each table in its comment.

The columns are declared once, in DuckDB's words; SQL Server has each in its own. DuckDB takes no
notice of the length of a text; SQL Server can index only texts that have one.
"""

from __future__ import annotations

import re

from pipelines.warehouse.interface import Warehouse

_PLACE = "platform varchar(60) not null, instance varchar(60) not null, table_name varchar(128) not null"
_TABLES = {
    # one row per run of the command
    "runs": """run_id varchar(40) not null, started_at timestamp not null, finished_at timestamp,
        as_of timestamp not null, outcome varchar not null, exit_code integer, code_hash varchar""",
    # one row per step of a run
    "steps": """run_id varchar(40) not null, step varchar not null, outcome varchar not null,
        seconds double,
        finished_at timestamp not null""",
    # one row per problem or warning of a run, as it was said, without the addresses of sources
    "sentences": """run_id varchar(40) not null, position bigint not null, kind varchar not null,
        sentence varchar not null""",
    # one row per load and table (and file, for file kinds): the ledger
    "landings": f"""run_id varchar(40) not null, load_id varchar(60) not null, {_PLACE}, file_key varchar,
        scope varchar, mode varchar not null, rows_read bigint not null, rows_to_land bigint not null,
        rows_landed bigint, rows_quarantined bigint not null, rows_filtered bigint not null,
        filtered_by varchar, rows_deleted bigint not null, bytes_read bigint, seconds double,
        landed_at timestamp, looked_at timestamp not null, outcome varchar not null,
        cursor_high varchar, swept boolean not null, contract_hash varchar, error varchar""",
    # one row per archive, known by key and etag: done, partly (a member could not be read) or refused
    "packages": """run_id varchar(40) not null, platform varchar(60) not null,
        instance varchar(60) not null,
        object_key varchar not null, etag varchar not null, bytes bigint not null,
        modified timestamp not null, snapshot_date date not null, outcome varchar not null,
        contract_hash varchar not null, error varchar, looked_at timestamp not null""",
    # one row per member of an archive: what became of it, and how its columns differ from the contract
    "package_members": """platform varchar(60) not null, instance varchar(60) not null,
        object_key varchar not null,
        etag varchar not null, member varchar not null, entity varchar, table_name varchar(128),
        site varchar,
        snapshot_date date not null, modified timestamp not null, outcome varchar not null, reason varchar,
        load_id varchar(60), contract_hash varchar, undeclared varchar, missing varchar,
        looked_at timestamp not null""",
    # one row per file that was dropped, known by key, etag and time: claimed, what was decided of it (landed,
    # duplicate or refused), where its copy is, and whether it has left the drop
    "drops": """run_id varchar(40) not null, platform varchar(60) not null, instance varchar(60) not null,
        object_key varchar not null, etag varchar not null, modified timestamp not null,
        bytes bigint not null, table_name varchar(128), target_key varchar not null,
        status varchar not null,
        moved boolean not null, reason varchar, sha256 varchar, read_as varchar, contract_hash varchar,
        load_id varchar(60), claimed_at timestamp not null, decided_at timestamp""",
    # one row per run and instance: what the run asked of that source, and how long it waited for it
    "source_load": """run_id varchar(40) not null, platform varchar(60) not null,
        instance varchar(60) not null,
        statements bigint not null, questions bigint not null, rows_read bigint not null,
        bytes_read bigint not null, seconds_worked double not null, longest_statement double not null,
        longest_table varchar, waited_window double not null, waited_lag double not null,
        waited_busy double not null, waited_own double not null, waited_cut double not null default 0,
        rested double not null, lag_min double, lag_max double, connections_opened bigint not null,
        ended_at timestamp not null""",
    # one row per load, table and UTC day whose rows the load inserted, changed or deleted
    "touched_partitions": """load_id varchar(60) not null, platform varchar(60) not null,
        table_name varchar(128) not null, partition_date date, detected_at timestamp not null""",
    # one row per table and UTC day: the state of staging after the last load
    "partition_fingerprints": """platform varchar(60) not null, table_name varchar(128) not null,
        partition_date date,
        row_count bigint not null, hash_sum hugeint not null""",
    # one row per refused row, sealed; a row refused again by a later load is the same row
    "quarantine": f"""payload_mac varchar(64) not null, load_id varchar(60) not null,
        last_load_id varchar(60) not null,
        {_PLACE}, file_key varchar, scope varchar, position bigint, landed_key varchar,
        reason varchar not null, column_name varchar, sealed_payload blob not null,
        key_id varchar not null, status varchar not null,
        first_seen timestamp not null, last_seen timestamp not null""",
    # one row per load, table, column and kind of repair
    "value_repairs": f"""load_id varchar(60) not null, {_PLACE}, column_name varchar not null,
        reason varchar not null, row_count bigint not null""",
    # one row per platform: the pseudonym key its staging was landed with, as a mark that reveals nothing
    "pseudonym_keys": """platform varchar(60) not null, key_id varchar not null, key_mark varchar not null,
        first_seen timestamp not null""",
    # one row per column that a source offered at its last look and the contract does not name; with the
    # number of items that had it, where not all rows of a table need have the same
    "drift": f"""run_id varchar(40) not null, {_PLACE}, column_name varchar not null,
        seen_at timestamp not null, row_count bigint""",
    # one row per run and expectation
    "check_results": """run_id varchar(40) not null, layer varchar not null, relation varchar(256) not null,
        expectation varchar not null, column_name varchar, severity varchar not null,
        success boolean not null, observed varchar, unexpected_count bigint, advice varchar,
        checked_at timestamp not null""",
    # one row per run and suite that was not run because its table did not change
    "skipped_checks": """run_id varchar(40) not null, layer varchar not null,
        relation varchar(256) not null,
        reason varchar not null, skipped_at timestamp not null""",
}

# columns that an earlier version's file lacks; the scope of a file is what it replaces (an edX course, say)
_ADDED = (
    ("landings", "scope varchar"), ("quarantine", "scope varchar"), ("drift", "row_count bigint")
)  # fmt: skip


# where a run asks for a few rows of a table that grows with every run; DuckDB needs none
_INDEXES = {
    "landings": "platform, instance, table_name, load_id",
    "quarantine": "platform, instance, table_name, payload_mac",
    "touched_partitions": "load_id",
    "partition_fingerprints": "platform, table_name, partition_date",
    "packages": "platform, instance",
    "package_members": "platform, instance",
    "drops": "platform, instance",
    "drift": "platform, instance, table_name",
    "check_results": "run_id",
    "skipped_checks": "run_id",
}
_ON_SQL_SERVER = {
    "varchar": "nvarchar(max)", "timestamp": "datetime2(6)", "boolean": "bit", "double": "float",
    "blob": "varbinary(max)", "hugeint": "decimal(38,0)", "integer": "int",
}  # fmt: skip


def create_ops(warehouse: Warehouse) -> None:
    """Makes the ops schema and any of its tables and columns that are missing."""
    if warehouse.engine == "sqlserver":
        warehouse.in_transaction(lambda: _create_on_sql_server(warehouse))
        return
    warehouse.execute("create schema if not exists ops")
    for name, columns in _TABLES.items():
        warehouse.execute(f"create table if not exists ops.{name} ({columns})")
    for name, column in _ADDED:
        warehouse.execute(f"alter table ops.{name} add column if not exists {column}")


def _create_on_sql_server(warehouse: Warehouse) -> None:
    """Asks what is there first: `if not exists` is no word of SQL Server's."""
    schemas = "select SCHEMA_NAME from INFORMATION_SCHEMA.SCHEMATA where SCHEMA_NAME = ?"
    if not warehouse.rows(schemas, ["ops"]):
        warehouse.execute("create schema ops")
    columns = "select TABLE_NAME, COLUMN_NAME from INFORMATION_SCHEMA.COLUMNS where TABLE_SCHEMA = ?"
    there = set(warehouse.rows(columns, ["ops"]))
    tables = {table for table, _ in there}
    for name, declared in _TABLES.items():
        if name not in tables:
            warehouse.execute(f"create table ops.{name} ({on_sql_server(declared)})")
            if name in _INDEXES:
                warehouse.execute(f"create index ix_{name} on ops.{name} ({_INDEXES[name]})")
    for name, column in _ADDED:
        if name in tables and (name, column.split()[0]) not in there:
            warehouse.execute(f"alter table ops.{name} add {on_sql_server(column)}")


def on_sql_server(columns: str) -> str:
    """A declaration of columns in SQL Server's words: `varchar(60)` is `nvarchar(60)`, `timestamp` is
    `datetime2(6)`."""
    sized = re.sub(r"\bvarchar\(", "nvarchar(", " ".join(columns.split()))
    return re.sub(r"\b(\w+)\b(?!\()", lambda word: _ON_SQL_SERVER.get(word[0], word[0]), sized)
