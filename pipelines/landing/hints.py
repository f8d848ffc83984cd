"""The contract as dlt's column hints."""

from __future__ import annotations

from typing import Any

from pipelines.contracts import META_COLUMNS, Column, TableContract
from pipelines.landing.destinations.sqlserver.fields import KEY_WIDTH
from pipelines.landing.outcome import TableOutcome

_INSTANCE_WIDTH, _LOAD_ID_WIDTH = 64, 64


def dlt_columns(outcome: TableOutcome, *, lengths: bool) -> dict[str, Any]:
    """All columns may be NULL to dlt: a tombstone has only its key, and a file (where every column may be)
    that does not agree with its hints is rewritten before it is loaded. `lengths`: texts have theirs.
    """
    contract = outcome.contract
    by_file = contract.scope_column == "_file_key" and outcome.mode == "file"
    hints: dict[str, Any] = {}
    for column in contract.landed:
        of_key = column.name in contract.key
        key = {"merge_key": column.name == "_file_key"} if by_file else {"primary_key": of_key}
        hints[column.name] = column_hint(contract, column, lengths=lengths) | {"nullable": True} | key
    instance, row_hash, load_id, deleted = META_COLUMNS
    widths = [{"precision": width} if lengths else {} for width in (_INSTANCE_WIDTH, _LOAD_ID_WIDTH)]
    key = {"merge_key" if by_file else "primary_key": True}
    hints[instance] = {"data_type": "text", "nullable": True} | key | widths[0]
    hints[row_hash] = {"data_type": "bigint", "nullable": True}
    hints[load_id] = {"data_type": "text", "nullable": True} | widths[1]
    hints[deleted] = {"data_type": "bool", "nullable": True, "hard_delete": True}
    return hints


def column_hint(contract: TableContract, column: Column, *, lengths: bool) -> dict[str, Any]:
    """Name and type; with `lengths`, a text of the key has one, be it declared or not."""
    hint: dict[str, Any] = {
        "name": column.name,
        "data_type": "text" if column.kind == "json" else column.kind,
    }
    if column.kind == "decimal":
        hint |= {"precision": column.precision, "scale": column.scale}
    if column.kind == "timestamp":
        hint["timezone"] = False
    length = column.length or (KEY_WIDTH if column.name in contract.key else None)
    if lengths and column.kind == "text" and length:
        hint["precision"] = length
    return hint
