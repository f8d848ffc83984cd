"""Where a MySQL server is and how its certificate is verified, in both drivers' forms."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import SplitResult, quote

from pipelines.sources.replica.target import Target


class MySqlTarget(Target):
    """The URL of one instance, in the form of pymysql and of connectorx."""

    example = "mysql://user:password@host:3306/db"
    usual_port = 3306

    def _options(self, url: SplitResult, place: str) -> dict[str, str]:
        """None: what follows a `?` is not read, whatever it is."""
        return {}

    def pymysql_arguments(self) -> dict[str, Any]:
        """Arguments of pymysql.connect; a verified target checks chain and host name."""
        tls: dict[str, Any] = {"ssl_disabled": True}
        if self.verified:
            tls = {"ssl_ca": str(self.ca_path), "ssl_verify_cert": True, "ssl_verify_identity": True}
        return {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password.encode(),  # a str it would encode as Latin-1
            "database": self.database,
            "charset": "utf8mb4",
            "init_command": "set session transaction read only",
            "autocommit": True,  # or its first question opens a transaction that lasts as long as the landing
            **tls,
        }

    def connectorx_url(self) -> str:
        """connectorx's form of the same target."""
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        tls = "ssl-mode=DISABLED"
        if self.verified:
            tls = f"ssl-mode=VERIFY_IDENTITY&ssl-ca={quote(str(self.ca_path), safe='/')}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"mysql://{login}@{host}:{self.port}/{quote(self.database, safe='')}?prefer_socket=false&{tls}"


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
