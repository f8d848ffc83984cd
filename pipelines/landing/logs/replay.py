"""Quarantined lines of logs, read again from their bytes under today's rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Sequence
from typing import Any

from pipelines.errors import UsageError
from pipelines.landing.bench import Bench
from pipelines.landing.columns import follow_contract
from pipelines.landing.logs.stage import LogStage
from pipelines.landing.outcome import TableOutcome
from pipelines.sources.edx_log import LogLines, lines_again, read_log_name
from pipelines.sources.edx_package import FileFetch

KeptLine = tuple[str, dict[str, Any]]


def stage_kept_lines(
    bench: Bench, fetch: FileFetch, kept: Sequence[KeptLine], outcome: TableOutcome
) -> set[int]:
    """Stages the lines (file key, payload) as one read; says which of them are still no events, by place."""
    outcome.mode = "replay"
    follow_contract(bench.warehouse, bench.schema, outcome.contract)
    stage, still = LogStage(bench, fetch, outcome), set()
    of_file: dict[str, list[int]] = defaultdict(list)
    for place, (file_key, _) in enumerate(kept):
        of_file[file_key].append(place)
    for number, (file_key, places) in enumerate(of_file.items()):
        one = TableOutcome(outcome.contract, outcome.instance, outcome.load_id, file_key=file_key)
        path = bench.folder / f"replay.{number}.parquet"
        lines = [(payload["_offset"], payload["_line"]) for payload in (kept[place][1] for place in places)]
        stage.stage_lines(_blocks(lines), _day(file_key), one, path)
        refused = {line.position for line in one.refused}
        still |= {place for place in places if kept[place][1]["_offset"] in refused}
        _add(outcome, one)
        if one.rows_to_land:
            outcome.files.append(path)
    return still


def _blocks(lines: list[tuple[int, bytes]]) -> Generator[LogLines, None, None]:
    yield from lines_again(lines)


def _day(file_key: str) -> Any:
    name = read_log_name(file_key)
    if name is None:
        raise UsageError(f"{file_key} is no name of a daily log.", "Its lines stay in quarantine.")
    return name.day


def _add(outcome: TableOutcome, one: TableOutcome) -> None:
    outcome.rows_read += one.rows_read
    outcome.rows_to_land += one.rows_to_land
    outcome.rows_quarantined += one.rows_quarantined
    outcome.filtered += one.filtered
    outcome.repairs += one.repairs
