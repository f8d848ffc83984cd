"""gpg for the sample's edX organisation: a private folder for each use, the organisation's key kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ORGANISATION_KEY, MASTER_KEY = "data@unix.example", "master@edx.example"
MISSING = (
    "The sample has no edX packages, because gpg is not installed; install it with `apt-get install gnupg` "
    "and write the sample again."
)


class GpgRefused(Exception):
    """gpg ended with an error; the message is one sentence."""


class Gpg:
    """gpg on a folder of its own; never the user's keys, never a question."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """Standard output of one call. Raises GpgRefused."""
        fixed = ("--homedir", str(self.home), "--batch", "--no-tty", "--quiet", "--trust-model", "always")
        asked = ("--pinentry-mode", "loopback", "--passphrase", "")
        done = subprocess.run(
            ["gpg", *fixed, *asked, *arguments], input=given, capture_output=True, check=False
        )
        if done.returncode:
            raise GpgRefused(
                f"The sample has no edX packages, because gpg ended with {done.returncode}; "
                "`apt-get install gnupg` brings all it needs, and a key.asc that was changed must go."
            )
        return done.stdout

    def make_key(self, address: str) -> None:
        """A pair without a passphrase: RSA to certify and sign, a second RSA key to encrypt to."""
        lines = (
            "%no-protection", "Key-Type: RSA", "Key-Length: 2048", "Key-Usage: sign", "Subkey-Type: RSA",
            "Subkey-Length: 2048", "Subkey-Usage: encrypt", f"Name-Email: {address}", "Expire-Date: 0",
            "%commit", "",
        )  # fmt: skip
        self.run("--generate-key", given="\n".join(lines).encode())

    def encrypt(self, files: list[Path]) -> None:
        """Writes `<file>.gpg` beside each file, for the organisation and for edX's master key."""
        recipients = ("--recipient", ORGANISATION_KEY, "--recipient", MASTER_KEY)
        # edX's exporter encrypts each file by itself; one call for many does the same in less time.
        self.run(*recipients, "--multifile", "--encrypt", *(str(file) for file in files))


def gpg_is_there() -> bool:
    """Whether gpg is installed, with what ends its agent."""
    return all(shutil.which(program) for program in ("gpg", "gpgconf"))


@contextmanager
def private_gpg() -> Iterator[Gpg]:
    """gpg on a folder that goes with the block, its agent too."""
    # An agent's socket path may have 108 bytes, so a short folder: pytest's and some users' are longer.
    short = "/tmp" if Path("/tmp").is_dir() else None  # noqa: S108 - made with mode 0700 by mkdtemp
    home = Path(tempfile.mkdtemp(prefix="edx", dir=short))
    try:
        yield Gpg(home)
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], capture_output=True, check=False)
        shutil.rmtree(home, ignore_errors=True)


def take_keys(gpg: Gpg, key_file: Path) -> None:
    """Gives `gpg` both keys: the organisation's from `key_file`, made anew if that is not there.

    The master key's secret is thrown away with the folder of `gpg`. The file has mode 0600.
    """
    gpg.make_key(MASTER_KEY)
    if key_file.exists():
        gpg.run("--import", str(key_file))
        return
    gpg.make_key(ORGANISATION_KEY)
    secret = gpg.run("--armor", "--export-secret-keys", ORGANISATION_KEY)
    fresh = key_file.with_suffix(".new")
    # Created with its mode: a file that is narrowed afterwards is readable for a moment.
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(secret)
    fresh.replace(key_file)
