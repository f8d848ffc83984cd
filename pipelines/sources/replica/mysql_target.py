"""Where a MySQL server is and how its certificate is verified, in both drivers' forms."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit

from pipelines.errors import SettingsError
from pipelines.settings import InstanceSettings

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class MySqlTarget:
    """Parsed URL of one instance; `verified` is False only on loopback without a CA file."""

    def __init__(self, place: str, where: InstanceSettings) -> None:
        url = urlsplit(where.url.get_secret_value())
        if not url.hostname or not url.path.strip("/"):
            raise SettingsError(
                f"The URL of {place} lacks a host or a database.",
                "It looks like mysql://user:password@host:3306/db.",
            )
        self.host, self.port = url.hostname, _port(url, place)
        self.user, self.database = unquote(url.username or ""), unquote(url.path.strip("/"))
        self._password = unquote(url.password or "")
        self._ca = where.ca_file
        if self._ca and not self._ca.is_file():
            raise SettingsError(f"The CA file of {place} does not exist: {self._ca}.", "Check …__CA_FILE.")
        self.verified = bool(self._ca) or self.host not in _LOOPBACK

    @property
    def ca_path(self) -> Path:
        """The instance's CA bundle, else the system's."""
        return self._ca or Path(ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt")

    def pymysql_arguments(self) -> dict[str, Any]:
        """Arguments of pymysql.connect; a verified target checks chain and host name."""
        tls: dict[str, Any] = {"ssl_disabled": True}
        if self.verified:
            tls = {"ssl_ca": str(self.ca_path), "ssl_verify_cert": True, "ssl_verify_identity": True}
        return {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self._password.encode(),  # a str it would encode as Latin-1
            "database": self.database,
            "charset": "utf8mb4",
            "init_command": "set session transaction read only",
            **tls,
        }

    def connectorx_url(self) -> str:
        """connectorx's form of the same target."""
        login = f"{quote(self.user, safe='')}:{quote(self._password, safe='')}"
        tls = "ssl-mode=DISABLED"
        if self.verified:
            tls = f"ssl-mode=VERIFY_IDENTITY&ssl-ca={quote(str(self.ca_path), safe='/')}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"mysql://{login}@{host}:{self.port}/{quote(self.database, safe='')}?prefer_socket=false&{tls}"


def _port(url: SplitResult, place: str) -> int:
    try:
        return url.port or 3306
    except ValueError:  # its text would show what stands there: part of a password with a `/` in it
        raise SettingsError(
            f"The port in the URL of {place} is no number.",
            "In a user name or password write / as %2F, # as %23, ? as %3F, @ as %40, % as %25.",
        ) from None


@contextmanager
def silenced() -> Iterator[None]:
    """Sends file descriptor 2 nowhere: a Rust panic prints the offending value before Python sees it."""
    saved = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
