"""The dlt package: what was staged is what is loaded, and what a killed or failed load left does no harm."""

from __future__ import annotations

import re

import duckdb
import pytest

from pipelines.errors import DiskFull, LandingError
from pipelines.landing.load import Package
from tests.landing.shop import CONTRACT, open_shop

KINDS = {
    "t": "text", "b": "bigint", "d": "double", "n": '"decimal(20,6)"', "f": "bool", "m": "timestamp",
    "y": "date", "j": "json", "r": "binary",
}  # fmt: skip


def of_every_kind() -> str:
    columns = "".join(
        f"          - {{name: {name}, data_type: {kind}, "
        "config: {meta: {source_type: any, personal: none}}}\n"
        for name, kind in KINDS.items()
    )
    return (
        CONTRACT.split("          - {name: title")[0].replace(
            ", version: changed, partition: {column: made, unit: epoch_seconds}", ""
        )
        + columns
    )


def test_the_file_that_was_staged_is_the_file_that_is_loaded(tmp_path, monkeypatch):
    """dlt rewrites a file whose columns are not as its hints say: twice the disk, twice the time."""
    linked: list[int] = []

    def commit(package: Package) -> None:
        package._pipeline.normalize()
        jobs = (package._folder / package._name / "load" / "normalized").rglob("s_things*.parquet")
        linked.extend(job.stat().st_nlink for job in jobs)
        package._pipeline.load(raise_on_failed_jobs=True)

    monkeypatch.setattr(Package, "commit", commit)
    with open_shop(tmp_path, contract=of_every_kind()) as shop:
        columns = ", ".join(KINDS)
        shop.sqlite(ddl=f"create table %s (id integer primary key%s, {columns})")
        row = ["é", 1, 1.5, "2.500000", 1, "2026-01-02 03:04:05.000006", "2026-01-02", "{}", b"\xff"]
        for number in (1, 2):
            shop.sql(f"insert into s_things values ({', '.join('?' * 10)})", number, *row)
            assert shop.landed()["landed"] == 1
        shop.sql("delete from s_things where id = 1")
        assert shop.landed()["deleted"] == 1
        [landed] = shop.staging(("id", *KINDS))
    assert linked == [2, 2, 2]
    assert [str(value) for value in landed] == [
        "main", "2", "é", "1", "1.5", "2.500000", "True", "2026-01-02 03:04:05.000006",
        "2026-01-02", "{}", r"b'\xff'",
    ]  # fmt: skip


def stocked(shop) -> None:
    shop.sqlite(key=" primary key")
    shop.put(1)


def test_a_package_that_a_killed_run_left_is_not_loaded_later(shop, monkeypatch):
    """dlt keeps it, and would load it with, or instead of, the rows it is given next."""
    stocked(shop)
    shop.landed()  # before its first load dlt forgets by itself
    shop.put(2)
    with monkeypatch.context() as killed:
        killed.setattr(Package, "commit", lambda package: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            shop.land()
    assert list((shop.settings.work_folder / "dlt").rglob("*.parquet"))
    shop.put(1, title="since then")
    shop.sql("delete from s_things where id = 2")
    assert shop.landed()["landed"] == 1
    assert shop.staging(("id", "title")) == [("main", 1, "since then")]


def test_a_failure_in_dlt_is_ours_and_shows_none_of_its_words(shop, monkeypatch):
    stocked(shop)

    def break_down(package: Package) -> None:
        with package._translated("loaded"):
            raise ValueError("row (7, 'Quillfeather') in /home/somebody")

    monkeypatch.setattr(Package, "commit", break_down)
    [table] = shop.land().tables
    assert type(table.error) is LandingError
    assert str(table.error).startswith("land_shop could not be loaded by dlt (ValueError).")
    assert "Quillfeather" not in str(table.error)
    assert shop.rows("select outcome, rows_landed from ops.landings") == [("failed", 0)]


def test_a_failure_that_nobody_foresaw_says_where_it_came_through(shop, monkeypatch):
    stocked(shop)

    def unforeseen(*_: object) -> None:
        raise KeyError("Quillfeather")

    monkeypatch.setattr("pipelines.landing.stage.check_table", unforeseen)
    [table] = shop.land().tables
    assert re.search(r"extracted by dlt \(KeyError at \S+:\d+\)\. Nothing of it", str(table.error))
    assert "Quillfeather" not in str(table.error)


def test_a_full_disk_is_told_from_other_failures(shop, monkeypatch):
    stocked(shop)

    def fill(package: Package) -> None:
        with package._translated("loaded"):
            try:
                raise OSError(28, "No space left on device")
            except OSError as full:
                raise RuntimeError("the job failed") from full

    monkeypatch.setattr(Package, "commit", fill)
    with pytest.raises(DiskFull, match=r"The disk that holds .* is full\. Free space there, then run again"):
        shop.land()
    monkeypatch.undo()


def test_what_staging_fails_at_stops_only_its_table(shop):
    shop.sqlite(key=" primary key")
    shop.sql("drop table s_things")
    [table] = shop.land().tables
    assert table.error is not None
    assert "has no table s_things" in str(table.error)
    said = shop.rows("select outcome, rows_landed, error from ops.landings")
    assert said == [("failed", 0, str(table.error))]


def test_staging_has_no_scratch_tables_beside_it(shop):
    stocked(shop)
    shop.landed()
    shop.put(1, title="new")
    shop.landed()
    listed = shop.rows("select table_name from information_schema.tables where table_schema = 'staging_shop'")
    own = {name for (name,) in listed if not name.startswith("_dlt_")}
    assert own == {"s_things"}


def test_too_little_memory_says_which_limit_to_raise(shop, monkeypatch):
    stocked(shop)

    def too_little(package: Package) -> None:
        with package._translated("loaded"):
            raise ValueError("load failed") from duckdb.OutOfMemoryException("Quillfeather")

    monkeypatch.setattr(Package, "commit", too_little)
    [table] = shop.land().tables
    assert str(table.error).startswith("land_shop needed more memory than WAREHOUSE_MEMORY_LIMIT allows.")
    assert "Quillfeather" not in str(table.error)
