"""The reading app's tables in a folder, exported and streamed as AWS does, and a warehouse for them."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.contracts import contract_path
from scripts.sample_sources.dynamodb_layout import Table
from tests.landing.own_warehouse import OwnWarehouse, sentences

T0 = datetime(2026, 7, 1, 2)
HOUR = timedelta(hours=1)


class ReadingApp(OwnWarehouse):
    """`progress` and `quizzes` are its tables; their exports lie in `store`."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "sample" / "store"
        self.store.mkdir(parents=True)
        super().__init__(folder, "reading", {"main": {"url": self.store.as_uri()}})
        self.progress, self.quizzes = self.table("reading_progress"), self.table("quiz_results")

    def table(self, name: str, **more: Any) -> Table:
        return Table(name, self.put, **{"prefix": "nightly", **more})

    def put(self, key: str, content: bytes) -> None:
        path = self.store / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, ns=(10**18,) * 2)

    def refused(self) -> list[str]:
        """The sentences of one landing, each once."""
        return sentences(self.land())

    def wider_contract(self, column: str, was: int, becomes: int) -> Path:
        """The platform's contract with another length for a column."""
        text = contract_path("reading").read_text(encoding="utf-8")
        start = text.index(f"- name: {column}\n")
        changed = text[start:].replace(f"text({was})", f"text({becomes})", 1)
        path = self.folder / "contract.yml"
        path.write_text(text[:start] + changed, encoding="utf-8")
        return path

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
