"""Landing against a text dump of the same table, and memory against ten times the rows."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from scripts.bench.measure import Figure, Goal, measure, median, show
from scripts.bench.server import DATABASE, filled_server, table_name
from tests.servers.mariadb import MariaDb


def against_a_dump(wanted: argparse.Namespace) -> list[Goal]:
    """Wall time of MariaDB → DuckDB staging as a multiple of `mariadb --batch --quick > file`, pairwise."""
    dumps: list[Figure] = []
    plain: list[Figure] = []
    hashed: list[Figure] = []
    with filled_server(wanted.rows) as server, tempfile.TemporaryDirectory() as folder:
        for _ in range(wanted.repeat):
            dumps.append(dump(server, wanted.rows, Path(folder)))
            plain.append(land(server, wanted.rows, Path(folder), "none"))
            hashed.append(land(server, wanted.rows, Path(folder), "pseudonym"))
        layers = (Path(folder) / "landed.txt").read_text(encoding="utf-8").strip()
    show("text dump", median(dumps))
    show("landed, exact types", median(plain))
    show("landed, one column pseudonymised", median(hashed))
    print(f"  layers of the last run: {layers}")
    return [
        Goal(f"landing {wanted.rows:,} × 12 / text dump, wall", ratio(plain, dumps), 4),
        Goal("… with one pseudonymised column", ratio(hashed, dumps), 6),
        Goal("peak memory of the landing", max(f.rss for f in plain + hashed), 900, "MB"),
    ]


def ratio(figures: list[Figure], floors: list[Figure]) -> float:
    """Median of the ratios pair by pair, so that a slow minute hits both sides."""
    return statistics.median(figure.wall / floor.wall for figure, floor in zip(figures, floors, strict=True))


def ten_times_the_rows(wanted: argparse.Namespace) -> list[Goal]:
    """Peak memory with ten times the rows as a multiple of that with one."""
    many = wanted.rows * 10
    with filled_server(wanted.rows, many) as server, tempfile.TemporaryDirectory() as folder:
        once = land(server, wanted.rows, Path(folder), "pseudonym")
        tenfold = land(server, many, Path(folder), "pseudonym")
    show(f"landed, {wanted.rows:,} rows", once)
    show(f"landed, {many:,} rows", tenfold)
    return [
        Goal("peak memory, ten times the rows / once", tenfold.rss / once.rss, 1.15),
        Goal("peak memory at ten times the rows", tenfold.rss, 900, "MB"),
    ]


def dump(server: MariaDb, rows: int, folder: Path) -> Figure:
    """The floor: the server's own client writes the table as text."""
    defaults = folder / "client.cnf"
    defaults.write_text(f"[client]\npassword={server.password()}\n", encoding="utf-8")
    defaults.chmod(0o600)
    command = [
        "mariadb", f"--defaults-file={defaults}", "--user=reader", "--host=127.0.0.1",
        f"--port={server.port}",
        f"--ssl-ca={server.ca_file}", "--batch", "--quick", "--skip-column-names", DATABASE,
        "--execute", f"select * from {table_name(rows)}",
    ]  # fmt: skip
    return measure(command, output=folder / "dump.tsv")


def land(server: MariaDb, rows: int, folder: Path, email_class: str) -> Figure:
    """The same table through the project's landing, in a process of its own."""
    arguments = [
        server.url(DATABASE),
        str(server.ca_file),
        str(folder / "home"),
        table_name(rows),
        email_class,
    ]
    return measure([sys.executable, "-m", "scripts.bench.land_one", *arguments], output=folder / "landed.txt")
