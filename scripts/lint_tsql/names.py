"""Follows names and types from the contracts through every model, as SQL Server would, without a server."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from scripts.lint_tsql.statement import AsWritten, Statement

Columns = Mapping[str, str]
# Landed types of the contracts, see pipelines.contracts, as SQL Server's.
_LANDED = {
    "text": "nvarchar(max)", "json": "nvarchar(max)", "bool": "bit", "double": "float",
    "timestamp": "datetime2(6)", "binary": "varbinary(max)",
}  # fmt: skip


def landed_type(declared: str) -> str:
    """T-SQL's type of a contract's `data_type`."""
    return _LANDED.get(declared, re.sub(r"^text\(", "nvarchar(", declared))


class Names:
    """What is known of the relations so far. A statement must come after those that it reads."""

    def __init__(self) -> None:
        self._schema = MappingSchema(dialect=AsWritten)
        self.columns: dict[str, Columns] = {}

    def add(self, relation: str, columns: Columns) -> None:
        """`relation` as dbt writes it: "database"."schema"."name"."""
        self.columns[relation] = columns
        self._schema.add_table(relation, dict(columns), dialect=AsWritten, match_depth=False)

    def resolve(self, sql: Statement) -> Columns:
        """Sets the statement's `typed` or `unresolved`; gives the columns of its result."""
        if len(sql.trees) != 1 or not isinstance(sql.trees[0], exp.Query):
            return {}
        try:
            tree = qualify(
                sql.trees[0].copy(), schema=self._schema, dialect=AsWritten, expand_alias_refs=False
            )
            sql.typed = annotate_types(tree, schema=self._schema, dialect=AsWritten)
        except SqlglotError as wrong:
            sql.unresolved = str(wrong)
            return {}
        return {column.alias_or_name: _type(column) for column in sql.typed.selects}


def _type(column: exp.Expr) -> str:
    return column.type.sql("tsql") if column.type is not None else "unknown"
