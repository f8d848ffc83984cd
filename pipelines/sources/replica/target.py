"""Where a database server is, read from an instance's URL, and whether its certificate is verified."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pipelines.errors import SettingsError
from pipelines.loopback import LOOPBACK
from pipelines.settings import InstanceSettings
from pipelines.sources.replica.ca_bundle import trusted


class Target:
    """Parsed URL of one instance; `verified` is False only on loopback without a CA file.

    Subclasses say which scheme and port are usual and which options may follow a `?`. Raises SettingsError.
    """

    example: str
    usual_port: int
    options: frozenset[str] = frozenset()

    def __init__(self, place: str, where: InstanceSettings) -> None:
        url = urlsplit(where.url.get_secret_value())
        if not url.hostname or not url.path.strip("/"):
            raise SettingsError(
                f"The URL of {place} lacks a host or a database.", f"It looks like {self.example}."
            )
        self.host, self.port = url.hostname, self._port(url, place)
        self.user, self.database = unquote(url.username or ""), unquote(url.path.strip("/"))
        self.password = unquote(url.password or "")
        self.chosen = self._options(url, place)
        self._ca = where.ca_file
        if self._ca and not self._ca.is_file():
            raise SettingsError(f"The CA file of {place} does not exist: {self._ca}.", "Check …__CA_FILE.")
        self.verified = bool(self._ca) or self.host not in LOOPBACK

    @property
    def ca_path(self) -> Path:
        """The instance's CA bundle, else the system's; for an RDS Proxy both."""
        return trusted(self._ca, self.host)

    def _port(self, url: SplitResult, place: str) -> int:
        try:
            return url.port or self.usual_port
        except ValueError:  # its text would show what stands there: part of a password with a `/` in it
            raise SettingsError(
                f"The port in the URL of {place} is no number.",
                "In a user name or password write / as %2F, # as %23, ? as %3F, @ as %40, % as %25.",
            ) from None

    def _options(self, url: SplitResult, place: str) -> dict[str, str]:
        """Only options we know: `sslmode=require` and its like would be a way around certificates."""
        chosen = dict(parse_qsl(url.query, keep_blank_values=True))
        if set(chosen) - self.options or "" in chosen.values():
            known = ", ".join(f"`{name}=`" for name in sorted(self.options)) or "no option"
            raise SettingsError(
                f"The URL of {place} has an option that is not read here, or one without a value.",
                f"After `?` it may have {known}; certificates are verified by …__CA_FILE.",
            )
        return chosen
