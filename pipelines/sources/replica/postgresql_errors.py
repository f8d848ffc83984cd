"""What PostgreSQL's SQLSTATEs mean. The server's own text is never passed on: it may hold values."""

from __future__ import annotations

import re

from adbc_driver_manager import AdbcStatusCode

from pipelines.errors import (
    LoginRefused,
    NotVerified,
    SourceError,
    SourceInterrupted,
    SourceUnreachable,
    SourceUnreadable,
    TableMismatch,
)
from pipelines.sources.replica.postgresql_target import PostgreSqlTarget

# The driver tells no SQLSTATE of a login, only libpq's text: `failed: FATAL:  …` is what the server said.
_SERVER_SAID = re.compile(r"failed: \w+:\s")
_FULL = ("too many", "remaining connection slots")
_NOT_YET = ("starting up", "shutting down", "recovery mode", "not yet accepting", "not accepting")
_CONFLICT = frozenset({"40001", "40P01"})
_CUT = re.compile(r"08...|57P0[1-5]|25P03")
_CANCELLED = "57014"
_IO = AdbcStatusCode.IO


def connection_error(place: str, target: PostgreSqlTarget, failed: BaseException) -> SourceError:
    """A failure to connect, or of a question that reads no table."""
    text, where = str(failed), f"{target.host}:{target.port}"
    if "does not support SSL" in text:
        return NotVerified(f"{place}: the connection is not encrypted.", "Enable TLS on the server.")
    if "certificate" in text or "SSL error" in text:
        return NotVerified(
            f"{place}: the certificate of {where} could not be verified for that host name.",
            "Use the server's real name in the URL and its CA bundle in …__CA_FILE.",
        )
    refused = _SERVER_SAID.search(text)
    if refused and any(word in text for word in _FULL):
        return SourceUnreachable(
            f"{place}: {where} has no connection left for user `{target.user}`.",
            "Wait until others have ended, or raise its connection limit.",
        )
    if refused and not any(word in text for word in _NOT_YET):
        return LoginRefused(
            f"{place}: {where} refused the login of user `{target.user}` to database `{target.database}`.",
            "Check the user, the password and the database in its URL.",
        )
    return SourceUnreachable(
        f"{place}: {where} did not answer (error {state(failed) or type(failed).__name__}).",
        "Check host, port, firewall and that the replica is running.",
    )


def read_error(
    place: str, target: PostgreSqlTarget, table: str, failed: BaseException, *, timed_out: bool
) -> SourceError:
    """A failure while rows were read. `timed_out`: it ran as long as the statement timeout allows."""
    code = state(failed)
    if code in ("42P01", "42703", "3F000"):
        return TableMismatch(
            f"{place}: {table} or one of its columns went away (error {code}).", "Compare schemas."
        )
    if code == "42501":
        return LoginRefused(f"{place}: user `{target.user}` may not SELECT from {table}.", "Grant it SELECT.")
    if code == _CANCELLED and timed_out:
        return SourceUnreadable(
            f"{place}: reading {table} took longer than WAREHOUSE_STATEMENT_TIMEOUT allows (error {code}).",
            "Raise it, or lower page_rows in the source config.",
        )
    if code is None and getattr(failed, "status_code", _IO) != _IO:
        return SourceUnreadable(
            f"{place}: the driver could not read a value of {table}.",
            "Check the types in its contract; the driver's own words may hold data and are withheld.",
        )
    return _interruption(place, table, code) or SourceUnreadable(
        f"{place}: {table} could not be read (error {code}).",
        "Check its row_filter in the source config; the server's own words may hold data and are withheld.",
    )


def is_cut(failed: BaseException) -> bool:
    """Whether the connection is gone, not only the statement."""
    code = state(failed)
    if code is None:
        return bool(getattr(failed, "status_code", _IO) == _IO)
    return bool(_CUT.fullmatch(code))


def state(failed: BaseException) -> str | None:
    """The SQLSTATE, where the driver tells one."""
    code = getattr(failed, "sqlstate", None)
    return str(code) if code else None


def _interruption(place: str, table: str, code: str | None) -> SourceInterrupted | None:
    if code in _CONFLICT or code == _CANCELLED:
        return SourceInterrupted(
            f"{place}: the replica cancelled reading {table}, again and again: what it replays comes first "
            f"(error {code}).",
            "Lower page_rows in the source config, or have max_standby_streaming_delay raised there, or "
            "hot_standby_feedback turned on.",
        )
    if code == "55P03":
        return SourceInterrupted(
            f"{place}: {table} stayed locked by another session (error {code}).",
            "Run at a quieter hour, or see who holds the lock.",
        )
    if code is None or _CUT.fullmatch(code):
        return SourceInterrupted(
            f"{place}: the connection broke while reading {table} (error {code}).", "Run again."
        )
    return None
