"""Tables behind the stand-in for a SQL Server: T-SQL is read by sqlglot and run on DuckDB.

So a statement must be T-SQL to sqlglot, and page, filter and order as it means to. What SQL Server itself
makes of it (collations, implicit conversions, permissions, plans) is not shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from tests.servers.tds import Cut, Failure, Rows

_NAMED = re.compile(r"object_id\(N'(?:\[dbo\]\.)?\[(\w+)\]'\)")
_WIRE = {
    "SMALLINT": "smallint", "INTEGER": "int", "BIGINT": "bigint", "VARCHAR": "nvarchar", "BOOLEAN": "bit",
    "TIMESTAMP": "datetime2", "DATE": "date", "DOUBLE": "float", "DECIMAL(38,4)": "decimal",
    "BLOB": "varbinary", "HUGEINT": "bigint", '"NULL"': "nvarchar",
}  # fmt: skip


@dataclass
class Tables:
    """`types`: SQL Server's type of every column, by table; `keys`: the columns of a unique index, by table.

    `fails` are given out one a statement, before anything is asked of the tables; `wrong` keeps what could
    not be run at all.
    """

    types: dict[str, dict[str, str]]
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    updateability: str = "READ_ONLY"
    sees_server: bool = False
    encrypted: str = "TRUE"
    lag: tuple[int | None, int | None] = (0, 3)
    fails: list[Failure | Cut | Rows] = field(default_factory=list)
    last_error: int = 0
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.duckdb = duckdb.connect()
        self.duckdb.execute("create macro switchoffset(moment, zone) as timezone('UTC', moment)")

    def __call__(self, statement: str) -> Rows | Failure | Cut | None:
        """The answer to one statement: the catalogue by what it asks for, the rest by DuckDB."""
        if statement.startswith("set "):
            return None
        if statement == "select @@error":
            return Rows((("", "int"),), ((self.last_error,),))
        known = self._catalogue(statement)
        if known is not None:
            return known
        if self.fails:
            return self._failing(self.fails.pop(0))
        self.last_error = 0
        return self._asked(statement)

    def _failing(self, failure: Failure | Cut | Rows) -> Failure | Cut | Rows:
        last = failure.then if isinstance(failure, Rows) else failure
        self.last_error = last.number if isinstance(last, Failure) else 0
        return failure

    def _catalogue(self, statement: str) -> Rows | None:
        answers: dict[str, tuple[tuple[str, Any], ...]] = {
            "Updateability": (("nvarchar", self.updateability), ("int", int(self.sees_server))),
            "encrypt_option": (("nvarchar", self.encrypted),),
            "sysutcdatetime": (("datetime2", datetime.now(UTC).replace(tzinfo=None)),),
            "dm_hadr": (("int", self.lag[0]), ("bigint", self.lag[1])),
            "dm_exec_sessions": (("int", 41), ("int", 32767)),
        }
        for word, pairs in answers.items():
            if word in statement:
                return Rows(tuple(("", kind) for kind, _ in pairs), (tuple(value for _, value in pairs),))
        named = _NAMED.search(statement)
        return self._described(named[1], "sys.indexes" in statement) if named else None

    def _described(self, table: str, keys: bool) -> Rows:
        pairs = [("PK", column) for column in self.keys.get(table, ())]
        listed = pairs if keys else list(self.types.get(table, {}).items())
        return Rows((("name", "nvarchar"), ("", "nvarchar")), tuple(listed))

    def _asked(self, statement: str) -> Rows | Failure:
        try:
            found = self.duckdb.execute(_translated(statement))
        except (duckdb.Error, sqlglot.errors.SqlglotError) as wrong:
            self.wrong.append(f"{statement}: {wrong}")
            self.last_error = 208 if isinstance(wrong, duckdb.CatalogException) else 50000
            return Failure(self.last_error)
        kinds = [_WIRE[str(column[1])] for column in found.description]
        names = [str(column[0]) for column in found.description]
        return Rows(tuple(zip(names, kinds, strict=True)), tuple(found.fetchall()))


def _translated(statement: str) -> str:
    """T-SQL in DuckDB's words. Raises sqlglot's ParseError for what is no T-SQL."""

    def plain(node: exp.Expression) -> Any:
        if isinstance(node, exp.Collate):
            return node.this
        if isinstance(node, exp.Anonymous) and node.name.lower() == "nchar":
            return exp.func("chr", *node.expressions)
        return exp.Literal.string(node.this) if isinstance(node, exp.National) else node

    [parsed] = sqlglot.parse(statement, read="tsql")
    assert parsed is not None
    return parsed.transform(plain).sql("duckdb")
