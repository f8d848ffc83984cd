"""Which platforms are wholly in staging, and which of their tables a run has to look at."""

from __future__ import annotations

from contextlib import suppress

from pipelines.contracts import contract_path, load_contract
from pipelines.errors import ContractError
from pipelines.runner.changes import Changes
from pipelines.sources.config import known_platforms
from pipelines.warehouse import Warehouse


def present_platforms(warehouse: Warehouse) -> list[str]:
    """Platforms whose contract is wholly in staging: only their models can be built."""
    return [platform for platform in known_platforms() if _is_present(warehouse, platform)]


def _is_present(warehouse: Warehouse, platform: str) -> bool:
    try:
        contract = load_contract(contract_path(platform))
    except ContractError:
        # The landing has refused it. What landed under the contract before stays in the marts.
        return bool(
            warehouse.value(
                "select count(*) from ops.landings where platform = ? and outcome = 'closed'", [platform]
            )
        )
    return all(warehouse.has_table(contract.schema, table) for table in contract.tables)


def staging_relations(changes: Changes | None, present: list[str]) -> list[str]:
    """`staging_<platform>.<table>` of changed tables, or of all tables of the platforms present.

    A platform whose contract is refused has none: nothing new of it landed, and its suites derive from it.
    """
    contracts = []
    for platform in present:
        with suppress(ContractError):
            contracts.append(load_contract(contract_path(platform)))
    changed = set(changes.tables) if changes and not changes.everything else None
    return [
        f"{contract.schema}.{table}"
        for contract in contracts
        for table in contract.tables
        if changed is None or (contract.platform, table) in changed
    ]
