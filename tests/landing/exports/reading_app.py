"""The reading app's tables in a folder, exported and streamed as AWS does, and a warehouse for them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.contracts import contract_path
from pipelines.landing.platform import PlatformOutcome, land_platform
from pipelines.landing.replay import replay_platform
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.ops import create_ops
from scripts.sample_sources.dynamodb_layout import Table

T0 = datetime(2026, 7, 1, 2)
HOUR = timedelta(hours=1)


class ReadingApp:
    """`progress` and `quizzes` are its tables; their exports lie in `store`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store, self._runs = folder, folder / "sample" / "store", 0
        self.store.mkdir(parents=True)
        self.progress, self.quizzes = self.table("reading_progress"), self.table("quiz_results")
        self.where: dict[str, Any] = {"url": self.store.as_uri()}
        self._opened: Warehouse | None = None

    def table(self, name: str, **more: Any) -> Table:
        return Table(name, self.put, **{"prefix": "nightly", **more})

    def put(self, key: str, content: bytes) -> None:
        path = self.store / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, ns=(10**18,) * 2)

    @property
    def settings(self) -> Settings:
        keys: dict[str, Any] = {"pseudonym_key": "ab" * 32, "sealing_key": "cd" * 32}
        return Settings(home=self.folder / "home", sources={"reading": {"main": self.where}}, **keys)

    @property
    def warehouse(self) -> Warehouse:
        if self._opened is None:
            self._opened = open_warehouse(self.settings)
            create_ops(self._opened)
        return self._opened

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def land(self) -> PlatformOutcome:
        self._runs += 1
        return land_platform(self.settings, self.warehouse, f"run-{self._runs}", "reading", lambda _: None)

    def landed(self) -> PlatformOutcome:
        """One landing that must go well, all of it balanced."""
        outcome = self.land()
        assert [str(error) for error in outcome.errors] == []
        assert [str(table.error) for table in outcome.tables if table.error] == []
        assert all(table.balanced for table in outcome.tables)
        return outcome

    def refused(self) -> list[str]:
        """The sentences of one landing, each once."""
        outcome = self.land()
        said = [str(error) for error in outcome.errors]
        said += [str(table.error) for table in outcome.tables if table.error]
        return list(dict.fromkeys(said))

    def replay(self) -> PlatformOutcome:
        self._runs += 1
        return replay_platform(self.settings, self.warehouse, f"run-{self._runs}", "reading", lambda _: None)

    def wider_contract(self, column: str, was: int, becomes: int) -> Path:
        """The platform's contract with another length for a column."""
        text = contract_path("reading").read_text(encoding="utf-8")
        start = text.index(f"- name: {column}\n")
        changed = text[start:].replace(f"text({was})", f"text({becomes})", 1)
        path = self.folder / "contract.yml"
        path.write_text(text[:start] + changed, encoding="utf-8")
        return path

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.warehouse.rows(sql, list(values))

    def current(self) -> list[tuple[Any, ...]]:
        """The newest version of each reading, as the staging model says it: pages by reading."""
        return self.rows(
            """
            with base as (
                select max(to_micros) as at from staging_reading.exports
                where export_type = 'full' and table_name = 'reading_progress'
            ),
            newest as (
                select r.*, row_number() over (
                    partition by user_id, reading_id
                    order by _written_micros desc, case when _change = 'item' then 1 else 0 end, _row_hash
                ) as nth
                from staging_reading.reading_progress as r, base
                where r._written_micros >= coalesce(base.at, 0)
            )
            select reading_id, pages_read from newest where nth = 1 and _change <> 'delete' order by all
            """
        )


def keys(reading: str, user: str = "u1") -> dict[str, Any]:
    return {"userId": {"S": user}, "readingId": {"S": reading}}


def reading(name: str, pages: int = 10, **more: Any) -> dict[str, Any]:
    """An item of reading_progress."""
    return {
        **keys(name),
        "reader": {"M": {"email": {"S": "Ann.Canary@example.org"}, "displayName": {"S": "Ann Canary"},
                         "role": {"S": "learner"}}},
        "book": {"M": {"id": {"S": "B1"}, "title": {"S": 'A "}{" book\n\u2028'}}},
        "startedAt": {"S": "2026-06-30T10:00:00Z"}, "lastReadAt": {"N": "1782813600"},
        "pagesRead": {"N": str(pages)}, "finished": {"BOOL": True}, "devices": {"SS": ["tablet", "phone"]},
        **more,
    }  # fmt: skip


@contextmanager
def open_reading_app(folder: Path) -> Iterator[ReadingApp]:
    app = ReadingApp(folder)
    yield app
    app.close()
