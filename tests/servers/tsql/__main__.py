"""`python -m tests.servers.tsql [--port N] [--database NAME] [--without FEATURE] [--bulk HOW]`: serves."""

from __future__ import annotations

import argparse
import threading
from dataclasses import fields

from tests.servers.tsql import Features, TsqlServer


def main() -> None:
    """Prints the address in the form of WAREHOUSE_TEST_SQLSERVER_URL."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers.tsql")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--database", default="warehouse")
    switches = [each.name for each in fields(Features) if each.type == "bool"]
    parser.add_argument("--without", action="append", default=[], choices=switches)
    parser.add_argument("--bulk", default="good", choices=["good", "misaligned", "refused", "short"])
    asked = parser.parse_args()
    features = Features(bulk=asked.bulk)
    for name in asked.without:
        setattr(features, name, False)
    server = TsqlServer(databases=(asked.database,), port=asked.port, features=features)
    print(server.url, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
