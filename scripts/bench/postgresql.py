"""Landing from PostgreSQL against `psql`'s COPY of the same table to nowhere."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.bench.landing import ratio
from scripts.bench.measure import Figure, Goal, measure, median, show
from scripts.bench.server import DATABASE, table_name
from tests.servers.postgresql import PostgreSql
from tests.servers.postgresql_node import program

# the twelve columns of the MariaDB benchmark, and the same values but for the random ones
_TABLE = """
create table {name} (
    id bigint primary key, userid bigint not null, courseid bigint not null, email varchar(100) not null,
    status smallint not null, grade numeric(10,5), score double precision, created timestamp not null,
    modified bigint not null, modified_at timestamptz, name varchar(200), note varchar(100)
);
insert into {name} select seq, 1 + seq % 100000, 1 + seq % 500,
    concat('user', 1 + seq % 100000, '@school', seq % 300, '.example'), seq % 3,
    case when seq % 10 <> 0 then round(cast(random() * 100 as numeric), 5) end, random(),
    timestamp '2020-01-01 00:00:00' + seq * interval '1 second', 1600000000 + seq,
    case when seq % 7 <> 0 then timestamptz '2021-01-05 00:00:00+00' + seq * interval '7 seconds' end,
    concat('Enrolment of a learner no ', seq, ' é'), concat('cohort ', seq % 1000)
from generate_series(1, {rows}) as seq
"""


def against_copy(wanted: argparse.Namespace) -> list[Goal]:
    """Wall time of a PostgreSQL standby → DuckDB staging as a multiple of `COPY … TO STDOUT`, pairwise."""
    copies: list[Figure] = []
    plain: list[Figure] = []
    hashed: list[Figure] = []
    with filled_pair(wanted.rows) as server, tempfile.TemporaryDirectory() as folder:
        for _ in range(wanted.repeat):
            copies.append(copy(server, wanted.rows))
            plain.append(land(server, wanted.rows, Path(folder), "none"))
            hashed.append(land(server, wanted.rows, Path(folder), "pseudonym"))
        layers = (Path(folder) / "landed.txt").read_text(encoding="utf-8").strip()
    show("COPY to nowhere", median(copies))
    show("landed from PostgreSQL, exact types", median(plain))
    show("landed from PostgreSQL, one column pseudonymised", median(hashed))
    print(f"  layers of the last run: {layers}")
    return [
        Goal(f"landing {wanted.rows:,} × 12 from PostgreSQL / COPY, wall", ratio(plain, copies), 4),
        Goal("… with one pseudonymised column", ratio(hashed, copies), 6),
        Goal("peak memory of the landing from PostgreSQL", max(f.rss for f in plain + hashed), 900, "MB"),
    ]


@contextmanager
def filled_pair(rows: int) -> Iterator[PostgreSql]:
    """A running pair with table `enrolments_<rows>`, on the standby too; removed afterwards."""
    server = PostgreSql.start()
    try:
        server.create_database(DATABASE)
        server.primary.execute(_TABLE.format(name=table_name(rows), rows=rows), DATABASE)
        server.primary.execute(f"vacuum (freeze, analyze) {table_name(rows)}", DATABASE)
        server.primary.execute("checkpoint")
        server.caught_up(seconds=300)
        yield server
    finally:
        server.stop()


def copy(server: PostgreSql, rows: int) -> Figure:
    """The floor: PostgreSQL's own client copies the table as text over the same TLS and throws it away."""
    url = f"{server.url(DATABASE)}?sslmode=verify-full&sslrootcert={server.ca_file}"
    psql = program("psql") or "psql"
    return measure([psql, "--no-psqlrc", url, "--command", f"copy {table_name(rows)} to stdout"])


def land(server: PostgreSql, rows: int, folder: Path, email_class: str) -> Figure:
    """The same table through the project's landing, in a process of its own."""
    arguments = [server.url(DATABASE), str(server.ca_file), str(folder / "home"), table_name(rows)]
    script = [sys.executable, "-m", "scripts.bench.land_one", *arguments, email_class]
    return measure(script, output=folder / "landed.txt")
