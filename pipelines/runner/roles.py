"""`warehouse roles`: the script with which a DBA makes the warehouse's schemas and roles in a database.

Printed, never run by us: who owns the database reads it first. Plain statements, so that it can be read, and
each may be run again. Rights are least rights: a role owns the schemas in which it makes tables, and is
granted SELECT on those that it only reads; whatever is not granted is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelines.contracts import contract_path, load_contract
from pipelines.runner.marts import mart_schemas
from pipelines.runner.publish.abilities import NEXT
from pipelines.runner.transform import BUILD
from pipelines.sources.config import known_platforms

LOADER, TRANSFORMER, ANALYST, REPORTER = ROLES = ("loader", "transformer", "analyst", "reporter")
OPS = "ops"
MODELS = ("staging", "intermediate", "history")
_HEAD = """\
-- The warehouse's schemas and roles, for SQL Server 2019 or later, Azure SQL Database and RDS for SQL Server.
-- Read it, then run it in the warehouse's database as a member of db_owner, with any client: it has no GO.
-- It may be run again, and must be after a new platform was added: it takes nothing away but what was granted
-- on these schemas by hand. It makes no login and no user. That is one statement each, as in:
--     create user [warehouse] for login [warehouse];
--     alter role [loader] add member [warehouse];
--     alter role [transformer] add member [warehouse];
--     alter role [analyst] add member [somebody];
--
-- loader       lands rows: owns what was landed and the ledger. Reads no mart.
-- transformer  builds and publishes: reads what was landed, owns models and marts. Changes nothing landed.
--              `warehouse run` does both, so its login is a member of both.
-- analyst      reads the published marts. Nothing landed, no model, no mart that is not published.
-- reporter     reads the same marts with the keys of people masked. A mask hides what is shown, and not what
--              can be found by asking WHERE: it is for dashboards, not for people who write SQL.
"""


def roles_script() -> str:
    """The whole script. Raises ContractError when a contract cannot be read."""
    landed = [load_contract(contract_path(platform)).schema for platform in known_platforms()]
    scratch = [f"_dlt_merge_{schema}" for schema in landed]
    marts = mart_schemas()
    built = [f"{stage}{schema}" for schema in marts for stage in (BUILD, NEXT)]
    parts = [
        _HEAD,
        _part("Roles", map(_role, ROLES)),
        _part("What the loader owns: landed rows, its scratch tables, the ledger",
              _owned(LOADER, [*landed, *scratch, OPS])),
        _part("What the transformer owns: models, marts being built, marts being published, published marts",
              _owned(TRANSFORMER, [*MODELS, *built, *marts])),
        _part("Tables and views can be made, within those schemas only",
              [_grant("create table", LOADER), _grant("create table, create view", TRANSFORMER)]),
        _part("The transformer reads what was landed and the ledger",
              [_grant("select", TRANSFORMER, schema) for schema in [*landed, OPS]]),
        _part("Analysts and reporters read the published marts",
              [_grant("select", role, schema) for schema in marts for role in (ANALYST, REPORTER)]),
        _part("Masks: the transformer puts them on keys of people, all but the reporter see through them.\n"
              "-- A server of the T-SQL kind that knows no masks says so here and is left as it is",
              [_tried(_grant("alter any mask", TRANSFORMER)),
               *(_tried(_grant("unmask", role)) for role in (TRANSFORMER, ANALYST))]),
    ]  # fmt: skip
    return "\n".join(parts)


def _part(title: str, statements: Iterable[str]) -> str:
    return "\n".join([f"-- {title}.", *statements, ""])


def _role(name: str) -> str:
    return f"if database_principal_id(N'{name}') is null create role [{name}];"


def _owned(role: str, schemas: Iterable[str]) -> Iterator[str]:
    """CREATE SCHEMA must stand alone in its batch, hence within EXEC; one that is there changes its owner."""
    for schema in schemas:
        yield f"if schema_id(N'{schema}') is null exec(N'create schema [{schema}] authorization [{role}];')"
        yield f"else exec(N'alter authorization on schema::[{schema}] to [{role}];');"


def _grant(rights: str, role: str, schema: str | None = None) -> str:
    return f"grant {rights}{f' on schema::[{schema}]' if schema else ''} to [{role}];"


def _tried(statement: str) -> str:
    return f"begin try exec(N'{statement}'); end try begin catch print error_message(); end catch;"
