"""The benchmark's source: a private MariaDB with a table of twelve mixed columns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.mariadb import MariaDb

DATABASE = "bench"
_TABLE = """
create table {name} (
    id bigint primary key, userid bigint not null, courseid bigint not null, email varchar(100) not null,
    status tinyint not null, grade decimal(10,5), score double, created datetime not null,
    modified bigint not null, modified_at timestamp null, name varchar(200), note varchar(100)
) engine=innodb default charset=utf8mb4
"""
_ROWS = """
insert into {name} select seq, 1 + seq % 100000, 1 + seq % 500,
    concat('user', 1 + seq % 100000, '@school', seq % 300, '.example'), seq % 3,
    if(seq % 10 = 0, null, round(rand(seq) * 100, 5)), rand(seq + 1),
    timestamp'2020-01-01 00:00:00' + interval seq second, 1600000000 + seq,
    if(seq % 7 = 0, null, timestamp'2021-01-05 00:00:00' + interval seq * 7 second),
    concat('Enrolment of a learner no ', seq, ' é'), concat('cohort ', seq % 1000)
from seq_1_to_{rows}
"""


@contextmanager
def filled_server(rows: int, *more: int) -> Iterator[MariaDb]:
    """A running server with tables `enrolments_<rows>`; stopped and removed afterwards."""
    server = MariaDb.start()
    try:
        server.create_database(DATABASE)
        for count in (rows, *more):
            server.execute(_TABLE.format(name=table_name(count)), DATABASE)
            server.execute(_ROWS.format(name=table_name(count), rows=count), DATABASE)
        server.set_read_only(True)
        yield server
    finally:
        server.stop()


def table_name(rows: int) -> str:
    """The table with that many rows."""
    return f"enrolments_{rows}"
