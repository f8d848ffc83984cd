"""The rows of one made-up Moodle site, gathered by table and written to SQLite at the end."""

from __future__ import annotations

import calendar
import random
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

from scripts.sample_sources.moodle_schema import TABLES, create_table

DAY = 86_400
SITE_COURSE = 1
GUEST, ADMIN = 1, 2
MANAGER_ROLE, EDITING_TEACHER_ROLE, STUDENT_ROLE, GUEST_ROLE, PUPIL_ROLE = 1, 3, 5, 6, 9


def epoch(moment: datetime) -> int:
    """Seconds since 1970 of a naive UTC moment."""
    return calendar.timegm(moment.timetuple())


@dataclass
class Site:
    """Everything is drawn from `chance`, so one seed and one `as_of` give one site."""

    scale: int
    as_of: datetime
    chance: random.Random = field(default_factory=lambda: random.Random(20_260_731))
    _rows: dict[tuple[str, tuple[str, ...]], list[tuple[Any, ...]]] = field(default_factory=dict)
    _last_id: dict[str, int] = field(default_factory=dict)
    _events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def now(self) -> int:
        return epoch(self.as_of)

    @property
    def years(self) -> range:
        """The first calendar years of the four academic years that end with the one of `as_of`."""
        latest = self.as_of.year if self.as_of.month >= 9 else self.as_of.year - 1
        return range(latest - 3, latest + 1)

    def add(self, table: str, **values: Any) -> int:
        """Keeps one row and returns its id, the next of the table unless one is given."""
        row_id: int = values.setdefault("id", self._last_id.get(table, 0) + 1)
        self._last_id[table] = max(row_id, self._last_id.get(table, 0))
        self._rows.setdefault((table, tuple(values)), []).append(tuple(values.values()))
        return row_id

    def log(self, event: str, moment: int, person: int, **values: Any) -> None:
        """Keeps one event, told as `plugin/target/action`; ids are given in order of time at the end."""
        component, target, action = event.split("/")
        self._events.append(
            {
                "eventname": f"\\{component}\\event\\{target}_{action}",
                "component": component,
                "target": target,
                "action": action,
                "crud": {"viewed": "r", "loggedin": "r", "updated": "u", "deleted": "d"}.get(action, "c"),
                "edulevel": 2,
                "contextid": 1,
                "contextlevel": 10,
                "contextinstanceid": 0,
                "objecttable": None,
                "objectid": None,
                "courseid": 0,
                "relateduserid": None,
                "realuserid": None,
                "anonymous": 0,
                "other": "N;",
                "origin": "web",
                "ip": f"203.0.113.{person % 250}",
                "userid": person,
                "timecreated": moment,
                **values,
            }
        )

    def number_events(self) -> None:
        """Gives the log its ids. Of requests side by side, one in ten writes its event late."""
        self._events.sort(key=itemgetter("timecreated"))
        for place in range(10, len(self._events), 10):
            before, after = self._events[place - 1 : place + 1]
            if 0 < after["timecreated"] - before["timecreated"] <= 60:
                self._events[place - 1 : place + 1] = after, before
        for event in self._events:
            self.add("mdl_logstore_standard_log", **event)
        self._events.clear()

    def write(self, path: Path) -> None:
        """Writes a new SQLite file; one that is already there is replaced."""
        path.unlink(missing_ok=True)
        with sqlite3.connect(path) as database:
            for table in TABLES:
                database.execute(create_table(table))
            for (table, columns), rows in self._rows.items():
                holes = ", ".join("?" * len(columns))
                database.executemany(f"insert into {table} ({', '.join(columns)}) values ({holes})", rows)
        database.close()
