"""The one owner of connections: transactions hold or vanish, and every failure is a sentence of ours."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import DiskFull, LandingError, UsageError, WarehouseLocked
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_published, open_warehouse
from pipelines.warehouse.duckdb import storage_error, translated
from pipelines.warehouse.ops import create_ops


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path / "home", lock_timeout=1)


@pytest.fixture
def warehouse(settings):
    with open_warehouse(settings) as opened:
        yield opened


# ---------------------------------------------------------------- statements


def test_rows_values_and_inserts(warehouse):
    warehouse.execute("create table t (a integer, b varchar)")
    warehouse.insert("t", [{"b": "x", "a": 1}, {"b": None, "a": 2}])
    warehouse.insert("t", [])
    assert warehouse.rows("select a, b from t order by a") == [(1, "x"), (2, None)]
    assert warehouse.value("select b from t where a = $a", {"a": 1}) == "x"
    assert warehouse.value("select b from t where a = 9") is None


def test_tables_and_columns_are_found_by_schema(warehouse):
    warehouse.execute('create schema s; create table s.t ("Second" integer, first integer)')
    assert (warehouse.has_table("s", "t"), warehouse.has_table("main", "t")) == (True, False)
    assert warehouse.columns("s", "t") == ["Second", "first"]


def test_a_transaction_holds_wholly_or_not_at_all(warehouse):
    warehouse.execute("create table t (a integer)")
    with warehouse.transaction():
        warehouse.execute("insert into t values (1)")
    with pytest.raises(KeyboardInterrupt), warehouse.transaction():
        warehouse.execute("insert into t values (2)")
        raise KeyboardInterrupt
    assert warehouse.rows("select a from t") == [(1,)]


def test_a_file_written_anew_within_a_second_is_read_as_it_is(warehouse, tmp_path):
    """Inode, size and second of the file stay the same; DuckDB's cache of files takes it for the old one."""
    file = tmp_path / "rows.parquet"
    for value in range(20):
        pq.write_table(pa.table({"value": [100 + value]}), file)
        assert warehouse.value("select max(value) from read_parquet(?)", [str(file)]) == 100 + value


def test_times_are_utc(warehouse):
    moment = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert warehouse.value("select cast(? as timestamp)", [moment]) == datetime(2026, 7, 1, 12)
    assert warehouse.value("select current_setting('TimeZone')") == "UTC"


def test_the_memory_limit_and_the_spill_folder_are_the_settings(settings, warehouse):
    assert warehouse.value("select current_setting('temp_directory')") == str(settings.work_folder / "spill")
    limit = warehouse.value("select current_setting('memory_limit')")
    assert limit.startswith("381")  # 400 MB in MiB


def test_ops_is_made_once_and_kept(warehouse):
    create_ops(warehouse)
    step = {"run_id": "r", "step": "land", "outcome": "done", "finished_at": datetime(2026, 7, 1)}
    warehouse.insert("ops.steps", [step])
    create_ops(warehouse)
    assert warehouse.rows("select run_id, step from ops.steps") == [("r", "land")]


# ---------------------------------------------------------------- files


def held(path: Path) -> subprocess.Popen:
    """Another process that has the file open, as a notebook would."""
    program = (
        f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('open', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def test_a_file_that_another_process_holds_is_locked_and_says_so(settings):
    open_warehouse(settings).close()
    other = held(settings.warehouse_file)
    try:
        for read_only in (False, True):
            with pytest.raises(
                WarehouseLocked, match=r"warehouse\.duckdb is held by another process"
            ) as locked:
                open_warehouse(settings, read_only=read_only)
            assert locked.value.retryable
            assert locked.value.__cause__ is None
    finally:
        other.communicate("")
    open_warehouse(settings).close()


def test_a_reader_of_nothing_is_told_what_to_do_first(settings):
    with pytest.raises(UsageError, match=r"There is no warehouse at .*Run `warehouse run` first"):
        open_warehouse(settings, read_only=True)
    with pytest.raises(UsageError, match=r"Nothing is published at .*Run `warehouse run` first"):
        open_published(settings)
    assert not settings.warehouse_file.exists()


def test_a_file_that_is_no_warehouse_is_refused(settings):
    settings.home.mkdir()
    settings.warehouse_file.write_text("Dear Ms Quillfeather " * 1000)
    with pytest.raises(LandingError, match="could not be read or written") as refused:
        open_warehouse(settings)
    assert "Quillfeather" not in str(refused.value)


def test_a_reader_cannot_write(settings):
    open_warehouse(settings).close()
    with open_warehouse(settings, read_only=True) as reader, pytest.raises(duckdb.InvalidInputException):
        reader.execute("create table t (a integer)")


def test_published_marts_are_closed_to_the_outside(settings, tmp_path):
    settings.published_file.parent.mkdir(parents=True)
    duckdb.connect(str(settings.published_file)).execute("create table t as select 1 as a").close()
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    with open_published(settings) as published:
        assert published.rows("select a from t") == [(1,)]
        for statement in (
            f"select * from '{secret}'",
            f"copy t to '{tmp_path / 'out.csv'}'",
            f"attach '{tmp_path / 'x.duckdb'}'",
            "create table u (a int)",
            "set enable_external_access = true",
        ):
            with pytest.raises((duckdb.Error, LandingError)):
                published.execute(statement)
    assert not (tmp_path / "out.csv").exists()


# ---------------------------------------------------------------- failures


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ('IO Error: Could not set lock on file "x"', WarehouseLocked, "held by another process"),
        ("IO Error: Could not read enough bytes of block 7", LandingError, "could not be read or written"),
        ('Could not write file "/clocks/x": No space left on device', DiskFull, "is full"),
        ("[Errno 28] No space left on device: 'Quillfeather'", DiskFull, r"The disk that holds .* is full"),
        ("failed to offload, max_temp_directory_size reached", DiskFull, "nothing half-landed"),
        ("File too large", DiskFull, "is full"),
        ("Permission denied: 'Quillfeather'", LandingError, "Check the disk and the file's permissions"),
    ],
)
def test_storage_failures_are_told_apart_and_their_words_withheld(text, kind, says):
    error = storage_error(OSError(text), Path("/data/warehouse.duckdb"))
    assert type(error) is kind
    assert re.search(says, str(error))
    assert "Quillfeather" not in str(error)


def test_memory_and_disk_limits_of_duckdb_are_told_apart():
    place = Path("/data/warehouse.duckdb")
    with pytest.raises(LandingError, match="WAREHOUSE_MEMORY_LIMIT"), translated(place):
        raise duckdb.OutOfMemoryException("could not allocate block of size 256.0 KiB")
    with pytest.raises(DiskFull), translated(place):
        raise duckdb.OutOfMemoryException("max_temp_directory_size: no space left on disk, offload failed")


def test_a_query_that_needs_more_memory_than_allowed_is_ours(tmp_path):
    small = Settings(home=tmp_path / "home", memory_limit="20MB")
    with open_warehouse(small) as warehouse:
        warehouse.execute("set max_temp_directory_size = '1KB'")
        with pytest.raises((LandingError, DiskFull)):
            warehouse.rows(
                "select list(i::varchar || repeat('x', 100)) from range(2000000) t(i) group by i % 3"
            )


def test_a_file_that_is_held_for_a_moment_is_waited_for(settings):
    open_warehouse(settings).close()
    patient = settings.model_copy(update={"lock_timeout": 20})
    program = (
        f"import duckdb, sys, time; c = duckdb.connect({str(settings.warehouse_file)!r}); "
        "print('open', flush=True); time.sleep(1)"
    )
    other = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "open\n"
    open_warehouse(patient).close()
    other.communicate()


def test_types_of_one_table_by_its_exact_name(tmp_path):
    with open_warehouse(Settings(home=tmp_path)) as warehouse:
        warehouse.execute('create schema "a.b"')
        warehouse.execute('create table "a.b"."Odd. name" ("Id" bigint, price decimal(12,2))')
        assert warehouse.types("a.b", "Odd. name") == {"Id": "BIGINT", "price": "DECIMAL(12,2)"}
        assert warehouse.columns("a.b", "Odd. name") == ["Id", "price"]
        assert warehouse.has_table("a.b", "Odd. name")
        assert not warehouse.has_table("a", "b.Odd. name")
        with warehouse.transaction():  # a look at what is not there breaks off nothing
            assert warehouse.types("nowhere", "nothing") == {}
            warehouse.execute("create table kept as select 1 as id")
        assert warehouse.has_table("main", "kept")


def test_half_the_memory_is_for_a_while(tmp_path):
    with open_warehouse(Settings(home=tmp_path, memory_limit="600MB")) as warehouse:
        before = memory(warehouse)

        with warehouse.with_half_the_memory():
            assert memory(warehouse) == pytest.approx(before / 2, rel=0.01)

        assert memory(warehouse) == pytest.approx(before, rel=0.01)


def test_half_of_little_memory_is_what_wide_rows_need(tmp_path):
    with (
        open_warehouse(Settings(home=tmp_path, memory_limit="150MB")) as warehouse,
        warehouse.with_half_the_memory(),
    ):
        assert memory(warehouse) == pytest.approx(150_000_000, rel=0.01)


def memory(warehouse: Warehouse) -> int:
    return int(warehouse.value("select parse_formatted_bytes(current_setting('memory_limit'))"))
