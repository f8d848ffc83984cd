"""Every type of a contract, into the server and back, by bulk copy and by batches: the same values."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import LandingError
from pipelines.landing.destinations.sqlserver import canary
from pipelines.landing.destinations.sqlserver.connection import Connection
from pipelines.landing.destinations.sqlserver.copying import Route, load_file
from pipelines.landing.destinations.sqlserver.fields import Field, field_of
from pipelines.landing.destinations.sqlserver.statements import Relation
from tests.servers.tsql.process import serving
from tests.sqlserver.server import Server, settings_of

SCHEMA = "staging_types"
COLUMNS: dict[str, dict[str, Any]] = {
    "id": {"data_type": "bigint"},
    "short": {"data_type": "text", "precision": 12},
    "long": {"data_type": "text"},
    "price": {"data_type": "decimal", "precision": 12, "scale": 2},
    "wide": {"data_type": "decimal", "precision": 38, "scale": 0},
    "ratio": {"data_type": "double"},
    "flag": {"data_type": "bool"},
    "day": {"data_type": "date"},
    "at": {"data_type": "timestamp"},
    "raw": {"data_type": "binary"},
    "tree": {"data_type": "json"},
}
FIELDS = [field_of({"name": name, **column}) for name, column in COLUMNS.items()]
ROWS: list[tuple[Any, ...]] = [
    (1, "Zoë 😀", "x" * 18_000, Decimal("-0.01"), Decimal(-(2**90)), 0.1, True, date(1, 1, 1),
     datetime(2026, 3, 29, 1, 30, 0, 123456), b"\x00\xff", '{"a": "\\u0000"}'),
    (2, None, None, None, None, None, None, None, None, None, None),
    (3, "", "", Decimal("9999999999.99"), Decimal(10**37), -1e300, False, date(9999, 12, 31),
     datetime(1752, 9, 14), b"", "[]"),
    (-(2**63), "  padded ", "tab\tline\n'quote\" 𝒳", Decimal("0.00"), Decimal(0), 5e-324, True,
     date(2024, 2, 29), datetime(9999, 12, 31, 23, 59, 59, 999999), b"\x00" * 9000, "null"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def asked_anew() -> None:
    canary.forget()


def landed(server: Server, tmp_path, bulk: str, rows: list[tuple[Any, ...]], fields: list[Field] = FIELDS):
    """(rows as they come back, warnings) of a load of these rows, twice the number a copy is worth."""
    name = f"things_{bulk}"
    settings = settings_of(server, tmp_path / "home")
    route = Route("the server", lambda: Connection(settings), bulk)  # type: ignore[arg-type]
    many = [*rows, *((10 + at, *[None] * (len(fields) - 1)) for at in range(2_000))]
    columns = zip(*many, strict=True)
    arrays = [pa.array(values, field.arrow) for values, field in zip(columns, fields, strict=True)]
    pq.write_table(pa.table(arrays, names=[field.name for field in fields]), tmp_path / "rows.parquet")
    with closing(Connection(settings)) as session:
        session.run(f"if schema_id('{SCHEMA}') is null exec('create schema [{SCHEMA}]')")
        session.run(f"drop table if exists [{SCHEMA}].[{name}]")
        listed = ", ".join(f"[{field.name}] {field.type} null" for field in fields)
        session.run(f"create table [{SCHEMA}].[{name}] ({listed})")
        load_file(route, session, tmp_path / "rows.parquet", Relation(SCHEMA, name), fields)
        found = session.rows(f"select * from [{SCHEMA}].[{name}] order by [id]")
    assert len(found) == len(many)
    return [row for row in found if row[0] < 10], route.warnings


@pytest.mark.parametrize("bulk", ["auto", "off"])
def test_every_type_comes_back_as_it_was(server, tmp_path, bulk):
    found, warnings = landed(server, tmp_path, bulk, ROWS)
    assert [tuple(row) for row in found] == sorted(ROWS)
    assert warnings == [] or server.live  # a live server may be one whose bulk copy cannot be trusted


def test_a_time_with_a_zone_lands_as_utc(server, tmp_path):
    with closing(Connection(settings_of(server, tmp_path / "home"))) as session:
        there = datetime(2026, 10, 25, 2, 30, tzinfo=UTC)
        [(found,)] = session.rows("select cast(cast(? as datetimeoffset(6)) as datetime2(6))", [there])
        assert found == there.replace(tzinfo=None)


def test_a_text_too_long_for_its_column_lands_nothing(server, tmp_path):
    long = [(1, "x" * 13, *ROWS[0][2:])]
    with pytest.raises(LandingError) as refused:
        landed(server, tmp_path, "auto", long)
    assert "x" * 13 not in str(refused.value)
    assert server.ask(f"select count(*) from [{SCHEMA}].[things_auto]")[0][0] == 0


@pytest.mark.parametrize("how", ["misaligned", "short", "refused"])
def test_a_server_whose_bulk_copy_is_wrong_is_found_out(tmp_path, how):
    with serving("--bulk", how) as address:
        found, warnings = landed(Server(address, False), tmp_path, "auto", ROWS)
    assert [tuple(row) for row in found] == sorted(ROWS)
    [said] = warnings
    assert "in batches instead of by bulk copy" in said
