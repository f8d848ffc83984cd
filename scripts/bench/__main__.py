"""Runs all benchmarks, or the named ones: `python -m scripts.bench [landing] [postgresql] [memory] …`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from pipelines.errors import UsageError
from scripts.bench import (
    backends,
    builds,
    drops,
    exports,
    increments,
    landing,
    logs,
    packages,
    postgresql,
    runs,
    sqlserver,
    tables,
)
from scripts.bench.measure import Goal, report

BENCHES: dict[str, Callable[[argparse.Namespace], list[Goal]]] = {
    "landing": landing.against_a_dump,
    "memory": landing.ten_times_the_rows,
    "postgresql": postgresql.against_copy,
    "backends": backends.dlt_beside_it,
    "packages": packages.against_a_pipe,
    "logs": logs.against_gunzip,
    "log-year": logs.a_day_on_a_year,
    "exports": exports.against_json_loads,
    "drops": drops.in_bounded_memory,
    "runs": runs.unchanged_and_longer_history,
    "tables": tables.many_unchanged,
    "build": builds.against_bare_sql,
    "increment": increments.a_day_on_two_years,
}
ON_SQLSERVER: dict[str, Callable[[argparse.Namespace], list[Goal]]] = {
    "routes": sqlserver.against_the_stock_route,
}


def main() -> int:
    """Prints every ratio beside its limit; the exit code is 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("benches", nargs="*", choices=[[], *BENCHES, *ON_SQLSERVER], default=[])
    parser.add_argument("--engine", choices=["duckdb", "sqlserver"], default="duckdb")
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    wanted = parser.parse_args()
    benches = ON_SQLSERVER if wanted.engine == "sqlserver" else BENCHES
    goals: list[Goal] = []
    try:
        for name in wanted.benches or benches:
            print(f"\n{name}", flush=True)
            goals += benches[name](wanted)
    except UsageError as lacking:
        print(lacking)
        return lacking.exit_code
    return report(goals)


if __name__ == "__main__":
    sys.exit(main())
