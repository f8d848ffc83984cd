"""What MySQL's error numbers mean. The driver's own text is never passed on: it may hold values."""

from __future__ import annotations

import re

from pipelines.errors import (
    LoginRefused,
    NotVerified,
    SourceError,
    SourceInterrupted,
    SourceUnreachable,
    SourceUnreadable,
    TableMismatch,
)
from pipelines.sources.replica.mysql_replica import PROOF_FAILED, refusal
from pipelines.sources.replica.mysql_target import MySqlTarget

_NUMBER = re.compile(r"ERROR (\d{4})|^\(?(\d{4})\b")
# How connectorx's client words a broken link, at times inside a panic.
_LINK = re.compile(r"I[Oo] ?[Ee]rror|CodecError|DriverError|timed out")
_LOGIN = frozenset({1044, 1045, 1049, 1698, 3159})
# too many connections, shutting down, killed, lost, or chosen to give way: asked again it may well succeed
_CUT = frozenset({1040, 1053, 1152, 1158, 1159, 1160, 1161, 1184, 1205, 1213, 1927, 2003, 2006, 2013})


def connection_error(place: str, target: MySqlTarget, failed: BaseException) -> SourceError:
    """A failure of the guard connection."""
    number, text = _number(failed), str(failed)
    where = f"{target.host}:{target.port}"
    if number in _LOGIN:
        return LoginRefused(
            f"{place}: {where} refused the login of user `{target.user}` to database `{target.database}` "
            f"(error {number}).",
            "Check the user, the password and the database in its URL.",
        )
    failed_handshake = "SSL" in text and number in (2003, 2026)  # later it is only a broken connection
    if "certificate" in text.lower() or "hostname" in text.lower() or failed_handshake:
        return NotVerified(
            f"{place}: the certificate of {where} could not be verified for that host name.",
            "Use the server's real name in the URL and its CA bundle in …__CA_FILE.",
        )
    return SourceUnreachable(
        f"{place}: {where} did not answer (error {number or type(failed).__name__}).",
        "Check host, port, firewall and that the replica is running.",
    )


def read_error(place: str, target: MySqlTarget, table: str | None, failed: BaseException) -> SourceError:
    """A failure while rows were read through connectorx."""
    number = _number(failed)
    interrupted = _interruption(place, table, number, failed)
    if interrupted or number == PROOF_FAILED:
        return interrupted or refusal(place, target.host)
    if number in (1146, 1054):
        return TableMismatch(
            f"{place}: {table} or one of its columns went away (error {number}).", "Compare schemas."
        )
    if number == 1142:
        return LoginRefused(f"{place}: user `{target.user}` may not SELECT from {table}.", "Grant it SELECT.")
    if number in (1969, 3024, 1317):
        return SourceUnreadable(
            f"{place}: reading {table} took longer than WAREHOUSE_STATEMENT_TIMEOUT allows (error {number}).",
            "Raise it, or lower page_rows in the source config.",
        )
    if type(failed).__name__ == "PanicException":
        return SourceUnreadable(
            f"{place}: the driver could not read a value of {table}.",
            "Check the types in its contract; the driver's own words may hold data and are withheld.",
        )
    return SourceUnreadable(
        f"{place}: {table} could not be read (error {number}).",
        "Check its row_filter in the source config; the server's own words may hold data and are withheld.",
    )


def _interruption(
    place: str, table: str | None, number: int | None, failed: BaseException
) -> SourceInterrupted | None:
    if number in _CUT or (number is None and _LINK.search(str(failed))):
        return SourceInterrupted(
            f"{place}: the connection broke while reading {table} (error {number or 'of the link'}).",
            "Run again.",
        )
    return None


def _number(failed: BaseException) -> int | None:
    if failed.args and isinstance(failed.args[0], int):
        return failed.args[0]
    match = _NUMBER.search(str(failed))
    return int(match[1] or match[2]) if match else None
