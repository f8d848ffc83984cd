"""Settings that lead to the stand-in for SQL Server."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipelines.settings import Settings
from tests.servers.tsql import TsqlServer


def settings_on(server: TsqlServer, home: Path, as_of: datetime) -> Settings:
    """The warehouse is the server's database, in the clear on loopback."""
    user, password = next(iter(server.users.items()))
    where = {
        "host": "127.0.0.1", "port": server.port, "database": server.databases[0], "user": user,
        "password": password, "encrypt": False,
    }  # fmt: skip
    return Settings.model_validate({"home": home, "as_of": as_of, "engine": "sqlserver", "sqlserver": where})
