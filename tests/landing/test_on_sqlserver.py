"""A shop landed into SQL Server, through the real drivers, on the stand-in: the rows that DuckDB has.

Whatever becomes of bulk copy they are there, and whatever becomes of the server nothing is there by halves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pipelines.errors import DiskFull, LandingError, WarehouseInterrupted
from pipelines.landing.destinations.sqlserver import canary, copying
from tests.landing.shop import WINDOW, Shop, counts, open_shop
from tests.landing.test_load import KINDS, of_every_kind
from tests.servers.certificates import LOOPBACK, Authority
from tests.servers.tsql import Fault, TsqlServer


@pytest.fixture
def server() -> Iterator[TsqlServer]:
    with closing(TsqlServer()) as opened:
        yield opened
        assert opened.wrong == []


@contextmanager
def shop_on(server: TsqlServer, folder: Path, **more: str) -> Iterator[Shop]:
    """A shop whose warehouse is on the server, with nothing at its source yet."""
    folder.mkdir(exist_ok=True)
    canary.forget()
    where = {
        "host": "127.0.0.1", "port": server.port, "database": "warehouse", "user": "tester",
        "password": server.users["tester"], "encrypt": False,
    }  # fmt: skip
    with open_shop(folder, **more) as shop:
        shop.given |= {"engine": "sqlserver", "sqlserver": where}
        yield shop


@pytest.fixture
def there(server, tmp_path) -> Iterator[Shop]:
    """Things 1 to 5 at the source, none landed."""
    with shop_on(server, tmp_path) as shop:
        filled(shop)
        yield shop


def filled(shop: Shop) -> None:
    shop.sqlite(key=" primary key")
    for number in range(1, 6):
        shop.put(number, title=f"Käse 🧀 {number}")


def story(shop: Shop) -> list[object]:
    """New, changed, deleted, refused and mended rows; what every landing counted, and what is there then."""
    filled(shop)
    told: list[object] = [shop.landed()]
    shop.given["sweep"] = "always"
    shop.put(3, title="changed")
    shop.put(9, made=None)
    shop.put(4, title="x" * 50)
    shop.sql("delete from s_things where id = 1")
    told += [shop.landed(), shop.touched()]
    shop.put(4, title="short again")
    told += [shop.landed(), shop.touched()]
    told += [shop.landed(), shop.staging(), shop.rows("select status, reason from ops.quarantine")]
    return told


def test_a_story_ends_as_on_duckdb(server, tmp_path):
    (tmp_path / "here").mkdir()
    with open_shop(tmp_path / "here") as here:
        expected = story(here)
    with shop_on(server, tmp_path / "there") as there:
        assert story(there) == expected
    said = "\n".join(server.statements).lower()
    assert "merge " not in said


def test_every_kind_of_value_lands_as_it_is(server, tmp_path):
    with shop_on(server, tmp_path, contract=of_every_kind()) as shop:
        columns = ", ".join(KINDS)
        shop.sqlite(ddl=f"create table %s (id integer primary key%s, {columns})")
        row = ["é🧀", 1, 0.1, "2.500000", 1, "2026-01-02 03:04:05.000006", "2026-01-02", "{}", b"\x00\xff"]
        shop.sql(f"insert into s_things values ({', '.join('?' * 10)})", 1, *row)
        shop.sql("insert into s_things (id) values (2)")
        assert shop.landed()["landed"] == 2
        first, second = shop.staging(("id", *KINDS))
        assert shop.landed()["unchanged"] == 2
    assert [str(value) for value in first] == [
        "main", "1", "é🧀", "1", "0.1", "2.500000", "True", "2026-01-02 03:04:05.000006", "2026-01-02", "{}",
        r"b'\x00\xff'",
    ]  # fmt: skip
    assert second[2:] == (None,) * len(KINDS)


def test_a_window_asks_for_its_own_keys_only(server, tmp_path):
    """Elsewhere all keys of a table of millions would travel for each window."""
    with shop_on(server, tmp_path, fetch=WINDOW) as shop:
        filled(shop)
        shop.landed()
        shop.later()
        shop.put(2, title="changed")
        shop.put(7)
        asked = len(server.statements)
        landed = shop.landed()
        assert (landed["mode"], landed["landed"]) == ("window", 2)
        [compared] = [
            one for one in server.statements[asked:] if '"_row_hash"' in one and "select" in one[:6]
        ]
        assert "openjson" in compared
        assert [row[1:] for row in shop.staging(("id", "title"))][1] == (2, "changed")
        assert shop.ids() == [1, 2, 3, 4, 5, 7]


@pytest.mark.parametrize(
    ("bulk", "said"),
    [
        ("good", None),
        ("refused", "a trial copy failed"),
        ("short", "a trial copy came back with another number of rows"),
        ("misaligned", "a trial copy"),
    ],
)
def test_whatever_bulk_copy_does_the_rows_are_there(there, server, monkeypatch, bulk, said):
    monkeypatch.setattr(copying, "WORTH_A_COPY", 1)
    server.features.bulk = bulk
    outcome = there.land()
    assert counts(outcome)["landed"] == 5
    assert [row[2] for row in there.staging(("id", "title"))] == [
        f"Käse 🧀 {number}" for number in range(1, 6)
    ]
    assert (outcome.warnings == []) is (said is None)
    assert all(str(said) in warning and "BULK=off" in warning for warning in outcome.warnings)
    moved = [one for one in server.statements if one.startswith("insert into") and "_copy_s_things" in one]
    assert len(moved) == (bulk == "good")
    assert there.rows(
        "select count(*) from INFORMATION_SCHEMA.TABLES where TABLE_NAME like '[_]copy[_]%'"
    ) == [(0,)]


def test_bulk_copy_verifies_the_certificate_as_the_session_does(tmp_path):
    """It makes a connection of its own, by a library that knows nothing of ours."""
    ca = Authority("Test CA")
    ca.issue(LOOPBACK, tmp_path / "here.pem", tmp_path / "here.key")
    files = {"certificate": tmp_path / "here.pem", "key": tmp_path / "here.key"}
    with closing(TsqlServer(**files)) as server, shop_on(server, tmp_path / "shop") as shop:
        shop.given["sqlserver"] |= {
            "host": "localhost", "encrypt": True, "bulk": "on", "ca_file": ca.write(tmp_path / "ca.pem")
        }  # fmt: skip
        filled(shop)
        assert shop.landed()["landed"] == 5


MOVES = r'^insert into "staging_shop"\."s_things"'
MERGES = r'^delete from "staging_shop"\."s_things"'


@pytest.mark.parametrize("pattern", [MOVES, MERGES, r"^insert into ops\.landings"])
def test_a_deadlocks_victim_is_tried_again(there, server, pattern):
    assert there.landed()["landed"] == 5
    there.put(3, title="changed")
    server.faults.waiting.append(Fault(pattern, 1205))
    assert there.landed()["landed"] == 1
    assert server.faults.waiting[0].times == 0
    assert [row[2] for row in there.staging(("id", "title"))][2] == "changed"
    assert len(there.staging()) == 5


@pytest.mark.parametrize(
    ("number", "error", "said"),
    [
        (1105, DiskFull, "is full"),
        (229, LandingError, "The login may not do"),
        (2628, LandingError, "A value is longer than its column in `"),
        (0, WarehouseInterrupted, "broke in"),
    ],
)
@pytest.mark.parametrize("pattern", [MOVES, MERGES])
def test_what_stops_a_load_is_one_sentence_and_the_next_run_lands_it(
    there, server, pattern, number, error, said
):
    assert there.landed()["landed"] == 5
    before = there.staging()
    there.put(3, title="Quillfeather")
    there.sql("delete from s_things where id = 1")
    server.faults.waiting.append(
        Fault(pattern, number, "The words of the server, with 'Quillfeather' in them.")
    )
    try:
        [table] = there.land().tables
        failed = table.error
    except DiskFull as full:
        failed = full
    assert isinstance(failed, error)
    assert said in str(failed)
    assert "Quillfeather" not in str(failed)
    there.close()
    assert there.staging() == before
    assert counts(there.land())["landed"] == 1
    assert [row[1] for row in there.staging(("id",))] == [2, 3, 4, 5]
