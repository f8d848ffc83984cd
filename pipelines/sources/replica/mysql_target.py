"""Where a MySQL server is and how its certificate is verified, in both drivers' forms."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import SplitResult, quote, unquote, urlsplit

from pipelines.errors import SettingsError
from pipelines.settings import InstanceSettings
from pipelines.sources.replica.ca_bundle import trusted

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
        """The instance's CA bundle, else the system's; for an RDS Proxy both."""
        return trusted(self._ca, self.host)

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
            "autocommit": True,  # or its first question opens a transaction that lasts as long as the landing
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


class _Silence:
    """File descriptor 2 leads nowhere while anybody needs it to; the last one out puts it back."""

    def __init__(self) -> None:
        self._needed = 0
        self._saved = -1
        self._ours: TextIO | None = None

    def begin(self) -> None:
        self._needed += 1
        if self._needed > 1:
            return
        self._saved = os.dup(2)
        if _writes_to_fd_2(sys.stderr):
            self._ours = sys.stderr
            sys.stderr = os.fdopen(self._saved, "w", buffering=1, encoding="utf-8", closefd=False)
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)

    def end(self) -> None:
        self._needed -= 1
        if self._needed:
            return
        if self._ours is not None:
            sys.stderr, self._ours = self._ours, None
        os.dup2(self._saved, 2)
        os.close(self._saved)


_silence = _Silence()


def _writes_to_fd_2(stream: TextIO) -> bool:
    try:
        return stream.fileno() == 2
    except (AttributeError, OSError, ValueError):
        return False


@contextmanager
def silenced() -> Iterator[None]:
    """Sends file descriptor 2 nowhere, our own `sys.stderr` apart: a Rust panic prints the offending value,
    from a thread that reads ahead, so a stream must be silent from its first row to its last."""
    _silence.begin()
    try:
        yield
    finally:
        _silence.end()
