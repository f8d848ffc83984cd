"""What a real MariaDB sees of us: its lag, our connections, and nothing sent but SELECT, SHOW and SET."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pipelines.errors import SourceUnreachable
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import PacedReader, open_reader
from pipelines.sources.replica.mysql import MySqlReader
from pipelines.sources.replica.reader import Select
from tests.servers.mariadb import MariaDb

DATABASE = "paced"
ROWS = Select("things", (("`id`", "id"),), order=("`id`",), rows=100)
# SET NAMES: PyMySQL's own, the character set of its session
HARMLESS = re.compile(r"(select|show|set session|set names|set @is_replica)\b", re.IGNORECASE)


def settings_of(server: MariaDb, **more: object) -> InstanceSettings:
    return InstanceSettings.model_validate(
        {"url": server.url(DATABASE), "ca_file": server.ca_file, "max_wait_seconds": 0, **more}
    )


@contextmanager
def reading(server: MariaDb, **more: object) -> Iterator[PacedReader]:
    """A guarded, paced reader of one server."""
    where = settings_of(server, **more)
    reader = PacedReader(open_reader("shop", "main", where, Settings()), where)
    try:
        reader.guard()
        yield reader
    finally:
        reader.close()


@pytest.fixture(scope="module")
def server(mariadb) -> MariaDb:
    mariadb.create_database(DATABASE)
    mariadb.execute(
        "create table things (id int primary key); insert into things select seq from seq_1_to_60000",
        DATABASE,
    )
    return mariadb


@contextmanager
def overheard(server: MariaDb) -> Iterator[list[tuple[str, str]]]:
    """What users of the server send, as (kind, text), once the block has ended."""
    server.execute("truncate mysql.general_log; set global log_output = 'TABLE'; set global general_log = 1")
    heard: list[tuple[str, str]] = []
    try:
        yield heard
    finally:
        server.execute("set global general_log = 0")
        rows = server.execute(
            "select command_type, convert(argument using utf8mb4) from mysql.general_log "
            "where user_host like '%[reader]%' order by event_time"
        )
        heard += [(str(kind), str(text)) for kind, text in rows]


# ---------------------------------------------------------------- lag and connections


@pytest.fixture
def may_ask(mariadb_pair) -> Iterator[None]:
    mariadb_pair.create_database(DATABASE)
    mariadb_pair.execute("create table things (id int primary key)", DATABASE)
    mariadb_pair.caught_up()
    mariadb_pair.replica.execute("grant replica monitor on *.* to reader@'%'")
    yield
    mariadb_pair.replica.execute("revoke replica monitor on *.* from reader@'%'")


@pytest.mark.usefixtures("may_ask")
def test_the_replica_tells_how_far_it_is_behind(mariadb_pair):
    with reading(mariadb_pair.replica) as reader, mariadb_pair.delayed(600):
        mariadb_pair.execute("insert into things values (1)", DATABASE)
        mariadb_pair.wait_for_lag(2)
        lag = reader.lag()
        assert lag is not None and 2 <= lag < 60
    with reading(mariadb_pair.replica) as reader:
        assert reader.lag() == 0.0


@pytest.mark.usefixtures("may_ask")
def test_replication_that_has_stopped_is_no_lag_of_zero(mariadb_pair):
    with (
        reading(mariadb_pair.replica) as reader,
        mariadb_pair.applying_stopped(),
        pytest.raises(SourceUnreachable, match="replication of this replica has stopped"),
    ):
        reader.lag()


def test_a_login_that_may_not_know_and_a_server_that_follows_nobody(mariadb_pair, server):
    with reading(mariadb_pair.replica, url=mariadb_pair.replica.url("replicated")) as reader:
        assert reader.lag() is None
        assert reader.lag() is None
    server.execute("grant replica monitor on *.* to reader@'%'")
    try:
        with reading(server) as reader:
            assert reader.lag() is None
    finally:
        server.execute("revoke replica monitor on *.* from reader@'%'")


def test_connections_in_use_and_allowed(server):
    with reading(server) as one, reading(server, url=server.url(DATABASE) + "?") as two:
        used, allowed = one.connections() or (0, 0)
        assert allowed == 40
        assert 2 <= used <= 6
        [next(two.stream(ROWS))]
        assert one.load.connections_opened == 0  # counted when the landing ends


# ---------------------------------------------------------------- our own connections


def most_at_once(heard: list[tuple[str, str]]) -> int:
    """Connections at the same time, by the server's own log of who came and went."""
    now = most = 0
    for kind, _ in heard:
        now += {"Connect": 1, "Quit": -1}.get(kind, 0)
        most = max(most, now)
    return most


def test_the_connections_a_reader_declares_are_those_the_server_counts(server):
    with overheard(server) as heard, reading(server) as reader:
        for _ in range(3):
            list(reader.stream(ROWS))
    assert most_at_once(heard) == MySqlReader.connections_held + MySqlReader.connections_per_read
    assert [kind for kind, _ in heard].count("Connect") == reader.load.connections_opened == 4


def test_a_landing_fits_into_the_limit_that_the_server_holds(server):
    """Chunk after chunk without a pause: a connection that lingered would be one too many."""
    server.execute(
        f"create or replace user capped@'%' identified by '{server.password('reader')}' "
        "with max_user_connections 2; grant select on paced.* to capped@'%'"
    )
    url = server.url(DATABASE).replace("reader:", "capped:")
    with reading(server, url=url) as reader:
        for _ in range(30):
            assert sum(batch.num_rows for batch in reader.stream(ROWS)) == 100
        assert reader.describe("things").columns == {"id": "int"}
    assert reader.load.connections_opened == 31


def test_a_guard_connection_is_in_no_transaction(server):
    with reading(server) as reader:
        reader.describe("things")
        reader.clock()
        open_ones = "select count(*) from information_schema.innodb_trx"
        assert server.execute(open_ones)[0][0] == 0


# ---------------------------------------------------------------- nothing but SELECT


def test_nothing_is_sent_but_select_show_and_set_session(server):
    with overheard(server) as heard, reading(server) as reader:
        reader.describe("things")
        reader.clock()
        assert sum(batch.num_rows for batch in reader.stream(ROWS)) == 100
    said = [text for kind, text in heard if kind in ("Query", "Prepare", "Execute")]
    assert [text for text in said if not HARMLESS.match(text.strip())] == []
    assert {kind for kind, _ in heard} <= {
        "Connect", "Query", "Prepare", "Execute", "Close stmt", "Ping", "Quit", "Init DB", "Reset stmt",
    }  # fmt: skip
    assert sum("from `things`" in text for text in said) >= 1
    assert reader.load.connections_opened == 2
    writes = [
        text for text in said if re.search(r"\b(insert|update|delete|create|drop|lock|into)\b", text, re.I)
    ]
    assert writes == []
