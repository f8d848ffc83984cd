"""What SQL Server's failures mean. The server's and the driver's words are searched, never passed on.

The number is asked of the session; where it cannot be, or a server of the T-SQL kind has none of its own, the
class of the driver's error and the fixed part of the message decide.
"""

from __future__ import annotations

import re

from pipelines.errors import (
    DiskFull,
    LandingError,
    WarehouseError,
    WarehouseInterrupted,
    WarehouseLocked,
    WarehouseUnreachable,
)
from pipelines.warehouse.sqlserver.driver import LIBRARIES, login_number, state

DEADLOCK, LOCK_TIMEOUT = 1205, 1222
# a deadlock's victim, and conflicts of snapshot isolation
_AGAIN = frozenset({DEADLOCK, 3960, 3961, 3966})
_FULL = frozenset({1101, 1105, 9002, 40544, 40552, 5149, 3257})
_NO_RIGHT = frozenset({229, 230, 262, 297, 300, 916, 1088, 2760, 2104, 15151, 15247, 4712})
_TOO_LONG = frozenset({2628, 8152})
_NOT_THERE = frozenset({207, 208, 2812, 3701, 4902, 15225})
_VALUE = frozenset({220, 232, 241, 242, 245, 248, 8114, 8115, 9803})
_CONSTRAINT = frozenset({515, 547, 2601, 2627})
_READ_ONLY = frozenset({3906, 3908, 976, 978, 979})
_ALL = (
    _AGAIN | _FULL | _NO_RIGHT | _TOO_LONG | _NOT_THERE | _VALUE | _CONSTRAINT | _READ_ONLY | {LOCK_TIMEOUT}
)
_CLASSES = {"40001": DEADLOCK, "22001": 2628, "42S02": 208, "42S22": 207, "23000": 547, "22003": 8115}
# fixed parts of messages, for servers that tell no number that we know
_WORDS = (
    (r"deadlock", DEADLOCK),
    (r"Lock request time ?out|lock timeout", LOCK_TIMEOUT),
    (r"would be truncated|value too long for type", 2628),
    (r"transaction log for database .* is full", 9002),
    (r"Could not allocate space|No space left|disk full", 1105),
    (r"permission (was )?denied|must be owner of", 229),
    (r"Invalid object name|Cannot find the object|relation .* does not exist", 208),
)


def not_loaded(missing: tuple[str, ...] = tuple(LIBRARIES)) -> WarehouseUnreachable:
    """Libraries of the system that wheels cannot bring."""
    return WarehouseUnreachable(
        "The driver for SQL Server does not load on this machine.",
        f"Install the libraries it needs: apt-get install {' '.join(missing)}",
    )


def connection_error(place: str, user: str | None, failed: BaseException) -> WarehouseError:
    """Why the database could not be connected to."""
    text = str(failed)
    if "Failed to load" in text or isinstance(failed, ImportError):
        return not_loaded()
    return (
        _not_safe(place, text)
        or _not_let_in(place, user, text, state(failed))
        or WarehouseUnreachable(
            f"The server of {place} did not answer (error {login_number(failed)}).",
            "Check WAREHOUSE_SQLSERVER__HOST and …__PORT, the firewall, and that the server is running.",
        )
    )


def _not_safe(place: str, text: str) -> WarehouseError | None:
    if "Encryption not supported" in text:
        return WarehouseUnreachable(
            f"The connection to {place} would not be encrypted.",
            "Enable TLS on the server, or set WAREHOUSE_SQLSERVER__ENCRYPT=false for one on this machine.",
        )
    if "SSL Provider" in text or "certificate" in text:
        return WarehouseUnreachable(
            f"The certificate of the server could not be verified for {place}.",
            "Name its CA by WAREHOUSE_SQLSERVER__CA_FILE, and its name in the certificate by …__HOST or "
            "…__CERTIFICATE_HOST.",
        )
    return None


def _not_let_in(place: str, user: str | None, text: str, code: str | None) -> WarehouseError | None:
    if "Azure authentication libraries" in text:
        return WarehouseUnreachable(
            "Microsoft Entra ID needs a package that is not installed.",
            "Install it beside the warehouse: pip install azure-identity",
        )
    if re.search(r"Cannot open database|database .* does not exist", text) or code == "42000":
        return WarehouseUnreachable(
            f"There is no {place}, or {_login(user)} may not open it.",
            "Have it made (see docs/sqlserver.md), or check WAREHOUSE_SQLSERVER__DATABASE.",
        )
    if code == "28000" or "Login failed" in text:
        return WarehouseUnreachable(
            f"The server refused {_login(user)} for {place}.",
            "Check WAREHOUSE_SQLSERVER__USER, …__PASSWORD and …__AUTHENTICATION, and that the login may open "
            "WAREHOUSE_SQLSERVER__DATABASE: a server may say the same of a database that is not there.",
        )
    if code is None and re.search("authentication|credential|token", text, re.I):
        return WarehouseUnreachable(
            f"Microsoft Entra ID gave no token for {place}.",
            "Check WAREHOUSE_SQLSERVER__AUTHENTICATION and the identity of this machine.",
        )
    return None


def statement_error(place: str, doing: str, number: int | None, failed: BaseException) -> WarehouseError:
    """Why a statement failed; `number` is None when the session could not be asked any more.

    `doing` names the statement without its values, as in `insert into ops.steps`.
    """
    known = _known(number, failed)
    facts: dict[str, object] = {"number": known, "again": known in _AGAIN}
    if known is None:
        return WarehouseInterrupted(
            f"The connection to {place} broke in `{doing}`.",
            "Nothing half-landed. Run again; if it stays, look at the server's log and the network.",
            **facts,
        )
    return (
        _of_the_server(place, doing, known, facts)
        or _of_the_statement(place, doing, known, facts)
        or _otherwise(place, doing, known, state(failed), facts)
    )


def _known(number: int | None, failed: BaseException) -> int | None:
    """The number, or that of what the class or the words of the error mean; 0 for neither, None for a
    connection that is gone."""
    if number and number in _ALL:
        return number
    code = state(failed)
    named = next((meant for words, meant in _WORDS if re.search(words, str(failed), re.I | re.S)), 0)
    meant = _CLASSES.get(code or "", 0) or named
    if number is None and not meant and code != "42000":
        return None
    return meant or number or 0


def _of_the_server(place: str, doing: str, number: int, facts: dict[str, object]) -> WarehouseError | None:
    if number in _AGAIN:
        return WarehouseInterrupted(
            f"{place} ended `{doing}` for another session's sake, again and again (error {number}).",
            "Nothing half-landed. Run at a quieter hour, or see who else writes there.",
            **facts,
        )
    if number == LOCK_TIMEOUT:
        return WarehouseLocked(
            f"`{doing}` waited too long for a lock that another session holds in {place} (error {number}).",
            "See who holds it (sys.dm_tran_locks) and run again.",
            **facts,
        )
    if number in _FULL:
        what = "transaction log" if number in (9002, 40552) else "database"
        return DiskFull(
            f"The {what} of {place} is full (error {number}).",
            "Nothing half-landed. Have room made there (files, growth, log backup), then run again.",
            **facts,
        )
    if number in _READ_ONLY:
        return LandingError(
            f"{place} is read-only (error {number}).",
            "Name its primary in WAREHOUSE_SQLSERVER__HOST.",
            **facts,
        )
    return None


def _of_the_statement(place: str, doing: str, number: int, facts: dict[str, object]) -> WarehouseError | None:
    if number in _NO_RIGHT:
        return LandingError(
            f"The login may not do `{doing}` in {place} (error {number}).",
            "Have the rights granted: `warehouse roles` prints the script, docs/sqlserver.md explains it.",
            **facts,
        )
    if number in _TOO_LONG:
        return LandingError(
            f"A value is longer than its column in `{doing}` (error {number}).",
            "Nothing of it landed. Raise the column's length in its contract, or alter the column.",
            **facts,
        )
    if number in _NOT_THERE:
        return LandingError(
            f"`{doing}` names a table or column that is not in {place} (error {number}).",
            "Run `warehouse run`, or check that nobody dropped it.",
            **facts,
        )
    if number in _VALUE:
        return LandingError(
            f"A value does not fit the type of its column in `{doing}` (error {number}).",
            "Nothing of it landed. Compare the contract's types with the table's.",
            **facts,
        )
    if number in _CONSTRAINT:
        return LandingError(
            f"`{doing}` would break a constraint of {place} (error {number}).",
            "Nothing of it landed. See which index or NOT NULL the table has.",
            **facts,
        )
    return None


def _otherwise(
    place: str, doing: str, number: int, code: str | None, facts: dict[str, object]
) -> WarehouseError:
    if code in ("HYT00", "HY008"):
        return WarehouseInterrupted(
            f"`{doing}` in {place} took longer than WAREHOUSE_STATEMENT_TIMEOUT allows.",
            "Nothing half-landed. Raise it, or see what the server waits for.",
            **facts,
        )
    return LandingError(
        f"{place} refused `{doing}` (error {number or code or 'without a number'}).",
        "The server's own words may hold data and are withheld; its error log has them.",
        **facts,
    )


def _login(user: str | None) -> str:
    return f"login `{user}`" if user else "this machine's identity"
