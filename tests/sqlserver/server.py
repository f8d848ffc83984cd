"""The SQL Server under test, live or the stand-in: its settings, its emptying, its rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pipelines.settings import Settings
from pipelines.sqlserver_settings import SqlServerSettings
from tests.dbt_project.live_sqlserver import connection_string

_OURS = "(s.name like 'staging%' or s.name like '[_]dlt[_]%' or s.name like 'build[_]%' or s.name like 'next[_]%'" \
    " or s.name in ('ops', 'intermediate', 'history', 'core', 'customer_insight', 'course_activity'))"
_LISTED = (
    "select s.name, o.name, o.type from sys.objects as o inner join sys.schemas as s on s.schema_id = o.schema_id"
    f" where o.type in ('U', 'V') and {_OURS}"
)
_MARK = "warehouse_tests_may_empty_this_database"


@dataclass(frozen=True)
class Server:
    """`url` as in `live_sqlserver.EXAMPLE`; `live`: not the stand-in."""

    url: str
    live: bool

    def settings(self) -> dict[str, str]:
        """The warehouse's settings for it."""
        parts = urlsplit(self.url)
        words = {name.lower(): value.lower() for name, value in parse_qsl(parts.query)}
        return {
            "WAREHOUSE_ENGINE": "sqlserver",
            "WAREHOUSE_SQLSERVER__HOST": parts.hostname or "",
            "WAREHOUSE_SQLSERVER__PORT": str(parts.port or 1433),
            "WAREHOUSE_SQLSERVER__DATABASE": unquote(parts.path.strip("/")),
            "WAREHOUSE_SQLSERVER__USER": unquote(parts.username or ""),
            "WAREHOUSE_SQLSERVER__PASSWORD": unquote(parts.password or ""),
            "WAREHOUSE_SQLSERVER__ENCRYPT": str(words.get("encrypt", "yes") not in ("no", "false")).lower(),
            "WAREHOUSE_SQLSERVER__TRUST_CERTIFICATE": str(
                words.get("trustservercertificate", "no") in ("yes", "true")
            ).lower(),
        }

    @contextmanager
    def connected(self) -> Iterator[Any]:
        """A session that commits each statement."""
        import mssql_python

        mssql_python.pooling(enabled=False)
        with closing(mssql_python.connect(connection_string(self.url), autocommit=True)) as connection:
            yield connection

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.connected() as connection, closing(connection.cursor()) as cursor:
            cursor.execute(sql, values)
            return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

    def empty(self) -> None:
        """Drops what a warehouse has in the database. Raises AssertionError when that may be somebody's."""
        found = self.ask(_LISTED)
        marked = self.ask(f"select object_id('dbo.{_MARK}')")[0][0] is not None
        assert marked or not found, (
            f"the database of WAREHOUSE_TEST_SQLSERVER_URL holds a warehouse that these tests did not make "
            f"({len(found)} tables and views): name an empty database"
        )
        if not marked:
            self.ask(f"create table dbo.{_MARK} (a int)")
        for schema, name, kind in sorted(found, key=lambda each: each[2].strip() != "V"):
            self.ask(f"drop {'view' if kind.strip() == 'V' else 'table'} [{schema}].[{name}]")

    def tables(self, *schemas: str) -> dict[str, list[str]]:
        """Columns of every table of these schemas, by `schema.table`."""
        listed = ", ".join(f"'{schema}'" for schema in schemas)
        rows = self.ask(
            "select table_schema, table_name, column_name from information_schema.columns"
            f" where table_schema in ({listed}) order by table_schema, table_name, ordinal_position"
        )
        found: dict[str, list[str]] = {}
        for schema, table, column in rows:
            found.setdefault(f"{schema}.{table}", []).append(column)
        return found


def settings_of(server: Server, home: Path) -> Settings:
    """The project's settings for the server, with a home of their own."""
    given = {name.split("__", 1)[1].lower(): value for name, value in server.settings().items() if "__" in name}
    return Settings(home=home, engine="sqlserver", sqlserver=SqlServerSettings(**given))
