"""Where a SQL Server is and how its certificate is verified, in the form of Microsoft's ODBC driver."""

from __future__ import annotations

from pipelines.sources.replica.target import Target
from pipelines.warehouse.sqlserver.driver import connection_string

_KEEPALIVE_SECONDS = 20


class SqlServerTarget(Target):
    """`?schema=` names the schema of the tables (else the login's own, then `dbo`), `?certificate_host=` the
    name in the certificate where the URL's host is another name of that server (a listener, a tunnel)."""

    example = "mssql://user:password@host:1433/db"
    usual_port = 1433
    options = frozenset({"schema", "certificate_host"})

    @property
    def schema(self) -> str | None:
        return self.chosen.get("schema")

    def connection_string(self) -> str:
        """ODBC's keywords and values. Holds the password.

        `ApplicationIntent` lets a listener lead to a readable secondary. Without `ConnectRetryCount=0` the
        driver mends a broken connection by itself, and nobody asks whether it still leads to a replica.
        """
        words = {
            "Server": f"tcp:{self.host},{self.port}",
            "Database": self.database,
            "UID": self.user,
            "PWD": self.password,
            "ApplicationIntent": "ReadOnly",
            "ConnectRetryCount": "0",
            "KeepAlive": str(_KEEPALIVE_SECONDS),
            "TrustServerCertificate": "no",
            # unverified means loopback, whose server has no certificate for that name
            "Encrypt": "yes" if self.verified else "no",
        }
        if "certificate_host" in self.chosen:
            words["HostnameInCertificate"] = self.chosen["certificate_host"]
        return connection_string(words)
