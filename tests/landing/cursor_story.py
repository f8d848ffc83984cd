"""The cursor matrix, played once on one place: every way a row can change, in a table for every strategy.

All tables get the same changes at the same moments, each change in a row of its own. Then they are landed
again and again, days apart, and it is noted which run brought each change into staging, and what it read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.landing.cursor_places import Place
from tests.landing.shop import START, Shop, epoch

OLD_ROWS, OVERLAP, OVERLAP_IDS = 100, timedelta(minutes=15), 10
_TIME = "cursor: {column: at, unit: timestamp}, overlap: 900"
_COLUMNS = "cursor: {columns: [changed, seen], unit: epoch_seconds}, overlap: 900"
_SEQUENCE = f"cursor: {{column: id, unit: sequence}}, overlap: {OVERLAP_IDS}"
STRATEGIES = {
    "time": f"{_TIME}, sweep_every_days: 0, full_every_days: 0",
    "time + sweep": f"{_TIME}, sweep_every_days: 7, full_every_days: 0",
    "time + full read": f"{_TIME}, sweep_every_days: 0, full_every_days: 28",
    "time + sweep + full read": f"{_TIME}, sweep_every_days: 7, full_every_days: 28",
    "several times": f"{_COLUMNS}, sweep_every_days: 0, full_every_days: 0",
    "sequence": f"{_SEQUENCE}, sweep_every_days: 0, full_every_days: 0",
    "sequence + sweep + full read": f"{_SEQUENCE}, sweep_every_days: 7, full_every_days: 28",
    "no cursor": "",
    "no cursor without sweep": "sweep_every_days: 0",
}
# the row in which each change happens; ids tell a sequence when a row came
CHANGES = {
    "insert": 300,
    "insert without a time": 301,
    "update": 2,
    "update that moves another time": 3,
    "update that moves no time": 4,
    "soft delete": 5,
    "hard delete": 6,
    "key used again": 7,
    "clock set back within the overlap": 302,
    "clock set back further": 303,
    "late commit within the overlap": 195,
    "later commit": 140,
    "long transaction": 120,
}
LATE = ("late commit within the overlap", "later commit", "long transaction")
NEXT, AFTER, SWEEP, FULL = "next run", "run after", "sweep", "full read"
LAST_OF_THE_WINDOW = 200
COLUMNS = "id, word, deleted, changed, seen"
DDL = (
    "create table {} (id bigint primary key, word varchar(40), deleted bigint, changed bigint, seen bigint, "
    "at timestamp null)"
)
CONTRACT = """\
sources:
  - name: shop
    tables:
"""
TABLE = """\
      - name: %s
        config: {meta: {key: [id]}}
        columns:
          - {name: id, data_type: bigint, config: {meta: {source_type: bigint, personal: none}}}
          - {name: word, data_type: text(40), config: {meta: {source_type: varchar, personal: none}}}
          - {name: deleted, data_type: bigint, config: {meta: {source_type: bigint, personal: none}}}
          - {name: changed, data_type: bigint, config: {meta: {source_type: bigint, personal: none}}}
          - {name: seen, data_type: bigint, config: {meta: {source_type: bigint, personal: none}}}
          - {name: at, data_type: timestamp, config: {meta: {source_type: timestamp, personal: none}}}
"""


@dataclass
class Told:
    """What was noted. `shown`: by change and strategy, what brought it into staging and in which run; `cost`:
    rows and keys read, by run and strategy; `uncommitted`: changes that landed before they were committed.
    """

    shown: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    cost: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    uncommitted: set[tuple[str, str]] = field(default_factory=set)


class Story:
    """One telling: `tell()` lands six times."""

    def __init__(self, shop: Shop, place: Place, patch: pytest.MonkeyPatch) -> None:
        self.shop, self.place, self._patch, self.told = shop, place, patch, Told()
        self._committed: dict[str, str] = {}  # the run that follows the commit
        self._keys: dict[str, int] = {}
        shop.contract(CONTRACT + "".join(TABLE % table_of(name) for name in STRATEGIES))
        config = "platform: shop\nkind: replica\ntables:\n"
        config += "".join(f"  {table_of(name)}: {{{words}}}\n" for name, words in STRATEGIES.items())
        (shop.folder / "shop.yml").write_text(config)
        shop.sources["main"] = place.source
        shop.given["sweep"] = "due"
        patch.setattr(f"{place.reader}.clock", lambda _: shop.clock)
        for module in ("stage", "ledger"):
            patch.setattr(f"pipelines.landing.{module}.utc_now", lambda: shop.clock)

    def tell(self) -> Told:
        self._before()
        self._land("first")
        late = {name: self._open(name, minutes) for name, minutes in zip(LATE, (59, 10, 10), strict=True)}
        self._write(f"insert into {{}} values {_row(LAST_OF_THE_WINDOW, 'the last in time', 58)}")
        self.shop.clock = START + timedelta(minutes=60)
        self._land("meanwhile")
        *late_ones, long = LATE
        for name in late_ones:
            late[name]()
        self._change()
        self._committed = {name: NEXT for name in CHANGES if name != long}
        self.shop.clock = START + timedelta(minutes=120)
        self._land(NEXT)
        late[long]()
        self._committed[long] = AFTER
        self.shop.later(hours=1)
        for run, days in ((AFTER, 0), (SWEEP, 8), (FULL, 21)):
            self.shop.later(days=days, seconds=1)
            self._land(run)
        return self.told

    # ------------------------------------------------------------ what happens at the source

    def _before(self) -> None:
        for name in STRATEGIES:
            rows = ", ".join(_row(number, "as it was", -24 * 60) for number in range(1, OLD_ROWS + 1))
            table = table_of(name)
            self.place.execute(f"{DDL.format(table)}; insert into {table} values {rows}")

    def _open(self, change: str, minutes: float):
        """A transaction that has stamped its row and is not committed; what is returned commits it."""
        row = _row(CHANGES[change], change, minutes)
        return self.place.begin([f"insert into {table_of(name)} values {row}" for name in STRATEGIES])

    def _change(self) -> None:
        """Everything else, stamped ten minutes after the window that was read last, unless it says so."""
        now = _stamps(70)
        moved = f"changed = {now[0]}, seen = {now[0]}, at = '{now[1]}'"
        row, another = CHANGES.__getitem__, CHANGES["update that moves another time"]
        for sql in (
            f"insert into {{}} values {_row(row('insert'), 'new', 70)}",
            f"insert into {{}} values ({row('insert without a time')}, 'no stamp', null, null, null, null)",
            f"update {{}} set word = 'other', {moved} where id = {row('update')}",
            f"update {{}} set word = 'other', seen = {now[0]} where id = {another}",
            f"update {{}} set word = 'other' where id = {row('update that moves no time')}",
            f"update {{}} set deleted = {now[0]}, {moved} where id = {row('soft delete')}",
            f"delete from {{}} where id = {row('hard delete')}",
            f"delete from {{}} where id = {row('key used again')}",
            f"insert into {{}} values {_row(row('key used again'), 'a second life', 70)}",
            f"insert into {{}} values {_row(row('clock set back within the overlap'), 'a slow clock', 50)}",
            f"insert into {{}} values {_row(row('clock set back further'), 'a wrong clock', 20)}",
        ):
            self._write(sql)

    def _write(self, sql: str) -> None:
        self.place.execute(";".join(sql.format(table_of(name)) for name in STRATEGIES))

    # ------------------------------------------------------------ what is seen of it

    def _land(self, run: str) -> None:
        self._keys.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pipelines.landing.sweep.sweep_keys", self._counting())
            outcome = self.shop.land()
        assert outcome.errors == []
        named = {table_of(name): name for name in STRATEGIES}
        for table in outcome.tables:
            assert table.error is None, table.error
            name = named[table.contract.name]
            self.told.cost[run, name] = (table.rows_read, self._keys.get(table.contract.name, 0))
            self._compare(run, name)

    def _compare(self, run: str, strategy: str) -> None:
        ids = ", ".join(str(number) for number in CHANGES.values())
        source, staging = (
            {
                row[0]: row
                for row in rows(f"select {COLUMNS} from {schema}{table_of(strategy)} where id in ({ids})")
            }
            for schema, rows in (("", self.place.rows), ("staging_shop.", self.shop.warehouse.rows))
        )
        for change, number in CHANGES.items():
            same = source.get(number) == staging.get(number)
            if change in self._committed and same:
                run_after = NEXT if run == self._committed[change] else run
                self.told.shown.setdefault((change, strategy), (run_after, run))
            elif change in LATE and change not in self._committed and number in staging:
                self.told.uncommitted.add((change, strategy))

    def _counting(self) -> Callable[..., Iterator[Any]]:
        from pipelines.sources.replica import sweep_keys

        def counted(reader, contract, fetch, source, *more) -> Iterator[Any]:
            for batch in sweep_keys(reader, contract, fetch, source, *more):
                self._keys[source.name] = self._keys.get(source.name, 0) + batch.num_rows
                yield batch

        return counted


def table_of(strategy: str) -> str:
    return "t_" + re.sub(r"\W+", "_", strategy)


def _stamps(minutes: float) -> tuple[int, datetime]:
    at = START + timedelta(minutes=minutes)
    return epoch(at), at


def _row(number: int, word: str, minutes: float) -> str:
    seconds, at = _stamps(minutes)
    return f"({number}, '{word}', null, {seconds}, {seconds}, '{at}')"


def matrix(told: Told) -> list[dict[str, str]]:
    """The lines of cursor_matrix.csv: what brings a change, and what that run read; then what runs cost."""
    lines = []
    for change in CHANGES:
        for strategy in STRATEGIES:
            seen, run = told.shown.get((change, strategy), ("never", ""))
            rows, keys = told.cost.get((run, strategy), ("", ""))
            lines.append(_line(change, strategy, seen, rows, keys))
    for what, run in (("(nothing)", AFTER), ("(sweep due)", SWEEP), ("(full read due)", FULL)):
        lines += [_line(what, strategy, "", *told.cost[run, strategy]) for strategy in STRATEGIES]
    return lines


def _line(change: str, strategy: str, seen: str, rows: object, keys: object) -> dict[str, str]:
    values = {"change": change, "strategy": strategy, "seen": seen, "rows_read": rows, "keys_read": keys}
    return {name: str(value) for name, value in values.items()}
