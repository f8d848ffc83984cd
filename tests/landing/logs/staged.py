"""One log staged in memory: no store, no gpg, no dlt; its rows are what would be imported."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipelines.contracts import TableContract, contract_path, load_contract
from pipelines.landing.bench import Bench
from pipelines.landing.logs.stage import LogStage
from pipelines.landing.outcome import TableOutcome
from pipelines.settings import Settings
from pipelines.sources.config import config_path, load_source_config
from pipelines.sources.edx_log import log_lines
from tests.landing.tables import in_memory, key

DAY = date(2026, 7, 1)
_LOADED = load_contract(contract_path("edx"))
CONTRACT: TableContract = _LOADED.tables["tracking_events"]
_FETCH = load_source_config(config_path("edx"), _LOADED).files["tracking_events"]
Row = dict[str, Any]


@dataclass
class Staged:
    """What became of a log's lines."""

    outcome: TableOutcome
    rows: list[Row]

    @property
    def not_landed(self) -> Counter[str]:
        """Reason → lines that were quarantined or filtered."""
        found = Counter(one.reason for one in self.outcome.refused)
        return found + Counter({reason: count for reason, count in self.outcome.filtered.items() if count})

    @property
    def repairs(self) -> dict[tuple[str, str], int]:
        return dict(self.outcome.repairs)


class Stager:
    """Stages logs one after the other, as one load does."""

    def __init__(self, folder: Path) -> None:
        self._outcome = TableOutcome(CONTRACT, "unix", load_id="load-1")
        self._folder = folder
        warehouse = in_memory()
        # as a run's warehouse: files of one name follow each other too quickly for the cache to notice
        warehouse.execute("set enable_external_file_cache = false")
        bench = Bench(Settings(), warehouse, "staging_edx", key(), folder, lambda _: None)
        self._stage = LogStage(bench, _FETCH, self._outcome)

    def packed(self, blocks: Iterable[bytes], day: date = DAY) -> Staged:
        """Of a log in blocks of its gzip."""

        def given() -> Generator[bytes, None, None]:
            yield from blocks

        outcome, path = self._fresh()
        self._stage.stage(given, day, outcome, path)
        return self._read(outcome, path)

    def plain(self, content: bytes, chunk_bytes: int = 16 << 20, block: int = 1 << 20) -> Staged:
        """Of a log that was unpacked already, in blocks and chunks of these sizes."""
        outcome, path = self._fresh()
        blocks = (content[at : at + block] for at in range(0, len(content), block))
        self._stage.stage_lines(log_lines(blocks, chunk_bytes), DAY, outcome, path)
        return self._read(outcome, path)

    def each(self, *lines: dict[str, Any] | bytes) -> list[Row | str]:
        """What each line ends as, all of them in one log: its row, or the reason why it has none."""
        raws = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        staged = self.plain(b"".join(raw + b"\n" for raw in raws))
        found: dict[int, Row | str] = {row["_offset"]: row for row in staged.rows}
        found |= {one.position: one.reason for one in staged.outcome.refused}
        places = accumulate((len(raw) + 1 for raw in raws), initial=0)
        return [found.get(place, "filtered") for _, place in zip(raws, places, strict=False)]

    def values(self, column: str, *lines: dict[str, Any] | bytes) -> list[Any]:
        """One column of each line, which must land."""
        rows = self.each(*lines)
        assert [row for row in rows if isinstance(row, str)] == []
        return [row[column] for row in rows if not isinstance(row, str)]

    def _fresh(self) -> tuple[TableOutcome, Path]:
        outcome = TableOutcome(CONTRACT, "unix", load_id="load-1", file_key="unix.log")
        return outcome, self._folder / "one.parquet"

    @staticmethod
    def _read(outcome: TableOutcome, path: Path) -> Staged:
        rows = pq.read_table(path).to_pylist() if path.exists() else []
        path.unlink(missing_ok=True)
        assert outcome.rows_to_land == len(rows)
        assert outcome.rows_read == len(rows) + outcome.rows_quarantined + outcome.rows_filtered
        assert outcome.rows_quarantined == len(outcome.refused)
        assert {row["event_date"] for row in rows} == (outcome.partitions or set())
        assert len({row["line_hash"] for row in rows}) == len(rows)
        return Staged(outcome, sorted(rows, key=lambda row: row["_offset"]))


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=1, mtime=0)
