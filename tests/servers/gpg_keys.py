"""Key pairs of gpg for tests, made in a folder of their own, and what is encrypted for them."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.settings import GpgSettings
from tests.servers.processes import new_home

NOT_INSTALLED = "server: gpg is not installed (apt-get install gnupg)"
PAST = "20200101T000000"  # gpg's clock when keys that are expired by now are made and used


def installed() -> bool:
    return shutil.which("gpg") is not None and shutil.which("gpgconf") is not None


@dataclass
class GpgKeys:
    """`settings(name)` makes a key on first use; `encrypted` is binary OpenPGP, as edX sends it."""

    folder: Path = field(default_factory=lambda: new_home("wh-keys-"))
    _made: dict[str, GpgSettings] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.folder / "h"

    def settings(
        self, name: str, passphrase: str = "", armoured: bool = True, expired: bool = False
    ) -> GpgSettings:
        """A key of that name; `expired`: years ago. The file is what `gpg.key_file` names."""
        if name not in self._made:
            self.home.mkdir(mode=0o700, exist_ok=True)
            clock = ["--faked-system-time", PAST] if expired else []
            self._gpg(
                *clock, "--passphrase", passphrase, "--quick-gen-key", f"{name}@keys.invalid", "rsa2048",
                "cert,sign,encr", "1d" if expired else "never",
            )  # fmt: skip
            self._made[name] = self._exported(name, passphrase, armoured)
        return self._made[name]

    def revoked(self, name: str) -> GpgSettings:
        """A key that its owner called back."""
        self.settings(name)
        certificates = self.home / "openpgp-revocs.d"
        mine = self._gpg("--with-colons", "--list-keys", f"{name}@keys.invalid").decode()
        fingerprint = next(line.split(":")[9] for line in mine.splitlines() if line.startswith("fpr:"))
        text = (certificates / f"{fingerprint}.rev").read_text().replace("\n:-----BEGIN", "\n-----BEGIN")
        self._gpg("--import", given=text.encode())
        return self._exported(name, "", armoured=True)

    def encrypted(
        self, plain: bytes, *names: str, expired: bool = False, more: tuple[str, ...] = ()
    ) -> bytes:
        """`plain` for these keys, which are made when they are not there; `more` are options of gpg."""
        for name in names:
            self.settings(name, expired=expired)
        to = [part for name in names for part in ("-r", f"{name}@keys.invalid")]
        clock = ["--faked-system-time", PAST] if expired else []
        return self._gpg(*clock, *more, "--trust-model", "always", *to, "--encrypt", given=plain)

    def stop(self) -> None:
        subprocess.run(["gpgconf", "--homedir", str(self.home), "--kill", "gpg-agent"], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _exported(self, name: str, passphrase: str, armoured: bool) -> GpgSettings:
        form = ["--armor"] if armoured else []
        own = ["--passphrase", passphrase, *form]
        path = self.folder / f"{name}.key"
        path.write_bytes(self._gpg(*own, "--export-secret-keys", f"{name}@keys.invalid"))
        path.chmod(0o600)
        return GpgSettings.model_validate({"key_file": path, "passphrase": passphrase or None})

    def _gpg(self, *arguments: str, given: bytes = b"") -> bytes:
        command = ["gpg", "--homedir", str(self.home), "--batch", "--quiet", "--pinentry-mode", "loopback"]
        return subprocess.run([*command, *arguments], input=given, capture_output=True, check=True).stdout
