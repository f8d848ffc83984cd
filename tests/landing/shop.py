"""A small platform `shop`, landed from SQLite files or a MariaDB as any platform is.

Nothing is replaced but where the two YAML files are read from, and the source's clock, which a test moves.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymysql.converters import escape_item

from pipelines.landing.platform import PlatformOutcome
from pipelines.sources.replica import Timekeeper
from pipelines.sources.replica.mysql import MySqlReader
from pipelines.sources.replica.sqlite import SqliteReader
from tests.landing.own_warehouse import OwnWarehouse
from tests.servers.mariadb import MariaDb

START = datetime(2026, 7, 31, 12)
DAY = 86400
CONTRACT = """\
sources:
  - name: shop
    tables:
      - name: s_things
        config: {meta: {key: [id], version: changed, partition: {column: made, unit: epoch_seconds}}}
        columns:
          - {name: id, data_type: bigint,
             config: {meta: {source_type: bigint, personal: none, nullable: false}}}
          - {name: title, data_type: text(20), config: {meta: {source_type: varchar, personal: none}}}
          - {name: price, data_type: "decimal(12,2)", config: {meta: {source_type: decimal, personal: none}}}
          - {name: email, data_type: text(100),
             config: {meta: {source_type: varchar, personal: pseudonym, identifier: email}}}
          - {name: day, data_type: date, config: {meta: {source_type: varchar, personal: none}}}
          - {name: made, data_type: bigint, config: {meta: {source_type: bigint, personal: none}}}
          - {name: changed, data_type: bigint, config: {meta: {source_type: bigint, personal: none}}}
          - {name: letter, config: {meta: {source_type: longtext, personal: free_text}}}
"""
CONFIG = """\
platform: shop
kind: replica
table_prefix: s_
tables:
  s_things: {%s}
"""
WINDOW = "cursor: {column: changed, unit: epoch_seconds}, overlap: 60, page_rows: 3"
DDL = (
    "create table %s (id bigint%s, title varchar(60), price decimal(12,4), email varchar(60), "
    "day varchar(30), made bigint, changed bigint, letter longtext)"
)
BUSINESS = ("id", "title", "price", "email", "day", "made", "changed")


def epoch(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp())


class Shop(OwnWarehouse):
    """One warehouse and the sources of one platform; `clock` is what every source says the time is."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, fetch: str = "", contract: str = CONTRACT
    ) -> None:
        super().__init__(folder, "shop", sweep="never")
        self.clock = START
        self.keeper: Timekeeper | None = None
        self._servers: dict[str, tuple[MariaDb, str]] = {}
        self.fetch(fetch)
        self.contract(contract)
        patch.setattr("pipelines.landing.platform.contract_path", lambda platform: folder / "contract.yml")
        patch.setattr("pipelines.landing.platform.config_path", lambda platform: folder / "shop.yml")
        for reader in (SqliteReader, MySqlReader):
            patch.setattr(reader, "clock", lambda _: self.clock)

    def fetch(self, words: str) -> None:
        (self.folder / "shop.yml").write_text(CONFIG % words)

    def contract(self, text: str) -> None:
        (self.folder / "contract.yml").write_text(text)

    # ------------------------------------------------------------ sources

    def sqlite(self, instance: str = "main", prefix: str = "s_", key: str = "", ddl: str = DDL) -> None:
        """A site in a file of its own; `key` is what follows the type of `id`."""
        path = self.folder / f"{instance}.sqlite"
        self.sources[instance] = {"url": f"sqlite:///{path}", "table_prefix": prefix}
        self.sql(ddl % (f"{prefix}things", key), instance=instance)

    def mariadb(self, server: MariaDb, instance: str = "main", prefix: str = "s_", key: str = "") -> None:
        """A site in a database of its own, read over TLS by a login that may only SELECT."""
        database = f"shop_{instance}"
        server.create_database(database)
        self._servers[instance] = (server, database)
        place = {"url": server.url(database), "ca_file": server.ca_file, "table_prefix": prefix}
        self.sources[instance] = place
        self.sql(DDL % (f"{prefix}things", key), instance=instance)

    def sql(self, statement: str, *values: Any, instance: str = "main") -> None:
        """Changes a source, as its application would."""
        if instance in self._servers:
            server, name = self._servers[instance]
            text = statement.replace("?", "%s") % tuple(escape_item(value, "utf8mb4") for value in values)
            server.execute(f"set session sql_mode = ''; {text}", name)
            return
        with sqlite3.connect(self.folder / f"{instance}.sqlite") as database:
            database.execute(statement, values)
        database.close()

    def put(self, number: int, instance: str = "main", prefix: str = "s_", **values: Any) -> None:
        """Inserts or replaces a row; what is not given is made from its number, `changed` from the clock."""
        row = {
            "id": number, "title": f"thing {number}", "price": f"{number}.50",
            "email": f"p{number}@x.example", "day": "2026-01-02", "made": epoch(START) - number * DAY,
            "changed": epoch(self.clock) - 1, "letter": "Dear Ms Quillfeather",
        } | values  # fmt: skip
        self.sql(f"delete from {prefix}things where id = ?", number, instance=instance)
        places = ", ".join("?" for _ in row)
        self.sql(f"insert into {prefix}things values ({places})", *row.values(), instance=instance)

    def later(self, **by: float) -> None:
        self.clock += timedelta(**(by or {"hours": 1}))

    # ------------------------------------------------------------ warehouse

    def land(self) -> PlatformOutcome:
        return self._land(keeper=self.keeper)

    def landed(self) -> dict[str, Any]:  # type: ignore[override]  # of a shop, tests ask how many
        """One landing that must go well, as the counts of its only table."""
        return counts(self.land())

    def staging(self, columns: tuple[str, ...] = BUSINESS, table: str = "s_things") -> list[tuple[Any, ...]]:
        listed = ", ".join(("_instance", *columns))
        rows = self.rows(f"select {listed} from staging_shop.{table}")
        return sorted(rows, key=lambda row: [(value is None, value) for value in row])

    def ids(self) -> list[int]:
        return [row[1] for row in self.staging(("id",))]

    def touched(self) -> list[str]:
        """Days of made that the last load changed."""
        return sorted(str(row[0]) for row in self.rows(
            "select partition_date from ops.touched_partitions where load_id in (select load_id "
            "from ops.landings where looked_at = (select max(looked_at) from ops.landings))"))  # fmt: skip


def counts(outcome: PlatformOutcome) -> dict[str, Any]:
    """What happened to the only table of a landing without an error."""
    assert outcome.errors == []
    [table] = outcome.tables
    assert table.error is None
    return {
        "mode": table.mode, "read": table.rows_read, "landed": table.rows_landed,
        "refused": table.rows_quarantined, "deleted": table.rows_deleted,
    } | {reason: number for reason, number in table.filtered.items() if number}  # fmt: skip


@contextmanager
def open_shop(folder: Path, fetch: str = "", contract: str = CONTRACT) -> Iterator[Shop]:
    """A shop without a source yet; its warehouse is closed at the end."""
    with pytest.MonkeyPatch.context() as patch, Shop(folder, patch, fetch, contract) as shop:
        yield shop


def day(number: int) -> str:
    """The partition of thing `number`, as `put` makes it."""
    return str((START - timedelta(days=number)).date())
