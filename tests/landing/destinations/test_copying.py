"""A file reaches its table whole or not at all, by bulk copy where that proves right, else in batches."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import LandingError
from pipelines.landing.destinations.sqlserver import canary
from pipelines.landing.destinations.sqlserver.copying import load_file
from pipelines.landing.destinations.sqlserver.statements import Relation
from tests.landing.destinations.edge import Edge, fields

TABLE = Relation("staging_shop", "things")
FIELDS = fields(
    id="bigint", title="text(30)", story="text", price="decimal(12,2)", ratio="double", yes="bool",
    day="date", at="timestamp", raw="binary", gone="bool",
)  # fmt: skip
ROW = {
    "title": "Käse 🧀", "story": "long " * 900, "price": Decimal("-12.50"), "ratio": 0.1, "yes": True,
    "day": date(2026, 2, 28), "at": datetime(2026, 2, 28, 23, 59, 59, 999_999), "raw": b"\x00\xff",
}  # fmt: skip


def rows(count: int) -> list[dict[str, object]]:
    """Every fourth has nothing but its id."""
    return [{"id": number, **({} if number % 4 == 3 else ROW)} for number in range(count)]


def parquet(folder: Path, count: int, groups: int = 3) -> Path:
    names = [field.name for field in FIELDS if field.name != "gone"]
    schema = pa.schema([(field.name, field.arrow) for field in FIELDS if field.name in names])
    table = pa.Table.from_pylist(rows(count), schema=schema)
    pq.write_table(table, folder / "things.parquet", row_group_size=max(1, count // groups))
    return folder / "things.parquet"


def expected(count: int) -> list[tuple[object, ...]]:
    return [tuple(row.get(field.name) for field in FIELDS) for row in rows(count)]


def loaded(edge: Edge, path: Path, bulk: str = "auto") -> list[str]:
    """The warnings."""
    route = edge.route(bulk)
    with edge.session() as session:
        load_file(route, session, path, TABLE, FIELDS)
    return route.warnings


@pytest.fixture
def things(edge) -> Edge:
    edge.create(TABLE, FIELDS)
    return edge


def copies_of_things(edge: Edge) -> list[int]:
    return [count for table, count in edge.copies if "things" in table]


def test_rows_arrive_by_bulk_copy_as_they_were(things, tmp_path):
    assert loaded(things, parquet(tmp_path, 3_000)) == []
    assert things.rows(TABLE) == expected(3_000)
    # a chunk at a time, into one scratch table, and nothing of it is left
    assert copies_of_things(things) == [1_000, 1_000, 1_000]
    assert not things.scratch
    assert not things.batches


def test_the_canary_is_asked_once(things, tmp_path):
    path = parquet(tmp_path, 1_200)
    loaded(things, path)
    loaded(things, path)
    assert len(things.rows(TABLE)) == 2_400
    assert sum("canary" in table for table, _ in things.copies) == 1


def test_a_few_rows_go_in_a_batch_without_a_word(things, tmp_path):
    assert loaded(things, parquet(tmp_path, 10)) == []
    assert things.rows(TABLE) == expected(10)
    assert not things.copies


@pytest.mark.parametrize("bulk", ["auto", "on", "off"])
def test_a_file_without_rows_asks_nothing(things, tmp_path, bulk):
    before = list(things.statements)
    loaded(things, parquet(tmp_path, 0), bulk)
    assert things.statements == before


def test_off_asks_no_canary(things, tmp_path):
    assert loaded(things, parquet(tmp_path, 6_000), "off") == []
    assert things.rows(TABLE) == expected(6_000)
    assert len(things.batches) == 3
    assert not things.copies


def first_decimal_of_the_canary(table: str, sent: pa.Table) -> pa.Table:
    if "canary" not in table:
        return sent
    at = sent.schema.get_field_index("amount")
    return sent.set_column(at, "amount", pa.array([Decimal("1.0000")] * 3, sent.schema.field(at).type))


def dies(table: str, sent: pa.Table) -> pa.Table:
    raise RuntimeError("the server's words, with 'Quillfeather' in them")


@pytest.mark.parametrize(
    ("tamper", "said"),
    [(first_decimal_of_the_canary, "another amount"), (dies, "a trial copy failed (RuntimeError)")],
)
def test_a_canary_that_comes_back_wrong_sends_rows_another_way(things, tmp_path, tamper, said):
    things.tamper = tamper
    [warning] = loaded(things, parquet(tmp_path, 3_000))
    assert said in warning
    assert "Quillfeather" not in warning
    assert things.rows(TABLE) == expected(3_000)
    assert not copies_of_things(things)
    assert not things.scratch


def test_a_canary_that_never_comes_back_is_left(things, tmp_path, monkeypatch):
    monkeypatch.setattr(canary, "SECONDS", 2)
    things.answers = False
    [warning] = loaded(things, parquet(tmp_path, 1_500))
    assert "did not end within 2 seconds" in warning
    assert things.rows(TABLE) == expected(1_500)


def only_half(table: str, sent: pa.Table) -> pa.Table:
    return sent.slice(0, sent.num_rows // 2) if "things" in table else sent


def other(name: str, value: object, at: int = 0):
    """One value of a chunk is another one."""

    def changed(table: str, sent: pa.Table) -> pa.Table:
        if "things" not in table:
            return sent
        place = sent.schema.get_field_index(name)
        values = sent[name].to_pylist()
        values[at] = value
        return sent.set_column(place, name, pa.array(values, sent.schema.field(place).type))

    return changed


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (only_half, "the number of rows"),
        (other("id", 9_000_000, at=701), "column id"),
        (other("price", Decimal("12.50"), at=701), "column price"),
        (other("ratio", 0.2, at=701), "column ratio"),
        (other("yes", False, at=701), "column yes"),
        (other("day", date(2026, 3, 1), at=701), "column day"),
        (other("at", datetime(2026, 2, 27), at=701), "column at"),
        (other("title", None, at=701), "column title"),
        (other("title", "KÃ¤se ??"), "column title"),
        (other("story", "long " * 900 + "?"), "column story"),
        (other("raw", b"\x00"), "column raw"),
    ],
)
def test_what_arrives_otherwise_is_not_used(things, tmp_path, tamper, said):
    things.tamper = tamper
    [warning] = loaded(things, parquet(tmp_path, 3_000))
    assert f"after a copy into things, {said} was not what had been sent" in warning
    assert things.rows(TABLE) == expected(3_000)
    assert not things.scratch


def third_chunk_dies(edge: Edge):
    def tamper(table: str, sent: pa.Table) -> pa.Table:
        if len(copies_of_things(edge)) == 3:
            raise RuntimeError("connection reset")
        return sent

    return tamper


def test_a_copy_that_stops_half_way_leaves_nothing(things, tmp_path):
    things.tamper = third_chunk_dies(things)
    [warning] = loaded(things, parquet(tmp_path, 3_000))
    assert "a copy into things failed (RuntimeError)" in warning
    assert things.rows(TABLE) == expected(3_000)
    assert not things.scratch


def test_on_allows_no_other_way(things, tmp_path):
    things.tamper = only_half
    with pytest.raises(LandingError, match=r"Bulk copy into things on a server cannot be trusted.*BULK=auto"):
        loaded(things, parquet(tmp_path, 30), "on")
    assert things.rows(TABLE) == []
    assert not things.scratch


@pytest.mark.parametrize(("bulk", "batches"), [("on", 0), ("off", 2)])
def test_an_error_while_rows_reach_the_table_leaves_none(things, tmp_path, bulk, batches):
    def full(statement: str) -> None:
        if statement.startswith("insert") and len(things.batches) == batches:
            raise OSError("no room")

    path = parquet(tmp_path, 12_000)
    things.refuse = full
    with pytest.raises(OSError, match="no room"):
        loaded(things, path, bulk)
    things.refuse = lambda statement: None
    assert things.rows(TABLE) == []
    assert not things.scratch


def test_a_value_that_does_not_fit_is_said_before_any_row_lands(things, tmp_path):
    names = [field.name for field in FIELDS[:2]]
    titles = ["fits"] * 2_000 + ["🧀" * 16]
    table = pa.table([pa.array(range(2_001), pa.int64()), titles], names=names)
    pq.write_table(table, tmp_path / "long.parquet", row_group_size=500)
    for bulk in ("auto", "off"):
        with pytest.raises(LandingError) as refused:
            loaded(things, tmp_path / "long.parquet", bulk)
        assert str(refused.value).startswith(
            "staging_shop.things: the column title (nvarchar(30)) holds texts longer than its 30 UTF-16 units"
        )
        assert "🧀" not in str(refused.value)
        assert things.rows(TABLE) == []
        assert not things.scratch
