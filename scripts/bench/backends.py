"""dlt's own ways to read the same table, beside ours: its pyarrow backend and its default."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from scripts.bench.landing import land
from scripts.bench.measure import Figure, Goal, measure, show
from scripts.bench.server import DATABASE, filled_server, table_name

# the default backend makes 2,000 rows a second and 3.7 GB of memory of a table of 2 million
SHARES = {"pyarrow": 5, "sqlalchemy": 100}


def dlt_beside_it(wanted: argparse.Namespace) -> list[Goal]:
    """CPU seconds per million rows of each; no limit, only to see why we do not use them."""
    goals = []
    sizes = {backend: wanted.rows // share for backend, share in SHARES.items()}
    with filled_server(wanted.rows, *sizes.values()) as server, tempfile.TemporaryDirectory() as folder:
        ours = land(server, wanted.rows, Path(folder), "none")
        show("ours", ours)
        goals.append(Goal("ours, CPU seconds per million rows", _per_million(ours, wanted.rows), None, "s"))
        for backend, rows in sizes.items():
            url = server.url(DATABASE).replace("mysql://", "mysql+pymysql://")
            script = [sys.executable, "-m", "scripts.bench.land_dlt", url, str(server.ca_file)]
            figure = measure([*script, str(Path(folder) / backend), table_name(rows), backend])
            show(f"dlt {backend}, {rows:,} rows", figure)
            goals.append(
                Goal(f"dlt {backend}, CPU seconds per million rows", _per_million(figure, rows), None, "s")
            )
    return goals


def _per_million(figure: Figure, rows: int) -> float:
    return figure.cpu / rows * 1e6
