"""Where the cursor matrix is played: written at a primary, read from its replica, MariaDB or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from tests.servers.mariadb_pair import MariaDbPair
from tests.servers.postgresql import PostgreSql

DATABASE = "matrix"


class Place(Protocol):
    """A primary to write at and the replica's address."""

    source: dict[str, Any]
    reader: str  # the class whose clock the story sets

    def execute(self, sql: str) -> None:
        """Statements at the primary, committed; the replica has them when this returns."""

    def begin(self, statements: list[str]) -> Callable[[], None]:
        """A transaction at the primary that has done these and stays open; what is returned commits it."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What is committed at the primary."""


class MariaDbPlace:
    reader = "pipelines.sources.replica.mysql.MySqlReader"

    def __init__(self, pair: MariaDbPair) -> None:
        self._pair = pair
        pair.create_database(DATABASE)
        pair.caught_up()
        self.source = {"url": pair.replica.url(DATABASE), "ca_file": pair.replica.ca_file}

    def execute(self, sql: str) -> None:
        self._pair.execute(sql, DATABASE)
        self._pair.caught_up()

    def begin(self, statements: list[str]) -> Callable[[], None]:
        connection = self._pair.open_transaction(DATABASE)
        for statement in statements:
            connection.query(statement)

        def commit() -> None:
            connection.commit()
            connection.close()
            self._pair.caught_up()

        return commit

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return list(self._pair.execute(sql, DATABASE))


class PostgreSqlPlace:
    reader = "pipelines.sources.replica.postgresql.PostgreSqlReader"

    def __init__(self, server: PostgreSql) -> None:
        self._server = server
        server.create_database(DATABASE)
        self.source = {"url": server.url(DATABASE), "ca_file": server.ca_file}

    def execute(self, sql: str) -> None:
        self._server.execute(sql, DATABASE)

    def begin(self, statements: list[str]) -> Callable[[], None]:
        connection = self._server.primary.connect(DATABASE)
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

        def commit() -> None:
            connection.commit()
            connection.close()
            self._server.caught_up()

        return commit

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._server.query(sql, DATABASE)
