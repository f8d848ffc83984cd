"""Has the checks of one layer run in a child process and keeps what they say in `ops`.

Great Expectations takes seconds to import and 300 MB, so it never enters this process. The child opens
the warehouse read-only: nobody may have it open for writing meanwhile, this process included.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from expectations.results import FAIL, WARN, CheckResult
from pipelines.errors import CheckFailed
from pipelines.landing.ledger import utc_now
from pipelines.runner.checks_process import ChecksProcess
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse

TIME_LIMIT = 1800.0  # seconds; 40 suites take about 6 s, whole-table checks of large tables minutes
UNCHANGED = "unchanged since the last published run"


@dataclass(frozen=True)
class CheckReport:
    """Results of one layer. `failed` stops the run before the next layer, `warned` only flags it."""

    results: list[CheckResult] = field(default_factory=list)

    @property
    def failed(self) -> list[CheckResult]:
        return [result for result in self.results if not result.success and result.severity == FAIL]

    @property
    def warned(self) -> list[CheckResult]:
        return [result for result in self.results if not result.success and result.severity == WARN]


def run_checks(
    settings: Settings,
    layer: str,
    relations: list[str],
    load_ids: list[str],
    process: ChecksProcess,
    *,
    time_limit: float = TIME_LIMIT,
) -> CheckReport:
    """Checks `relations` (`<schema>.<table>`); row checks read rows of `load_ids` only (none: all).

    Raises CheckFailed when the checks could not be run; failed expectations are in the report.
    """
    if not relations:
        return CheckReport()
    settings.work_folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.work_folder, prefix="check-") as folder:
        output = Path(folder).resolve() / "results.json"
        code = process.ask(_words(settings, layer, relations, load_ids, output), time_limit)
        return CheckReport(_read(output, layer, code))


def store(
    warehouse: Warehouse, run_id: str, layer: str, report: CheckReport | None, skipped: list[str]
) -> None:
    """Writes `ops.check_results`, one row a result, and `ops.skipped_checks`, one row a skipped relation."""
    now = utc_now()
    head = {"run_id": run_id, "layer": layer}
    results = report.results if report else []
    with warehouse.transaction():
        warehouse.insert(
            "ops.check_results", [head | _record(result) | {"checked_at": now} for result in results]
        )
        warehouse.insert(
            "ops.skipped_checks",
            [head | {"relation": name, "reason": UNCHANGED, "skipped_at": now} for name in skipped],
        )


def _record(result: CheckResult) -> dict[str, Any]:
    record = asdict(result)
    record["column_name"] = record.pop("column")
    return record


def _words(
    settings: Settings, layer: str, relations: list[str], load_ids: list[str], output: Path
) -> list[str]:
    words = ["--layer", layer, "--output", str(output)]
    words += [word for relation in relations for word in ("--relation", relation)]
    words += [word for load_id in load_ids for word in ("--load-id", load_id)]
    if settings.data_docs:
        words += ["--data-docs", str((settings.home / "data_docs").resolve())]
    return words


def _read(output: Path, layer: str, code: int) -> list[CheckResult]:
    try:
        said = json.loads(output.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        raise CheckFailed(
            f"The checks of {layer} ended with code {code} and no result.",
            "Run `python -m expectations.checkpoint --help`; -9 means that memory ran out.",
        ) from None
    if "refused" in said:
        raise CheckFailed(said["refused"]["what"], said["refused"]["advice"])
    return [CheckResult(**record) for record in said["results"]]
