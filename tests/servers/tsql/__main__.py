"""`python -m tests.servers.tsql [--port N] [--database NAME]`: serves until interrupted."""

from __future__ import annotations

import argparse
import threading

from tests.servers.tsql import TsqlServer


def main() -> None:
    """Prints the address in the form of WAREHOUSE_TEST_SQLSERVER_URL."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers.tsql")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--database", default="warehouse")
    asked = parser.parse_args()
    server = TsqlServer(databases=(asked.database,), port=asked.port)
    print(server.url, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
