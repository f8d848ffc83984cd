"""How far a MySQL, MariaDB or Aurora replica is behind its primary, in the words each of them has for it."""

from __future__ import annotations

from typing import Any

import pymysql
from pymysql.cursors import DictCursor

from pipelines.errors import SourceUnreachable

_NOT_ALLOWED = frozenset({1227, 1142, 1044, 1045})
_OTHER_WORDS = 1064
_LAGS = ("Seconds_Behind_Source", "Seconds_Behind_Master")


def replica_lag(connection: Any, place: str) -> float | None:
    """Seconds; None where the login may not know, or the server replicates from nobody.

    Raises SourceUnreachable where replication has stopped (the server says NULL), and driver errors.
    """
    with connection.cursor(DictCursor) as cursor:
        cursor.execute("show variables like 'aurora_server_id'")
        if cursor.fetchone():
            return _aurora(cursor)
        rows = _status(cursor)
    lags = [next(row[name] for name in _LAGS if name in row) for row in rows]
    if None in lags:
        raise SourceUnreachable(
            f"{place}: replication of this replica has stopped, so nothing new arrives there.",
            "Ask whoever runs it to look at SHOW REPLICA STATUS.",
        )
    return float(max(lags)) if lags else None


def _aurora(cursor: Any) -> float | None:
    """A reader shares the writer's storage, so what lags is its page cache; the writer has no row."""
    cursor.execute(
        "select replica_lag_in_milliseconds as lag from information_schema.replica_host_status "
        "where server_id = @@aurora_server_id and session_id <> 'MASTER_SESSION_ID'"
    )
    row = cursor.fetchone()
    return float(row["lag"]) / 1000 if row and row["lag"] is not None else None


def _status(cursor: Any) -> list[dict[str, Any]]:
    """MySQL 8.4 knows only the new words, MySQL 5.7 and older MariaDB only the old ones."""
    for words in ("show replica status", "show slave status"):
        try:
            cursor.execute(words)
            return list(cursor.fetchall())
        except pymysql.Error as refused:
            number = refused.args[0] if refused.args else None
            if number in _NOT_ALLOWED:
                return []
            if number != _OTHER_WORDS:
                raise
    return []
