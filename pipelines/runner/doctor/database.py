"""A warehouse on SQL Server: its version, its collation, what the login may do, what the server cannot do."""

from __future__ import annotations

from pipelines.errors import WarehouseError
from pipelines.runner.doctor.finding import Finding, failure, good, warning
from pipelines.warehouse import Warehouse
from pipelines.warehouse.sqlserver import features

_SUBJECT = "warehouse"


def examine_database(warehouse: Warehouse) -> list[Finding]:
    """Nothing on DuckDB. Whatever is tried on a server is undone."""
    if warehouse.engine != "sqlserver":
        return []
    try:
        schemas = features.present_schemas(warehouse)
        return [
            *[warning(_SUBJECT, "connection", said) for said in warehouse.caveats()],
            _version(warehouse),
            _rights(warehouse, schemas),
            *_features(warehouse, schemas),
        ]
    except WarehouseError as refused:
        return [failure(_SUBJECT, "database", refused)]


def _version(warehouse: Warehouse) -> Finding:
    server = features.about(warehouse)
    if server.old:
        what = (
            f"the server says it is version {server.version}; the oldest that is meant is {features.OLDEST}.0"
        )
        return warning(_SUBJECT, "version", what, "SQL Server 2019 or later; others may lack what is used.")
    return good(_SUBJECT, "version", f"the server is version {server.version}")


def _rights(warehouse: Warehouse, schemas: list[str]) -> Finding:
    lacking = features.missing_rights(warehouse, schemas)
    needed = [right for right in lacking if right not in ("CREATE SCHEMA",) or "ops" not in schemas]
    if needed:
        what = f"the login lacks {', '.join(needed)}"
        advice = "`warehouse roles` prints the script that a DBA grants them with."
        return Finding(_SUBJECT, "rights", "failure", what, advice, tuple(needed))
    return good(
        _SUBJECT, "rights", f"the login may make tables, and write in {', '.join(schemas) or 'what it makes'}"
    )


def _features(warehouse: Warehouse, schemas: list[str]) -> list[Finding]:
    lacking = features.missing_features(warehouse, schemas)
    if not lacking:
        return [good(_SUBJECT, "features", "the server can do all that is used")]
    findings = []
    for name, purpose in lacking.items():
        what = f"the server does not do `{name}`: {purpose}"
        if name in features.NEEDED:
            advice = "Raise the database's compatibility level to 130 or more."
            findings.append(Finding(_SUBJECT, "features", "failure", what, advice))
        else:
            findings.append(warning(_SUBJECT, "features", what, "A run goes another way, and says so."))
    return findings
