"""Whether a MySQL server is a replica to read from; Aurora says it in a word of its own."""

from __future__ import annotations

import re

from pipelines.errors import NotAReplica

# Aurora's readers may show read_only = 0: there only innodb_read_only counts. Nobody else has the variable.
IS_AURORA = "show variables like 'aurora_server_id'"
STATE = "select @@global.read_only, @@innodb_read_only"
PROOF_FAILED = 1242
_READER_ENDPOINT = re.compile(r"\.cluster-ro-[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com(\.cn)?$")


def is_replica(read_only: int, engine_read_only: int, *, aurora: bool) -> bool:
    """What `STATE` means."""
    return bool(engine_read_only) or (bool(read_only) and not aurora)


def proof(*, aurora: bool) -> str:
    """A statement that fails (error 1242, too many rows) where writes are taken.

    For the very connection that reads: connectorx opens one for each chunk, and after a failover the name
    that led to a reader may lead to the writer. It sets a variable, because connectorx leaves the result of
    a SELECT sent before its own unread, and an error in it unseen.
    """
    words = "@@innodb_read_only" if aurora else "@@global.read_only or @@innodb_read_only"
    return f"set @is_replica = if({words}, 1, (select 1 union all select 2))"


def refusal(place: str, host: str) -> NotAReplica:
    """Says what is wrong with a server that takes writes."""
    waiver = f"WAREHOUSE_SOURCES__{place.replace('/', '__').upper()}__ALLOW_PRIMARY=true."
    if _READER_ENDPOINT.search(host):
        return NotAReplica(
            f"{place}: the reader endpoint {host} leads to the writer, as it does while no reader runs.",
            f"Have a reader started and run again, or waive the check with {waiver}",
        )
    return NotAReplica(
        f"{place}: {host} is not a read-only replica.",
        f"Point the URL at the replica, or waive the check with {waiver}",
    )
