"""Which database on which SQL Server the warehouse is, in the words of Microsoft's ODBC driver."""

from __future__ import annotations

from pipelines.errors import SettingsError
from pipelines.loopback import LOOPBACK
from pipelines.settings import Settings
from pipelines.warehouse.sqlserver.driver import connection_string

_KEEPALIVE_SECONDS = 20


def place(settings: Settings) -> str:
    """How sentences call the warehouse: never with a user or a password."""
    where = settings.sqlserver
    return f"database {where.database} on {where.host}:{where.port}"


def connection_words(settings: Settings) -> dict[str, str]:
    """Keywords and values, the password among them: for a driver and nothing else.

    Without `ConnectRetryCount=0` the driver mends a broken connection by itself, outside our transaction and
    without our lock. Raises SettingsError for what is missing.
    """
    where = settings.sqlserver
    _refuse_missing(settings)
    words = {
        "Server": f"tcp:{where.host},{where.port}",
        "Database": str(where.database),
        "ConnectRetryCount": "0",
        "KeepAlive": str(_KEEPALIVE_SECONDS),
        "Encrypt": "yes" if where.encrypt else "no",
        "TrustServerCertificate": "yes" if where.trust_certificate else "no",
    }
    if where.user:
        words["UID"] = where.user
    if where.password:
        words["PWD"] = where.password.get_secret_value()
    if where.authentication != "sql":
        words["Authentication"] = where.authentication
    if where.certificate_host:
        words["HostnameInCertificate"] = where.certificate_host
    return words


def secret_string(settings: Settings) -> str:
    """The connection string. Holds the password: it goes to a driver and nowhere else."""
    return connection_string(connection_words(settings))


def unsafe(settings: Settings) -> str | None:
    """What a run warns of: a link over the network that anybody on the way can read or answer."""
    where = settings.sqlserver
    if where.host in LOOPBACK:
        return None
    if not where.encrypt:
        return f"The link to {place(settings)} is in the clear: WAREHOUSE_SQLSERVER__ENCRYPT is false."
    if where.trust_certificate:
        return (
            f"The certificate of {place(settings)} is not verified: "
            "WAREHOUSE_SQLSERVER__TRUST_CERTIFICATE is true. "
            "Name its CA by WAREHOUSE_SQLSERVER__CA_FILE instead."
        )
    return None


def _refuse_missing(settings: Settings) -> None:
    where = settings.sqlserver
    needed = ["host", "database"]
    if where.authentication in ("sql", "ActiveDirectoryServicePrincipal"):
        needed += ["user", "password"]
    missing = [f"WAREHOUSE_SQLSERVER__{name.upper()}" for name in needed if not getattr(where, name)]
    if missing:
        raise SettingsError(
            f"WAREHOUSE_ENGINE is sqlserver, but {', '.join(missing)} is not set.",
            "docs/settings.md has an example of each.",
        )
    if where.ca_file and not where.ca_file.is_file():
        raise SettingsError(
            f"The CA file {where.ca_file} does not exist.", "Check WAREHOUSE_SQLSERVER__CA_FILE."
        )
