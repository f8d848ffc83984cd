"""Child process: lands a generated platform of many tables through the project's own landing.

`python -m scripts.bench.land_many URL CA_FILE FOLDER TABLES`: the warehouse in FOLDER is kept, so that a
second call lands what has not changed since.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from pydantic import SecretStr

from pipelines.contracts import PlatformContract, load_contract
from pipelines.landing.instance import InstanceLanding
from pipelines.landing.personal import pseudonym_key
from pipelines.landing.plan import Instance, Plan
from pipelines.landing.quarantine import Seal
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.config import SourceConfig, load_source_config
from pipelines.warehouse import open_warehouse
from pipelines.warehouse.ops import create_ops

KEY = SecretStr("5a" * 32)
_TABLE = """\
      - name: t_{number:03}
        config: {{meta: {{key: [id], version: changed, partition: {{column: made, unit: timestamp}}}}}}
        columns:
"""
_COLUMN = "          - {{name: {}, data_type: {}, config: {{meta: {{source_type: {}, personal: {}}}}}}}\n"
_COLUMNS = (
    ("id", "bigint", "bigint", "none, nullable: false"),
    ("person", "text(100)", "varchar", "pseudonym, identifier: email"),
    ("title", "text(60)", "varchar", "none"), ("amount", '"decimal(12,2)"', "decimal", "none"),
    ("number", "bigint", "int", "none"), ("made", "timestamp", "datetime", "none"),
    ("changed", "timestamp", "datetime", "none"), ("note", "text(60)", "varchar", "none"),
)  # fmt: skip


def platform(folder: Path, tables: int) -> tuple[PlatformContract, SourceConfig]:
    """A platform of so many tables as its two files declare it: every other one with a cursor."""
    columns = "".join(_COLUMN.format(*column) for column in _COLUMNS)
    listed = "".join(_TABLE.format(number=number) + columns for number in range(tables))
    contract = folder / "contract.yml"
    contract.write_text(f"sources:\n  - name: many\n    tables:\n{listed}", encoding="utf-8")
    cursor = "cursor: {column: changed, unit: timestamp}"
    fetches = "".join(f"  t_{n:03}: {{{cursor if n % 2 else ''}}}\n" for n in range(tables))
    config = folder / "many.yml"
    config.write_text(f"platform: many\nkind: replica\ntables:\n{fetches}", encoding="utf-8")
    loaded = load_contract(contract)
    return loaded, load_source_config(config, loaded)


def main() -> None:
    """Prints seconds in all, of our CPU, of staging and of the source, statements, rows read and landed."""
    url, ca_file, home, tables = sys.argv[1:]
    settings = Settings(home=Path(home), pseudonym_key=KEY, sealing_key=KEY)
    plan = Plan(*platform(Path(home), int(tables)), pseudonym_key(settings, sample_source=False))
    place = {"url": url, "allow_primary": True} | ({"ca_file": ca_file} if ca_file else {})
    with open_warehouse(settings) as warehouse:
        create_ops(warehouse)
        it = Instance(settings, warehouse, "bench", plan, "main", InstanceSettings.model_validate(place))
        landing = InstanceLanding(it, Seal(settings), lambda _: None)
        started, worked = time.monotonic(), time.process_time()
        landing.run()
        total, cpu = time.monotonic() - started, time.process_time() - worked
    for outcome in landing.outcomes:
        if outcome.error or not outcome.balanced:
            raise SystemExit(str(outcome.error))
    load = landing.load
    print(json.dumps({
        "seconds": total, "cpu": cpu, "staging": sum(outcome.seconds for outcome in landing.outcomes),
        "source": load.seconds_worked if load else 0, "statements": load.statements if load else 0,
        "read": sum(outcome.rows_read for outcome in landing.outcomes),
        "landed": sum(outcome.rows_landed for outcome in landing.outcomes),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
