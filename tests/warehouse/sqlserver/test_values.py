"""Values to a server and back, lists as parameters, tables brought to the local DuckDB.

The drivers are real; the server is a stand-in that runs T-SQL on DuckDB.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import SplitResult, urlsplit

import pytest

from pipelines.errors import LandingError
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.ops import create_ops
from pipelines.warehouse.sqlserver.values import in_duckdb, received, sent, spelled
from tests.servers.tsql.process import serving
from tests.warehouse.sqlserver.scripted import settings_for

EVERY = {
    "id": ("bigint", 2**62), "small": ("int", -7), "text": ("nvarchar(40)", "Zoë 😀 o'Brien"),
    "long": ("nvarchar(max)", "ä" * 9000), "price": ("decimal(12,2)", Decimal("-1234567.89")),
    "share": ("float", 0.1), "is_on": ("bit", True),
    "at": ("datetime2(6)", datetime(2024, 2, 29, 23, 59, 59, 999999)),
    "day": ("date", date(1970, 1, 1)), "raw": ("varbinary(max)", bytes(range(256)) * 40),
    "wide": ("decimal(38,0)", Decimal(2**100)),
}  # fmt: skip


@pytest.fixture(scope="module")
def address() -> Iterator[SplitResult]:
    """A process of its own: the driver keeps Python's lock while it fetches rows."""
    with serving() as url:
        yield urlsplit(url)


@pytest.fixture
def settings(address, tmp_path) -> Settings:
    where = {"database": address.path.strip("/"), "user": address.username, "password": address.password}
    return settings_for(tmp_path / "home", address.port, **where)


@pytest.fixture
def warehouse(settings) -> Iterator[Warehouse]:
    with open_warehouse(settings) as opened:
        for name in ("every_type", "things"):
            opened.execute(f"drop table if exists staging_shop.{name}")
        if not opened.rows("select 1 from INFORMATION_SCHEMA.SCHEMATA where SCHEMA_NAME = 'staging_shop'"):
            opened.execute("create schema staging_shop")
        listed = ", ".join(f'"{name}" {kind}' for name, (kind, _) in EVERY.items())
        opened.execute(f"create table staging_shop.every_type ({listed})")
        yield opened


def test_every_type_goes_and_comes_as_it_does_on_duckdb(warehouse):
    values = {name: value for name, (_, value) in EVERY.items()}
    warehouse.insert("staging_shop.every_type", [values, dict.fromkeys(values), values])
    rows = warehouse.rows('select * from staging_shop.every_type order by "id"')
    assert rows == [tuple([None] * len(EVERY)), tuple(values.values()), tuple(values.values())]
    assert [type(value) for value in rows[1]] == [type(value) for value in values.values()]
    [record] = warehouse.records('select top (1) * from staging_shop.every_type where "id" = ?', [2**62])
    assert record == values


def test_columns_and_types_are_the_servers_words(warehouse):
    assert warehouse.types("staging_shop", "every_type") == {name: kind for name, (kind, _) in EVERY.items()}
    assert warehouse.has_table("staging_shop", "every_type")
    assert warehouse.types("staging_shop", "nothing") == {}
    assert not warehouse.has_table("elsewhere", "every_type")


def test_a_list_is_one_parameter_on_both_engines(warehouse, tmp_path):
    with open_warehouse(Settings(home=tmp_path / "file")) as on_file:
        on_file.execute("create schema staging_shop")
        on_file.execute('create table staging_shop.every_type ("text" varchar, "day" date)')
        for one in (warehouse, on_file):
            rows = [{"text": "a'b", "day": date(2024, 1, day)} for day in (1, 2, 3)]
            one.insert("staging_shop.every_type", [*rows, {"text": "ä", "day": None}])
            by_day = f'select count(*) from staging_shop.every_type where "day" in {one.among("date")}'
            assert one.value(by_day, [[date(2024, 1, 1), date(2024, 1, 3)]]) == 2
            by_text = f'select count(*) from staging_shop.every_type where "text" in {one.among()}'
            assert one.value(by_text, [["ä", "x"]]) == 1
            assert one.value(by_text, [[]]) == 0


def test_a_brought_table_has_the_same_rows_in_the_local_duckdb(warehouse):
    values = {name: value for name, (_, value) in EVERY.items()}
    warehouse.insert("staging_shop.every_type", [values, dict.fromkeys(values)])
    relation = warehouse.brought("staging_shop", "every_type")
    assert warehouse.local.engine == "duckdb"
    [row] = warehouse.local.rows(f'select * from {relation} where "id" is not null')
    assert row == tuple(values.values())
    warehouse.execute("delete from staging_shop.every_type")
    assert warehouse.local.value(f"select count(*) from {relation}") == 2
    again = warehouse.brought("staging_shop", "every_type")
    assert again == relation
    assert warehouse.local.value(f"select count(*) from {again}") == 0
    assert warehouse.local.types("main", relation.strip('"'))["price"] == "DECIMAL(12,2)"


def test_only_the_named_columns_and_the_instances_rows_are_brought(warehouse):
    warehouse.execute(
        "create table staging_shop.things (id bigint, title nvarchar(20), _instance nvarchar(60))"
    )
    warehouse.insert(
        "staging_shop.things",
        [{"id": number, "title": "x", "_instance": name} for number, name in ((1, "main"), (2, "other"))],
    )
    ours = warehouse.brought("staging_shop", "things", ["id", "_instance"], "main")
    every = warehouse.brought("staging_shop", "things", ["id"])
    assert warehouse.local.rows(f"select * from {ours}") == [(1, "main")]
    assert sorted(warehouse.local.rows(f"select * from {every}")) == [(1,), (2,)]


def test_more_rows_than_a_batch_arrive_all_of_them_or_none(warehouse):
    warehouse.execute("create table staging_shop.things (id bigint not null)")
    warehouse.insert("staging_shop.things", [{"id": number} for number in range(2500)])
    assert warehouse.rows("select count(*), sum(id) from staging_shop.things") == [(2500, 3123750)]
    with pytest.raises(LandingError):
        warehouse.insert("staging_shop.things", [*({"id": number} for number in range(1500)), {"id": None}])
    assert warehouse.value("select count(*) from staging_shop.things") == 2500


def test_the_local_duckdb_goes_with_the_warehouse_and_a_killed_ones_is_swept(settings):
    folder = settings.work_folder / "local"
    folder.mkdir(parents=True)
    (folder / "999999999.0.duckdb").write_bytes(b"left")
    with open_warehouse(settings) as one, open_warehouse(settings) as other:
        assert not folder.glob("1*") or one.local.value("select 1") == 1
        assert other.local.value("select 1") == 1
        assert sorted(path.name for path in folder.glob("*.duckdb")) == [
            f"{os.getpid()}.0.duckdb", f"{os.getpid()}.1.duckdb"
        ]  # fmt: skip
    assert list(folder.iterdir()) == []


def test_half_of_the_local_memory_is_for_a_while(warehouse):
    limit = "select parse_formatted_bytes(current_setting('memory_limit'))"
    before = warehouse.local.value(limit)
    with warehouse.with_half_the_memory():
        assert warehouse.local.value(limit) == pytest.approx(before / 2, rel=0.01)
    assert warehouse.local.value(limit) == pytest.approx(before, rel=0.01)


def test_ops_is_made_and_written_and_a_reader_changes_nothing(warehouse, settings):
    create_ops(warehouse)
    create_ops(warehouse)
    step = {
        "run_id": "r",
        "step": "build",
        "outcome": "done",
        "seconds": 0.5,
        "finished_at": datetime(2024, 1, 1),
    }
    warehouse.insert("ops.steps", [step])
    assert warehouse.records("select * from ops.steps") == [step]
    assert warehouse.types("ops", "quarantine")["sealed_payload"] == "varbinary(max)"
    with open_warehouse(settings, read_only=True) as reader:
        reader.execute("delete from ops.steps")
        assert reader.value("select count(*) from ops.steps") == 1


# ---------------------------------------------------------------- without a server


def test_parameters_are_made_what_the_driver_binds():
    east = timezone(timedelta(hours=5))
    given = [None, True, 7, 2**63, "x", datetime(2024, 1, 1, 5, tzinfo=east), [date(2024, 1, 1), "ä"]]
    assert sent(given) == (
        None, True, 7, Decimal(2**63), "x", datetime(2024, 1, 1), '["2024-01-01", "\\u00e4"]'
    )  # fmt: skip


def test_a_time_with_a_zone_arrives_in_utc_without():
    east = datetime(2024, 1, 1, 5, tzinfo=timezone(timedelta(hours=5)))
    assert received([(1, None), (2, east)]) == [(1, None), (2, datetime(2024, 1, 1))]
    assert received([(datetime(2024, 1, 1, tzinfo=UTC),)]) == [(datetime(2024, 1, 1),)]


@pytest.mark.parametrize(
    ("kind", "spelling", "on_duckdb"),
    [
        (("nvarchar", 40, None, None), "nvarchar(40)", "varchar"),
        (("nvarchar", -1, None, None), "nvarchar(max)", "varchar"),
        (("decimal", None, 12, 2), "decimal(12,2)", "decimal(12,2)"),
        (("numeric", None, 12, 2), "decimal(12,2)", "decimal(12,2)"),
        (("datetime2", None, None, 6), "datetime2(6)", "timestamp"),
        (("datetimeoffset", None, None, 7), "datetimeoffset(7)", "timestamptz"),
        (("varbinary", -1, None, None), "varbinary(max)", "blob"),
        (("bit", None, None, None), "bit", "boolean"),
        (("float", None, 53, None), "float", "double"),
        (("BIGINT", None, 19, 0), "bigint", "bigint"),
        (("uniqueidentifier", None, None, None), "uniqueidentifier", "uuid"),
    ],
)
def test_types_are_spelled_as_declared(kind, spelling, on_duckdb):
    assert spelled(*kind) == spelling
    assert in_duckdb(spelling) == on_duckdb
