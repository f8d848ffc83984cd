"""Contracts: what must land, declared once, in each platform's dbt sources file."""

from pipelines.contracts.reader import (
    CLASSES,
    CONTRACT_FOLDER,
    DERIVATIONS,
    IDENTIFIERS,
    KINDS,
    PARTITION_UNITS,
    contract_path,
    load_contract,
)
from pipelines.contracts.table import (
    META_COLUMNS,
    Column,
    Condition,
    Payload,
    PlatformContract,
    TableContract,
)

__all__ = [
    "CLASSES", "CONTRACT_FOLDER", "DERIVATIONS", "IDENTIFIERS", "KINDS", "META_COLUMNS", "PARTITION_UNITS",
    "Column", "Condition", "Payload", "PlatformContract", "TableContract", "contract_path", "load_contract",
]  # fmt: skip
