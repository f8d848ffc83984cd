"""`python -m tests.sqlserver.database`: waits for WAREHOUSE_TEST_SQLSERVER_URL, makes its database."""

from __future__ import annotations

import os
import sys
import time
from contextlib import closing
from urllib.parse import urlsplit, urlunsplit

from tests.dbt_project.live_sqlserver import connection_string

COLLATION = "Latin1_General_100_BIN2"
SECONDS = 180  # a fresh container needs half a minute


def main() -> int:
    """0 when the database is there, with the collation that DuckDB's comparisons are like."""
    import mssql_python

    url = os.environ["WAREHOUSE_TEST_SQLSERVER_URL"]
    parts = urlsplit(url)
    name = parts.path.strip("/")
    words = connection_string(urlunsplit(parts._replace(path="/master")))
    until = time.monotonic() + SECONDS
    while True:
        try:
            connection = mssql_python.connect(words, autocommit=True)
            break
        except mssql_python.Error as refused:
            if time.monotonic() > until:
                print(f"the server did not answer in {SECONDS} s: {type(refused).__name__}", file=sys.stderr)
                return 1
            time.sleep(3)
    with closing(connection), closing(connection.cursor()) as cursor:
        quoted = name.replace("]", "]]")
        cursor.execute(f"if db_id(?) is null create database [{quoted}] collate {COLLATION}", (name,))
        cursor.execute(f"alter database [{quoted}] set read_committed_snapshot on with rollback immediate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
