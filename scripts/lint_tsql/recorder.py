"""`python -m scripts.lint_tsql.recorder PLAN WRITTEN`: what dbt says to SQL Server while it builds.

Stands in for Microsoft's driver: writes every batch down in the order of arrival and answers the adapter's
questions about the catalogue. PLAN is {"places": dbt's words for the project, "builds": [{"words": a build's
own, "relations": what is there already, {schema: {name: {"kind": "table" or "view", "columns": {name: T-SQL
type}}}}}]}. Every data test finds no row. WRITTEN gets for each build its [[dbt's node, batch], …].
Exits 1 when a build of dbt's fails.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

Rows = list[tuple[Any, ...]]
Relations = dict[str, dict[str, dict[str, Any]]]
_TYPE = re.compile(r"(\w+)(?:\((\w+)(?:, *(\d+))?\))?")


class Catalogue:
    """Answers to dbt-sqlserver's own questions, each known by a text that only it has."""

    def __init__(self, relations: Relations) -> None:
        self.relations = relations

    def answer(self, batch: str) -> tuple[tuple[str, ...], Rows]:
        """Names and rows; neither for a statement."""
        for sign, (names, rows) in _ANSWERS.items():
            if sign in batch:
                return names, rows(self, batch)
        return (), []

    def schemas(self, _: str) -> Rows:
        return [(name,) for name in self.relations]

    def listed(self, batch: str) -> Rows:
        schema = re.findall(r"schema_id\('([^']*)'\)", batch)[0]
        database = re.findall(r"USE \[([^]]*)\]", batch)[0]
        found = self.relations.get(schema, {})
        return [(database, name, schema, relation["kind"]) for name, relation in found.items()]

    def columns(self, batch: str) -> Rows:
        """Of a table that dbt fills on the way the columns are those of the table it is for."""
        schema, name = re.findall(r"object_id\('([^']*)'\)", batch)[0].replace('"', "").split(".")[-2:]
        name = name.removesuffix("__dbt_temp").removesuffix("__dbt_tmp")
        known = self.relations.get(schema, {}).get(name, {"columns": {}})
        return [_column(column, kind) for column, kind in known["columns"].items()]


Answer = tuple[tuple[str, ...], Callable[[Catalogue, str], Rows]]
_ANSWERS: dict[str, Answer] = {
    "as should_error": (
        ("failures", "should_warn", "should_error"), lambda *_: [(0, "false", "false")],
    ),
    "as marker_count": (("marker_count",), lambda *_: [(0,)]),
    "as table_type": (("database", "name", "schema", "table_type"), Catalogue.listed),
    "from sys.columns c": (
        ("column_name", "data_type", "character_maximum_length", "numeric_precision", "numeric_scale"),
        Catalogue.columns,
    ),
    "sys.dm_exec_describe_first_result_set(N'": (
        ("is_hidden", "name", "system_type_name", "error_number", "error_message"),
        lambda *_: [(False, "dbt_updated_at", "datetime2(6)", None, None)],
    ),
    ") dbt_sbq_tmp": (("dbt_updated_at",), lambda *_: []),
    "name as [schema]": (("schema",), Catalogue.schemas),
}  # fmt: skip


def _column(name: str, kind: str) -> tuple[Any, ...]:
    word, first, second = _TYPE.findall(kind.lower())[0]
    if word in ("nvarchar", "varchar", "varbinary"):
        return name, word, int(first) if first.isdigit() else -1, 0, 0
    return name, word, None, int(first or 0), int(second or 0)


class Recorder:
    """The batches so far, each with the node that dbt names in its comment; a BEGIN is of what follows it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue, self.batches = catalogue, list[tuple[str, str]]()
        self._node, self._waiting = "", list[str]()

    def take(self, text: str) -> tuple[tuple[str, ...], Rows]:
        comment = re.match(r"\s*/\* (\{.*?\}) \*/", text)
        batch = re.sub(r"\n\s*\n+", "\n", text[comment.end() if comment else 0 :]).strip()
        if comment:
            self._node = json.loads(comment[1]).get("node_id", "")
            self.batches += [(self._node, waited) for waited in self._waiting]
            self._waiting = []
        if not comment and batch == "BEGIN TRANSACTION":
            self._waiting.append(batch)
        else:
            self.batches.append((self._node, batch))
        return self.catalogue.answer(batch)


class Connection:
    """What dbt-sqlserver uses of a connection of mssql-python."""

    autocommit, timeout = True, 0

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def cursor(self) -> Cursor:
        return Cursor(self._recorder)

    def close(self) -> None:
        """Nothing is open."""

    commit = rollback = close


class Cursor:
    """What dbt-sqlserver uses of a cursor of mssql-python."""

    rowcount = 0

    def __init__(self, recorder: Recorder) -> None:
        self._recorder, self._rows = recorder, Rows()
        self.description: list[tuple[Any, ...]] | None = None

    def execute(self, sql: str, parameters: object = None) -> None:
        names, self._rows = self._recorder.take(sql)
        self.description = [(name, str, None, None, None, None, None) for name in names] or None

    def fetchall(self) -> Rows:
        return self._rows

    def nextset(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing is open."""


def driver(builds: list[Recorder]) -> ModuleType:
    """A module in the place of `mssql_python`; the last of the builds is the one that goes on."""
    module = ModuleType("mssql_python")
    for name in ("Error", "DatabaseError", "InterfaceError", "InternalError", "OperationalError"):
        setattr(module, name, type(name, (Exception,), {}))
    module.connect = lambda *_, **__: Connection(builds[-1])  # type: ignore[attr-defined]
    module.pooling = lambda *_, **__: None  # type: ignore[attr-defined]
    return module


def main(plan: str, written: str) -> int:
    """Runs dbt in this process on the driver above, parsing the project once."""
    builds: list[Recorder] = []
    sys.modules["mssql_python"] = driver(builds)
    from dbt.cli.main import dbtRunner

    planned = json.loads(Path(plan).read_text(encoding="utf-8"))
    done = dbtRunner().invoke(["parse", *planned["places"]])
    parsed, good = done.result, done.success
    for build in planned["builds"] if good else ():
        builds.append(Recorder(Catalogue(build["relations"])))
        done = dbtRunner(manifest=parsed).invoke(["build", *planned["places"], *build["words"]])
        good = good and done.success
    if done.exception:
        print(done.exception)
    Path(written).write_text(json.dumps([build.batches for build in builds]), encoding="utf-8")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
