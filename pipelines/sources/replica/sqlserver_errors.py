"""What SQL Server's error numbers mean. The server's and the driver's own text is never passed on.

The driver tells no number, only a class of error: the number of a statement's failure is asked of the session
(`@@error`). Of a failed login not even that can be asked, so the class and the driver's fixed words must do.
"""

from __future__ import annotations

from pipelines.errors import (
    LoginRefused,
    NotVerified,
    SourceError,
    SourceInterrupted,
    SourceUnreachable,
    SourceUnreadable,
    TableMismatch,
)
from pipelines.sources.replica.sqlserver_target import SqlServerTarget
from pipelines.warehouse.sqlserver.driver import LIBRARIES, login_number, state

_GONE = frozenset({207, 208, 4902})
_NOT_ALLOWED = frozenset({229, 230, 297, 300})
# a deadlock's victim; what snapshot isolation, in which every readable secondary works, cannot answer
_CONFLICT = frozenset({1205, 3957, 3958, 3960, 3961, 3966})
_LOCKED = 1222


def not_loaded(place: str) -> SourceUnreadable:
    """Microsoft's driver needs libraries of the system that a slim image lacks."""
    return SourceUnreadable(
        f"{place}: the driver for SQL Server does not load on this machine.",
        f"Install the libraries it needs: apt-get install {' '.join(LIBRARIES)}",
    )


def connection_error(place: str, target: SqlServerTarget, failed: BaseException) -> SourceError:
    """A failure to connect, or of a question that reads no table."""
    text, code, where = str(failed), state(failed), f"{target.host}:{target.port}"
    if "Failed to load" in text or isinstance(failed, ImportError):
        return not_loaded(place)
    if "Encryption not supported" in text:
        return NotVerified(f"{place}: the connection is not encrypted.", "Enable TLS on the server.")
    if "SSL Provider" in text or "certificate" in text:
        return NotVerified(
            f"{place}: the certificate of {where} could not be verified for that host name.",
            "Use the server's real name in the URL, or name it by certificate_host=, and its CA bundle in "
            "…__CA_FILE.",
        )
    if code in ("28000", "42000"):
        return LoginRefused(
            f"{place}: {where} refused the login of user `{target.user}` to database `{target.database}` "
            f"(error {code}).",
            "Check the user, the password and the database in its URL.",
        )
    return SourceUnreachable(
        f"{place}: {where} did not answer (error {login_number(failed)}).",
        "Check host, port, firewall and that the replica is running.",
    )


def read_error(
    place: str, target: SqlServerTarget, table: str, number: int | None, failed: BaseException
) -> SourceError:
    """A failure while rows were read; `number` is None when the session could not be asked any more."""
    code = state(failed)
    if number in _GONE or code in ("42S02", "42S22"):
        return TableMismatch(
            f"{place}: {table} or one of its columns went away (error {number or code}).", "Compare schemas."
        )
    if number in _NOT_ALLOWED:
        return LoginRefused(f"{place}: user `{target.user}` may not SELECT from {table}.", "Grant it SELECT.")
    if code in ("HYT00", "HY008"):
        return SourceUnreadable(
            f"{place}: reading {table} took longer than WAREHOUSE_STATEMENT_TIMEOUT allows (error {code}).",
            "Raise it, or lower page_rows in the source config.",
        )
    return _interruption(place, table, number, code) or SourceUnreadable(
        f"{place}: {table} could not be read (error {number or code}).",
        "Check its row_filter in the source config; the server's own words may hold data and are withheld.",
    )


def _interruption(place: str, table: str, number: int | None, code: str | None) -> SourceInterrupted | None:
    if number == _LOCKED:
        return SourceInterrupted(
            f"{place}: {table} stayed locked by another session (error {number}).",
            "Run at a quieter hour, or see who holds the lock.",
        )
    if number in _CONFLICT or code == "40001":
        return SourceInterrupted(
            f"{place}: the replica cancelled reading {table}, again and again (error {number or code}).",
            "Lower page_rows in the source config, or run at a quieter hour.",
        )
    if number is None:
        return SourceInterrupted(
            f"{place}: the connection broke while reading {table} (error {code}).", "Run again."
        )
    return None
