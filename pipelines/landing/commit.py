"""The commit of one load: ledger open → dlt commit → recount → ledger closed, or closed as failed."""

from __future__ import annotations

from pipelines.errors import LandingError, Unbalanced
from pipelines.landing.ledger import close_landing, close_unchanged, open_landings, recount, utc_now
from pipelines.landing.load import Package
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.plan import Instance
from pipelines.landing.quarantine import Seal, keep, supersede, supersede_scope
from pipelines.landing.touched import record_touched
from pipelines.warehouse import Warehouse


def commit(
    it: Instance, seal: Seal, package: Package, outcomes: list[TableOutcome], *, to_load: bool
) -> None:
    """Commits what was extracted, or discards it if nothing is `to_load`; errors stay on the outcomes."""
    read = [outcome for outcome in outcomes if not outcome.error]

    def opened() -> None:
        open_landings(it.warehouse, it.run_id, outcomes)
        for outcome in read:
            keep(it.warehouse, seal, outcome)
        _record_drift(it, read)
        _record_repairs(it.warehouse, read)

    it.warehouse.in_transaction(opened)
    try:
        if to_load:
            package.commit()
        else:
            package.discard()
    except LandingError as failed:
        for outcome in read:
            outcome.error = failed
    it.warn(package.warnings)
    for outcome in read:
        _recount(it, outcome)
    _close(it, read)


def _recount(it: Instance, outcome: TableOutcome) -> None:
    schema, contract = it.plan.contract.schema, outcome.contract
    place = (outcome.instance, outcome.load_id)
    outcome.rows_landed = recount(it.warehouse, schema, contract, place, outcome.scope, outcome.partitions)
    if not outcome.error and not outcome.balanced:
        outcome.error = Unbalanced(
            f"{outcome.platform}/{outcome.instance}: {outcome.file_key or contract.name} read "
            f"{outcome.rows_read} rows, but landed {outcome.rows_landed} + quarantined "
            f"{outcome.rows_quarantined} + filtered {outcome.rows_filtered}.",
            "Nothing is published from it; run again, and report it if it stays.",
        )


def _close(it: Instance, read: list[TableOutcome]) -> None:
    moved = [outcome for outcome in read if outcome.changed or outcome.error]
    _record_touched(it, moved)
    for outcome in moved:
        if outcome.rows_landed and not outcome.scope:
            supersede(
                it.warehouse, it.plan.contract.schema, outcome.contract, outcome.instance, outcome.load_id
            )
    for outcome in read:
        if outcome.scope and outcome.mode == "file" and not outcome.error:
            supersede_scope(it.warehouse, outcome)
    for outcome in moved:
        close_landing(it.warehouse, outcome, "failed" if outcome.error else "closed")
    close_unchanged(it.warehouse, [outcome for outcome in read if outcome not in moved])


def _record_touched(it: Instance, moved: list[TableOutcome]) -> None:
    """Before the rows are closed: killed in between, they are open, and settling them does the same again."""
    tables = {outcome.contract.name: outcome for outcome in moved if outcome.changed}
    for outcome in tables.values():
        days = [other.partitions for other in moved if other.contract is outcome.contract]
        known = None if None in days else set().union(*(day for day in days if day))
        record_touched(it.warehouse, it.plan.contract.schema, outcome.contract, outcome.load_id, known)


def _record_repairs(warehouse: Warehouse, read: list[TableOutcome]) -> None:
    warehouse.insert(
        "ops.value_repairs",
        [
            {"load_id": it.load_id, **_place(it), "column_name": column, "reason": why, "row_count": n}
            for it in read
            for (column, why), n in it.repairs.items()
        ],
    )


def _record_drift(it: Instance, read: list[TableOutcome]) -> None:
    """Columns that these tables offered at this look, instead of those at the last one."""
    now, contract = utc_now(), it.plan.contract
    it.warehouse.execute(
        f"delete from ops.drift where platform = ? and instance = ? and table_name in {it.warehouse.among()}",
        [contract.platform, it.name, [outcome.contract.name for outcome in read]],
    )
    offered: dict[tuple[str, str], int | None] = {}
    for outcome in read:
        for name in outcome.undeclared:
            offered[outcome.contract.name, name] = outcome.undeclared_rows.get(name)
    it.warehouse.insert(
        "ops.drift",
        [
            {"run_id": it.run_id, "platform": contract.platform, "instance": it.name, "table_name": table,
             "seen_at": now, "column_name": name, "row_count": count}
            for (table, name), count in sorted(offered.items())
        ],
    )  # fmt: skip


def _place(outcome: TableOutcome) -> dict[str, object]:
    return {
        "platform": outcome.platform, "instance": outcome.instance, "table_name": outcome.contract.name,
    }  # fmt: skip
