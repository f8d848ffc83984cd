"""Child process of the landing benchmark: lands one table through the project's own landing.

`python -m scripts.bench.land_one URL CA_FILE HOME TABLE none|pseudonym`
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from pydantic import SecretStr

from pipelines.contracts import Column, PlatformContract, TableContract
from pipelines.landing.instance import InstanceLanding
from pipelines.landing.personal import pseudonym_key
from pipelines.landing.plan import Instance, Plan
from pipelines.landing.quarantine import Seal
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.config import Cursor, SourceConfig, TableFetch
from pipelines.warehouse import open_warehouse
from pipelines.warehouse.ops import create_ops

KEY = SecretStr("5a" * 32)
# name, landed kind, source type, length, precision, scale
COLUMNS = (
    ("id", "bigint", "bigint", None, None, None), ("userid", "bigint", "bigint", None, None, None),
    ("courseid", "bigint", "bigint", None, None, None), ("email", "text", "varchar", 100, None, None),
    ("status", "bigint", "tinyint", None, None, None), ("grade", "decimal", "decimal", None, 10, 5),
    ("score", "double", "double", None, None, None), ("created", "timestamp", "datetime", None, None, None),
    ("modified", "bigint", "bigint", None, None, None),
    ("modified_at", "timestamp", "timestamp", None, None, None),
    ("name", "text", "varchar", 200, None, None), ("note", "text", "varchar", 100, None, None),
)  # fmt: skip


def contract(table: str, email_class: str) -> PlatformContract:
    """The benchmark's contract: exact types, at most one pseudonymised column."""
    columns = tuple(
        Column(
            name, kind, length, precision, scale, nullable=name != "id",
            personal=email_class if name == "email" else "none", source_type=source_type, description="",
            identifier="email" if name == "email" else None,
        )
        for name, kind, source_type, length, precision, scale in COLUMNS
    )  # fmt: skip
    only = TableContract("bench", table, ("id",), "modified", None, None, columns, "")
    return PlatformContract("bench", "staging_bench", {table: only}, Path(__file__))


def main() -> None:
    """Lands into an empty warehouse and says how long each layer took."""
    url, ca_file, home, table, email_class = sys.argv[1:]
    shutil.rmtree(home, ignore_errors=True)
    settings = Settings(home=Path(home), pseudonym_key=KEY, sealing_key=KEY)
    fetch = TableFetch(cursor=Cursor(column="modified", unit="epoch_seconds"))
    plan = Plan(
        contract(table, email_class),
        SourceConfig("bench", "replica", "", {table: fetch}),
        pseudonym_key(settings, sample_source=False),
    )
    where = InstanceSettings(url=SecretStr(url), ca_file=Path(ca_file))
    with open_warehouse(settings) as warehouse:
        create_ops(warehouse)
        landing = InstanceLanding(
            Instance(settings, warehouse, "bench", plan, "main", where), Seal(settings), lambda _: None
        )
        started = time.monotonic()
        landing.run()
        outcome = landing.outcomes[0]
        if outcome.error or not outcome.balanced:
            raise SystemExit(str(outcome.error))
        total = time.monotonic() - started
    rest = total - outcome.seconds
    print(f"read, classify, write Parquet {outcome.seconds:.2f} s; dlt, load, recount {rest:.2f} s")


if __name__ == "__main__":
    main()
