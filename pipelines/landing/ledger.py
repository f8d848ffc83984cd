"""The ledger `ops.landings`: opened with the load id before the commit, closed after it, settled when killed.

A cursor advances only through a closed row, so a load that did not commit is read again from where
the last good one ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pipelines.contracts import PlatformContract, TableContract
from pipelines.errors import SettingsError
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.personal import PseudonymKey
from pipelines.sources.replica import SourceLoad
from pipelines.warehouse import Warehouse


@dataclass(frozen=True)
class LastLook:
    """What the ledger knows of one table: where its cursor stands and when it was last looked at whole."""

    cursor_high: str | None = None
    full_at: datetime | None = None
    swept_at: datetime | None = None


def utc_now() -> datetime:
    """Wall time, for what `ops` and a publication say of themselves; marts read the run's clock."""
    return datetime.now(UTC).replace(tzinfo=None)


def last_look(warehouse: Warehouse, outcome: TableOutcome) -> LastLook:
    """The last closed landing under today's contract; a changed contract forgets it and reads in full."""
    closed = (
        "from ops.landings where outcome = 'closed' and platform = ? and instance = ? and table_name = ? "
        "and contract_hash = ?"
    )
    of = [outcome.platform, outcome.instance, outcome.contract.name, outcome.contract.fingerprint]
    [(full_at, swept_at)] = warehouse.rows(
        "select max(case when mode = 'full' then looked_at end), max(case when swept = 1 then looked_at end) "
        f"{closed}", of,
    )  # fmt: skip
    cursor_high = warehouse.value(
        f"select max(cursor_high) {closed} and looked_at = "
        f"(select max(looked_at) {closed} and cursor_high is not null)",
        [*of, *of],
    )
    return LastLook(cursor_high, full_at, swept_at)


def open_landings(warehouse: Warehouse, run_id: str, outcomes: list[TableOutcome]) -> None:
    """Writes the rows of one load before it can be committed; a table not read has failed already."""
    warehouse.insert("ops.landings", [_record(run_id, outcome) for outcome in outcomes])


def close_landing(warehouse: Warehouse, outcome: TableOutcome, said: str) -> None:
    """Sets the recounted rows and the outcome: closed, failed or abandoned."""
    warehouse.execute(
        "update ops.landings set rows_landed = ?, landed_at = ?, outcome = ?, error = ? "
        "where load_id = ? and platform = ? and instance = ? and table_name = ? "
        "and coalesce(file_key, '') = ? and outcome = 'open'",
        [
            outcome.rows_landed, utc_now(), said, str(outcome.error) if outcome.error else None,
            outcome.load_id, outcome.platform, outcome.instance, outcome.contract.name,
            outcome.file_key or "",
        ],
    )  # fmt: skip


def close_unchanged(warehouse: Warehouse, outcomes: list[TableOutcome]) -> None:
    """Closes, in one statement, the landings of one load that brought staging nothing new."""
    if not outcomes:
        return
    warehouse.execute(
        "update ops.landings set rows_landed = 0, landed_at = ?, outcome = 'closed' where load_id = ? "
        "and platform = ? and instance = ? and outcome = 'open' "
        f"and concat(table_name, '/', file_key) in {warehouse.among()}",
        [
            utc_now(), outcomes[0].load_id, outcomes[0].platform, outcomes[0].instance,
            [f"{outcome.contract.name}/{outcome.file_key or ''}" for outcome in outcomes],
        ],
    )  # fmt: skip


def recount(
    warehouse: Warehouse,
    schema: str,
    contract: TableContract,
    place: tuple[str, str],
    scope: str | None = None,
    days: Iterable[date] | None = None,
) -> int:
    """Rows of one load (and scope) in staging now: the half of the balance that nobody upstream can fake.

    `place` is the instance and the load id; `days` the partitions to look in, all where it is None.
    """
    if not warehouse.has_table(schema, contract.name):
        return 0
    sql = f'select count(*) from {schema}."{contract.name}" where _instance = ? and _dlt_load_id = ?'
    values: list[object] = [*place]
    if scope is not None:
        sql, values = f"{sql} and {contract.scope_column} = ?", [*values, scope]
    if days is not None:
        sql += f' and "{contract.partition_column}" in {warehouse.among("date")}'
        values.append(list(days))
    return int(warehouse.value(sql, values))


def refuse_another_key(warehouse: Warehouse, platform: str, key: PseudonymKey) -> None:
    """Remembers the key a platform is landed with. Raises SettingsError when it is another than before.

    Tables read by cursor would keep old pseudonyms beside new ones, and persons would no longer join.
    """
    known = warehouse.rows("select key_id, key_mark from ops.pseudonym_keys where platform = ?", [platform])
    if not known:
        record = {"platform": platform, "key_id": key.key_id, "key_mark": key.mark, "first_seen": utc_now()}
        warehouse.insert("ops.pseudonym_keys", [record])
    elif known[0] != (key.key_id, key.mark):
        raise SettingsError(
            f"{platform} was landed under pseudonym key `{known[0][0]}`, and the key is another one now.",
            "Bring that key back, or move the warehouse file away and land everything under the new key.",
        )


def open_loads(warehouse: Warehouse, platform: str) -> list[tuple[str, str, str]]:
    """(load id, instance, table) of rows left open by a run that was killed."""
    return warehouse.rows(
        "select load_id, instance, table_name from ops.landings where platform = ? and outcome = 'open'",
        [platform],
    )


def settle(warehouse: Warehouse, of: PlatformContract) -> None:
    """Settles rows left open by a run that was killed.

    Each table of a load is merged in one transaction, and so is each file where a table was not there. If
    all its rows are in staging, the load arrived and its row is closed; otherwise nothing of it arrived, the
    row is abandoned, and the cursor, which did not move, brings the rows again.
    """
    open_rows = warehouse.rows(
        "select load_id, instance, table_name, rows_to_land, rows_deleted, file_key, scope from ops.landings "
        "where platform = ? and outcome = 'open'",
        [of.platform],
    )
    for load_id, instance, table, expected, deleted, file_key, scope in open_rows:
        known = of.tables.get(table)
        landed = recount(warehouse, of.schema, known, (instance, load_id), scope) if known else 0
        committed = landed == expected and expected > 0 and not deleted
        said = "closed" if committed else "abandoned"
        warehouse.execute(
            "update ops.landings set outcome = ?, rows_landed = ?, landed_at = ? "
            "where load_id = ? and instance = ? and table_name = ? and coalesce(file_key, '') = ? "
            "and outcome = 'open'",
            [said, landed, utc_now(), load_id, instance, table, file_key or ""],
        )


def record_load(warehouse: Warehouse, run_id: str, load: SourceLoad) -> None:
    """Writes what one landing asked of one source to `ops.source_load`."""
    seconds = {
        "seconds_worked": load.seconds_worked, "longest_statement": load.longest_statement,
        "waited_window": load.waited["window"], "waited_lag": load.waited["lag"],
        "waited_busy": load.waited["busy"], "waited_own": load.waited["own"],
        "waited_cut": load.waited["cut"], "rested": load.rested,
    }  # fmt: skip
    record = {
        "run_id": run_id, "platform": load.platform, "instance": load.instance,
        "statements": load.statements, "questions": load.questions, "rows_read": load.rows,
        "bytes_read": load.bytes, **{name: round(value, 3) for name, value in seconds.items()},
        "longest_table": load.longest_table, "lag_min": load.lag_min, "lag_max": load.lag_max,
        "connections_opened": load.connections_opened, "ended_at": utc_now(),
    }  # fmt: skip
    warehouse.insert("ops.source_load", [record])


def _record(run_id: str, outcome: TableOutcome) -> dict[str, object]:
    return {
        "run_id": run_id,
        "load_id": outcome.load_id,
        "platform": outcome.platform,
        "instance": outcome.instance,
        "table_name": outcome.contract.name,
        "file_key": outcome.file_key,
        "scope": outcome.scope,
        "mode": outcome.mode,
        "rows_read": outcome.rows_read,
        "rows_to_land": outcome.rows_to_land,
        "rows_landed": 0 if outcome.error else None,
        "rows_quarantined": outcome.rows_quarantined,
        "rows_filtered": outcome.rows_filtered,
        "filtered_by": json.dumps(outcome.filtered, sort_keys=True),
        "rows_deleted": outcome.rows_deleted,
        "bytes_read": outcome.bytes_read,
        "seconds": round(outcome.seconds, 3),
        "landed_at": None,
        "looked_at": utc_now(),
        "outcome": "failed" if outcome.error else "open",
        "cursor_high": outcome.cursor_high,
        "swept": outcome.swept,
        "contract_hash": outcome.contract.fingerprint,
        "error": str(outcome.error) if outcome.error else None,
    }
