"""Where a PostgreSQL server is and how its certificate is verified, in libpq's form."""

from __future__ import annotations

from pipelines.settings import InstanceSettings
from pipelines.sources.replica.target import Target

# a connection that went away without a word is noticed after a minute, not after two hours
_KEEPALIVE = {
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 4,
    "tcp_user_timeout": 60_000,
}


class PostgreSqlTarget(Target):
    """`?schema=` names the schema of the tables (else `public`), `?hostaddr=` the address to connect to when
    the host name, which the certificate is checked against, leads elsewhere (a tunnel, a peered network)."""

    example = "postgresql://user:password@host:5432/db"
    usual_port = 5432
    options = frozenset({"schema", "hostaddr"})

    def __init__(self, place: str, where: InstanceSettings) -> None:
        super().__init__(place, where)
        self.schema = self.chosen.get("schema", "public")

    def conninfo(self, connect_timeout: int) -> str:
        """libpq's keywords and values; `connect_timeout` in seconds. Holds the password."""
        words: dict[str, object] = {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "dbname": self.database,
            "client_encoding": "UTF8",
            "application_name": "education-warehouse",
            "options": "",  # not what PGOPTIONS says
            "connect_timeout": max(2, connect_timeout),  # libpq takes 1 for 2
            **_KEEPALIVE,
        }
        # unverified means loopback: encrypted if the server offers it
        words |= (
            {"sslmode": "verify-full", "sslrootcert": self.ca_path}
            if self.verified
            else {"sslmode": "prefer"}
        )
        if "hostaddr" in self.chosen:
            words["hostaddr"] = self.chosen["hostaddr"]
        return " ".join(f"{word}={_quoted(str(value))}" for word, value in words.items())


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
