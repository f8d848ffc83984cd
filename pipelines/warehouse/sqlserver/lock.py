"""One run at a time on one database, whichever machine it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.errors import WarehouseLocked
from pipelines.settings import Settings
from pipelines.warehouse.sqlserver.database import open_session
from pipelines.warehouse.sqlserver.driver import Session
from pipelines.warehouse.sqlserver.errors import statement_error
from pipelines.warehouse.sqlserver.target import place

# 0 and 1 are granted, -1 is held by somebody else. Held by the session: it goes with the connection, so a run
# that is killed leaves it free.
_TAKE = """\
set nocount on;
declare @answer int;
exec @answer = sp_getapplock
    @Resource = 'warehouse run', @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 0;
select @answer"""
_UNGUARDED = (
    "{} gives no lock to an application (sp_getapplock), so only runs on this machine are kept apart: see to "
    "it that no other machine runs there."
)


@contextmanager
def database_lock(settings: Settings) -> Iterator[list[str]]:
    """Held by a session of its own while it is open; yields what to warn of.

    Raises WarehouseLocked when another session holds it. A server without `sp_getapplock` is used all the
    same: only runs of this machine then see one another.
    """
    session = open_session(settings)
    try:
        granted = _take(session, place(settings))
        if granted is not None and granted < 0:
            raise WarehouseLocked(
                f"Another run holds {place(settings)}.",
                "Wait for it to end, on whichever machine it is, then run again.",
            )
        yield [_UNGUARDED.format(place(settings))] if granted is None else []
    finally:
        session.close()


def _take(session: Session, where: str) -> int | None:
    """What the server answers, None where it knows no such procedure. Raises WarehouseInterrupted."""
    try:
        answered = session.rows(_TAKE)
    except session.failures as failed:
        if session.last_error() is None:
            raise statement_error(where, "sp_getapplock", None, failed) from None
        return None
    return int(answered[0][0]) if answered else None
