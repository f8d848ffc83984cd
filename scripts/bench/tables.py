"""A platform of many tables that have not changed: what a table costs when there is nothing to do."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.bench.measure import Goal
from tests.servers.mariadb import MariaDb

TABLES, ROWS = 200, 50
DATABASE = "many"
_TABLE = """
create table t_{number:03} (id bigint primary key, person varchar(100), title varchar(60),
    amount decimal(12,2), number int, made datetime, changed datetime, note varchar(60));
insert into t_{number:03} select seq, concat('p', seq, '@x.example'), concat('title ', seq), seq * 1.25, seq,
    '2026-01-01' + interval seq day, '2026-01-01' + interval seq day, if(seq % 5 = 0, null, 'note')
from seq_1_to_{rows};
"""


def many_unchanged(wanted: argparse.Namespace) -> list[Goal]:
    """Seconds a table of the second landing of TABLES tables, everything between guard and closed ledger."""
    server = MariaDb.start()
    try:
        server.create_database(DATABASE)
        for number in range(TABLES):
            server.execute(_TABLE.format(number=number, rows=ROWS), DATABASE)
        with tempfile.TemporaryDirectory() as folder:
            first = land(server, folder)
            again = [land(server, folder) for _ in range(wanted.repeat)]
    finally:
        server.stop()
    for what, told in (("first landing", first), *(("nothing changed", told) for told in again)):
        print(f"  {what:<24}" + "  ".join(f"{name} {value:,.1f}" for name, value in told.items()), flush=True)
    if any(told["landed"] for told in again) or first["landed"] != TABLES * ROWS:
        raise RuntimeError(f"the landings are not what they should be: {first}, {again}")
    seconds = statistics.median(told["seconds"] for told in again)
    return [
        Goal(f"{TABLES} unchanged tables, a table", seconds / TABLES, 0.5, "s"),
        Goal(f"{TABLES} tables, first landing, a table", first["seconds"] / TABLES, None, "s"),
    ]


def land(server: MariaDb, folder: str) -> dict[str, float]:
    """One landing in a process of its own; what it says of itself."""
    arguments = [server.url(DATABASE), str(server.ca_file), str(Path(folder)), str(TABLES)]
    script = [sys.executable, "-m", "scripts.bench.land_many", *arguments]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"land_many ended with {done.returncode}: {done.stderr[-800:]}")
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told
