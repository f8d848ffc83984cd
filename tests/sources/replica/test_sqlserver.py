"""The SQL Server reader with Microsoft's real driver, against a stand-in whose tables DuckDB holds.

What only a SQL Server could show is not shown here: docs/operations.md lists it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

from pipelines.errors import NotAReplica, SourceInterrupted, SourceUnreachable
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import Reader, open_reader
from pipelines.sources.replica.reader import Select, SourceTable, check_table
from tests.landing.tables import classify, column, in_memory
from tests.landing.tables import table as contract_of
from tests.servers.tds import Cut, Failure, Rows, TdsServer
from tests.servers.tds_tables import Tables
from tests.sources.replica.things import contract, fetch, read

AT = column("at", "timestamp", source_type="datetime2")
NAME = column("name", "text", source_type="nvarchar")
LOW = "2026-01-01 00:00:00"
WHOLE = Select("things", (("[id]", "id"), ("[name]", "name")))


@pytest.fixture
def tables() -> Tables:
    """`things` with 1,000 rows, four a microsecond, and a primary key."""
    made = Tables({"things": {"id": "bigint", "at": "datetime2", "name": "nvarchar"}}, {"things": ("id",)})
    made.duckdb.execute(
        "create table things as select i::bigint as id, timestamp '2026-02-01 10:00:00.000001' "
        "+ interval (i // 4) microsecond as at, concat('Thing ', i) as name from range(1, 1001) as n(i)"
    )
    return made


@pytest.fixture
def server(tables) -> Iterator[TdsServer]:
    with closing(TdsServer(tables)) as listening:
        yield listening


@pytest.fixture
def reader(server) -> Iterator[Reader]:
    opened = at(server)
    opened.wait = lambda seconds: None  # type: ignore[method-assign]
    opened.guard()
    yield opened
    opened.close()


def at(server: TdsServer, settings: Settings | None = None, **more) -> Reader:
    given = {"url": f"mssql://reader:pw@127.0.0.1:{server.port}/shelf", **more}
    settings = settings or Settings(connect_timeout=5)
    return open_reader("shop", "main", InstanceSettings.model_validate(given), settings)


# ---------------------------------------------------------------- rows


def test_every_type_arrives_as_it_is(tables, reader):
    kinds = {
        "whole": "int", "long": "bigint", "tiny": "smallint", "yes": "bit", "much": "decimal",
        "part": "float", "day": "date", "moment": "datetime2", "wide": "nvarchar", "bytes": "varbinary",
        "guid": "uniqueidentifier",
    }  # fmt: skip
    tables.types["kinds"] = kinds
    tables.duckdb.execute(
        "create table kinds as select 7::integer as whole, 9007199254740993::bigint as long, "
        "-3::smallint as tiny, true as yes, -99999999999999999999999999999999.1234::decimal(38,4) as much, "
        "0.1::double as part, date '2024-02-29' as day, timestamp '9999-12-31 23:59:59.999999' as moment, "
        "concat('Zoë 📚', chr(0), 'end') as wide, '\\x00\\xFF'::blob as bytes, "
        "'3F2504E0-4F89-11D3-9A0C-0305E82C3301' as guid "
        "union all select null, null, null, null, null, null, null, null, null, null, null"
    )
    declared = [column(name, "text", source_type=kind) for name, kind in kinds.items()]
    _, rows = read(reader, contract_of(*declared, key=("whole",)), fetch(), name="kinds")
    assert [set(row.values()) for row in rows[1:]] == [{None}]
    assert rows[0] == {
        "whole": 7, "long": 9007199254740993, "tiny": -3, "yes": 1,
        "much": Decimal("-99999999999999999999999999999999.1234"), "part": 0.1, "day": date(2024, 2, 29),
        "moment": datetime(9999, 12, 31, 23, 59, 59, 999999), "wide": "Zoë 📚\0end", "bytes": b"\x00\xff",
        "guid": "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    }  # fmt: skip


def test_a_text_that_lost_half_a_surrogate_pair_is_refused_and_a_true_replacement_character_is_not(
    tables, reader
):
    answer = Rows(
        (("id", "bigint"), ("name", "nvarchar")),
        ((1, "whole"), (2, "half \ud83d pair"), (3, "true \ufdd0"), (4, None)),
    )
    tables.fails = [answer]
    [batch] = list(reader.stream(WHOLE))
    assert batch.column(1).to_pylist()[0::2] == [b"whole", "true \ufffd".encode()]
    found = classify(in_memory(), contract(NAME), pa.Table.from_batches([batch]))
    assert [(r.payload["id"], r.column, r.reason) for r in found.refused] == [(2, "name", "not_utf8")]
    assert found.landed.sort_by("id").column("name").to_pylist() == ["whole", "true \ufffd", None]


def test_texts_that_lost_nothing_stay_texts(tables, reader):
    tables.fails = [Rows((("id", "bigint"), ("name", "nvarchar")), ((1, "Zoë 📚"), (3, "true \ufdd0")))]
    [batch] = list(reader.stream(WHOLE))
    assert batch.column(1).to_pylist() == ["Zoë 📚", "true \ufffd"]


# ---------------------------------------------------------------- pages


def test_a_full_read_pages_by_its_key(server, reader):
    mode, rows = read(reader, contract(NAME), fetch(page_rows=300))
    assert mode == "full"
    assert [row["id"] for row in rows] == list(range(1, 1001))
    pages = [sql for sql in server.statements if "top (300)" in sql]
    assert len(pages) == 4
    assert "where ([id] > 300) order by [id]" in pages[1]


@pytest.mark.parametrize("page_rows", [1, 3, 999, 1000])
def test_a_window_goes_on_from_the_very_time_a_page_ended_with(tables, server, reader, page_rows):
    """Four rows share a time, and one time differs from the next by a microsecond."""
    tables.duckdb.execute("delete from things where id > 30")
    how = fetch(cursor={"column": "at", "unit": "timestamp"}, page_rows=page_rows, overlap=0)
    mode, rows = read(reader, contract(AT, NAME), how, LOW)
    assert mode == "window"
    assert [row["id"] for row in rows] == list(range(1, 31))
    assert any("convert(nvarchar(33), [at], 126)" in sql for sql in server.statements)


def test_rows_without_a_time_come_too_and_what_is_newer_than_the_servers_clock_waits(tables, reader):
    tables.duckdb.execute('update things set "at" = null where id = 5')
    later = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1)
    tables.duckdb.execute('update things set "at" = ? where id = 6', [later])
    how = fetch(cursor={"column": "at", "unit": "timestamp"}, page_rows=400, overlap=0)
    _, rows = read(reader, contract(AT, NAME), how, LOW)
    ids = [row["id"] for row in rows]
    assert ids[0] == 5 and 6 not in ids and len(ids) == len(set(ids)) == 999


# ---------------------------------------------------------------- cut and cancelled reads


@pytest.mark.parametrize(
    "failure",
    [Failure(3961), Failure(1205), Cut(), Rows((("id", "bigint"), ("name", "nvarchar"), ("_key", "bigint")),
     tuple((i, f"Thing {i}", i) for i in range(1, 6)), Cut())],
    ids=["snapshot", "deadlock", "cut", "cut in mid-page"],
)  # fmt: skip
def test_an_interrupted_read_goes_on_where_it_stopped(tables, server, reader, failure):
    tables.fails = [failure]
    _, rows = read(reader, contract(NAME), fetch(page_rows=300))
    assert [row["id"] for row in rows] == list(range(1, 1001))
    assert len(server.logins) == 2, "a connection on which anything failed is not used again"


def test_a_cut_that_the_driver_passes_over_is_no_end(tables, reader):
    """mssql-python 1.16 gives the rows before the cut, then says that there are no more."""
    tables.fails = [Rows((("id", "bigint"), ("name", "nvarchar")), ((1, "a"), (2, "b")), Cut())]
    batches = reader.stream(WHOLE)
    assert next(batches).num_rows == 2
    with pytest.raises(SourceInterrupted, match="connection broke while reading things"):
        next(batches)


def test_a_replica_that_became_the_writer_meanwhile_is_refused_before_the_next_page(tables, reader):
    tables.fails = [Failure(1205)]
    tables.updateability = "READ_WRITE"
    with pytest.raises(NotAReplica):
        read(reader, contract(NAME), fetch(page_rows=300))


def test_a_read_that_is_given_up_leaves_a_reader_that_reads(reader):
    first = reader.stream(WHOLE)
    assert next(first).num_rows
    first.close()
    _, rows = read(reader, contract(NAME), fetch(page_rows=600))
    assert len(rows) == 1000


# ---------------------------------------------------------------- what is asked


def test_nothing_but_settings_of_the_session_and_selects_is_ever_sent(server, reader):
    how = fetch(cursor={"column": "at", "unit": "timestamp"}, page_rows=400)
    read(reader, contract(AT, NAME), how, LOW)
    read(reader, contract(AT, NAME), fetch())
    reader.lag()
    reader.connections()
    kinds = {re.match(r"\w+", sql)[0] for sql in server.statements}  # type: ignore[index]
    assert kinds == {"set", "select"}
    assert [sql for sql in server.statements if sql.startswith("set")] == [
        "set dateformat ymd; set deadlock_priority low; set lock_timeout 10000"
    ]
    assert not [sql for sql in server.statements if re.search(r"\b(into|exec|openrowset|openquery)\b", sql)]
    assert server.asks_for_a_replica


def test_one_connection_does_it_all(server, reader):
    read(reader, contract(NAME), fetch(page_rows=300))
    assert len(server.logins) == reader.connections_opened == 1


def test_it_describes_columns_and_unique_keys(tables, reader):
    tables.types["odd"] = {"id": "INT", "stamp": "timestamp", "secret": "masked nvarchar"}
    assert reader.describe("things") == SourceTable(
        "things", tables.types["things"], frozenset({frozenset({"id"})})
    )
    assert reader.describe("odd").columns == {"id": "int", "stamp": "rowversion", "secret": "masked nvarchar"}
    assert reader.describe("nowhere").columns == {}


def test_a_masked_column_is_not_taken_for_what_it_hides(tables, reader):
    tables.types["things"]["name"] = "masked nvarchar"
    with pytest.raises(
        Exception, match=r"changed the type of name \(contract nvarchar, now masked nvarchar\)"
    ):
        check_table(reader, contract(NAME), reader.describe("things"))


def test_its_clock_is_utc_to_the_second(reader):
    told = reader.clock()
    assert told.tzinfo is None and told.microsecond == 0
    assert abs(datetime.now(UTC).replace(tzinfo=None) - told) < timedelta(seconds=3)


def test_lag_and_connections_are_known_to_a_login_that_may_see_them(tables, server):
    assert (at(server).lag(), at(server).connections()) == (None, None)
    tables.sees_server = True
    seeing = at(server)
    assert seeing.lag() == 3.0
    assert seeing.connections() == (41, 32767)
    tables.lag = (0, None)
    assert seeing.lag() is None
    tables.lag = (1, 3)
    with pytest.raises(SourceUnreachable, match="replication of this replica has stopped"):
        seeing.lag()
    seeing.close()
