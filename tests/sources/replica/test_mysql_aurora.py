"""Aurora and RDS Proxy: endpoints that lead to the writer, failovers in mid-read, certificates of proxies.

MariaDB stands in for the server. Aurora's own variable and names are faked; what follows from them is real.
"""

from __future__ import annotations

import re
import ssl
from contextlib import closing, suppress
from pathlib import Path

import pymysql
import pytest

from pipelines.errors import NotAReplica, SourceInterrupted
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import Reader, open_read, open_reader
from pipelines.sources.replica.ca_bundle import trusted
from pipelines.sources.replica.mysql import MySqlReader
from pipelines.sources.replica.mysql_replica import is_replica, proof, refusal
from pipelines.sources.replica.reader import Select
from tests.landing.tables import column
from tests.servers.certificates import ELSEWHERE, LOOPBACK, Authority
from tests.servers.relay import Relay
from tests.sources.replica.things import Heard, contract, fetch, read

DATABASE = "aurora_like"
READER = "shop.cluster-ro-c1abc2.eu-west-2.rds.amazonaws.com"
WRITER = "shop.cluster-c1abc2.eu-west-2.rds.amazonaws.com"
PROXY = "shop.proxy-c1abc2.eu-west-2.rds.amazonaws.com"
PROXY_READER = "readers.endpoint.proxy-c1abc2.eu-west-2.rds.amazonaws.com"
KILL = "select id from information_schema.processlist where user = 'reader'"


@pytest.fixture(scope="module")
def server(mariadb):
    mariadb.create_database(DATABASE)
    mariadb.execute(
        "create table things (id bigint primary key, name varchar(2000)); "
        "insert into things select seq, repeat('x', 1000) from seq_1_to_60000",
        DATABASE,
    )
    return mariadb


@pytest.fixture
def reader(server):
    opened = at(server)
    opened.guard()
    yield opened
    opened.close()


def at(server, **more) -> Reader:
    given = {"url": server.url(DATABASE), "ca_file": server.ca_file, **more}
    return open_reader("shop", "main", InstanceSettings.model_validate(given), Settings())


def as_aurora(monkeypatch, read_only: int, innodb_read_only: int) -> None:
    """The server answers as an Aurora does to what the guard asks."""
    asked = MySqlReader._all

    def answer(self, sql: str, *values: object) -> list[tuple]:
        if "aurora_server_id" in sql:
            return [("aurora_server_id", "shop-1")]
        return [(read_only, innodb_read_only)] if "read_only" in sql else asked(self, sql, *values)

    monkeypatch.setattr(MySqlReader, "_all", answer)


def kill(server) -> None:
    for (number,) in server.execute(KILL):
        with suppress(pymysql.err.OperationalError):  # it may have ended by itself
            server.execute(f"kill connection {number}")


# ---------------------------------------------------------------- is it a replica?


@pytest.mark.parametrize(
    ("read_only", "engine_read_only", "aurora", "replica"),
    [(0, 1, True, True), (1, 0, True, False), (0, 0, True, False), (1, 0, False, True), (0, 0, False, False)],
)
def test_auroras_readers_are_told_by_their_engine_alone(read_only, engine_read_only, aurora, replica):
    assert is_replica(read_only, engine_read_only, aurora=aurora) is replica


def test_an_aurora_reader_is_accepted_though_it_is_not_read_only(monkeypatch, server):
    as_aurora(monkeypatch, 0, 1)
    accepted = at(server)
    accepted.guard()
    assert accepted.connections_opened == 1
    accepted.close()


def test_an_aurora_writer_that_says_it_is_read_only_is_refused(monkeypatch, server):
    as_aurora(monkeypatch, 1, 0)
    with pytest.raises(NotAReplica, match="is not a read-only replica"):
        at(server).guard()


def test_a_reader_endpoint_that_leads_to_the_writer_says_so(monkeypatch, reader):
    as_aurora(monkeypatch, 0, 0)
    reader._target.host = READER
    with pytest.raises(NotAReplica) as caught:
        reader.guard()
    assert f"the reader endpoint {READER} leads to the writer, as it does while no" in caught.value.what
    assert "Have a reader started" in caught.value.advice
    assert "WAREHOUSE_SOURCES__SHOP__MAIN__ALLOW_PRIMARY=true" in caught.value.advice


@pytest.mark.parametrize("host", [WRITER, PROXY, "replica.school.example", "127.0.0.1"])
def test_other_hosts_are_only_no_replica(host):
    assert refusal("shop/main", host).what == f"shop/main: {host} is not a read-only replica."


# ---------------------------------------------------------------- failover


def test_the_connection_that_reads_proves_itself_for_every_page(server, reader):
    """connectorx connects anew for each chunk, and by then the name may lead to the writer."""
    pages = read_in_pages(reader)
    next(pages)
    with server.as_primary(), pytest.raises(NotAReplica):
        list(pages)


def test_a_guard_that_was_cut_is_not_mended_without_proof(server, reader):
    kill(server)
    reader.clock()
    with server.as_primary():
        kill(server)
        with pytest.raises(NotAReplica):
            reader.clock()


def test_a_read_cut_in_mid_page_goes_on_where_it_stopped(server, relay, monkeypatch):
    monkeypatch.setattr("pipelines.sources.replica.reader.sleep", lambda _: None)
    reader = through(relay, server)
    heard, name = Heard(reader), column("name", "text", source_type="varchar")
    rows = [number for part in read_in_pages(reader, name, page_rows=50_000) for number in part]
    assert rows == list(range(1, 60_001))
    resumed = int(re.search(r"`id` > (\d+)", heard.statements[1])[1])  # type: ignore[index]
    assert 0 < resumed < 50_000
    reader.close()


def test_a_cut_that_nobody_resumes_says_so(server, relay):
    reader = through(relay, server)
    with pytest.raises(SourceInterrupted, match="connection broke while reading things"):
        list(reader.stream(Select("things", (("id", "id"), ("name", "name")))))
    reader.close()


@pytest.fixture
def relay(server):
    with closing(Relay(server.port, 20_000_000)) as opened:
        yield opened


def through(relay: Relay, server) -> Reader:
    """A reader whose connections go through the relay: one of them is cut after 20 MB of a page's 50."""
    reader = at(server, url=server.url(DATABASE).replace(f":{server.port}/", f":{relay.port}/"))
    reader.guard()
    return reader


def test_a_primary_that_is_allowed_needs_no_proof(server):
    with server.as_primary():
        allowed = at(server, allow_primary=True)
        allowed.guard()
        _, rows = read(allowed, contract(), fetch(page_rows=40_000))
        allowed.close()
    assert len(rows) == 60_000


@pytest.mark.parametrize("aurora", [True, False])
def test_the_proof_asks_the_word_of_the_engine(aurora):
    assert proof(aurora=aurora) == (
        f"set @is_replica = if({'' if aurora else '@@global.read_only or '}@@innodb_read_only, 1, "
        "(select 1 union all select 2))"
    )


def read_in_pages(reader, *columns, page_rows: int = 20_000):
    """The ids of each batch of a full read."""
    how = fetch(page_rows=page_rows)
    opened = open_read(reader, contract(*columns), how, reader.describe("things"), None)
    return (batch.column("id").to_pylist() for batch in opened.batches)


# ---------------------------------------------------------------- certificates


@pytest.fixture
def authorities(tmp_path, monkeypatch) -> dict[str, Path]:
    """Two CAs, `rds` and `amazon` (the system's), and a certificate of each (`<ca>.server`, `.key`)."""
    files = {}
    for name, hosts in (("rds", LOOPBACK), ("amazon", ELSEWHERE)):
        ca = Authority(f"CA {name}")
        files[name] = ca.write(tmp_path / f"{name}.pem")
        files[f"{name}.server"], files[f"{name}.key"] = tmp_path / f"{name}.crt", tmp_path / f"{name}.key"
        ca.issue(hosts, files[f"{name}.server"], files[f"{name}.key"])
    paths = ssl.get_default_verify_paths()._replace(cafile=str(files["amazon"]))
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    return files


def verifies(bundle: Path, certificate: Path, key: Path, host: str) -> bool:
    """Whether a client that trusts `bundle` ends a handshake with a server of this certificate."""
    inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context(cafile=str(bundle)).wrap_bio(inward, outward, server_hostname=host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = context.wrap_bio(outward, inward, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError:
                return False
    return True


@pytest.mark.parametrize("host", [PROXY, PROXY_READER])
def test_a_proxy_is_verified_by_the_systems_authorities_too(authorities, host):
    bundle = trusted(authorities["rds"], host)
    assert bundle == trusted(authorities["rds"], host), "written once"
    for name, own in (("amazon", "replica.elsewhere.example"), ("rds", "localhost")):
        assert verifies(bundle, authorities[f"{name}.server"], authorities[f"{name}.key"], own)
        assert not verifies(
            bundle, authorities[f"{name}.server"], authorities[f"{name}.key"], "other.example"
        )


@pytest.mark.parametrize(
    "host", [READER, WRITER, "replica.school.example", "proxy-1.rds.amazonaws.com.evil.example"]
)
def test_nobody_else_is(authorities, host):
    bundle = trusted(authorities["rds"], host)
    assert bundle == authorities["rds"]
    amazon = (authorities["amazon.server"], authorities["amazon.key"])
    assert not verifies(bundle, *amazon, "replica.elsewhere.example")
    assert trusted(None, host) == authorities["amazon"]


def test_both_drivers_get_that_file(authorities):
    where = {"url": f"mysql://reader:pw@{PROXY}/shop", "ca_file": authorities["rds"]}
    target = MySqlReader("shop/main", InstanceSettings.model_validate(where), Settings())._target
    bundle = str(trusted(authorities["rds"], PROXY))
    assert target.pymysql_arguments()["ssl_ca"] == bundle
    assert f"ssl-ca={bundle}" in target.connectorx_url()
