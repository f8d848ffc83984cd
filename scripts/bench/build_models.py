"""Child process: builds models as a run does, by the runner's own choice of what changed.

`python -m scripts.bench.build_models HOME AS_OF all|changed`: `changed` is a new day of tracking logs, on the
day after the last run.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from pipelines.runner.changes import Changes
from pipelines.runner.transform import build
from pipelines.settings import Settings


def main() -> None:
    """Fails with dbt's own words when a model or a test does."""
    home, as_of, what = sys.argv[1:]
    settings = Settings(home=Path(home), as_of=datetime.fromisoformat(as_of))
    changes = Changes([("edx", "tracking_events")], clock=True, everything=what == "all")
    report = build(settings, ["edx"], changes.selectors, lambda _: None)
    if report.failed:
        raise SystemExit("; ".join(report.failed))


if __name__ == "__main__":
    main()
