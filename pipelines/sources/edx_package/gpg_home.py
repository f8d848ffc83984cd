"""A private GNUPGHOME with one secret key, for the length of a run."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines.errors import NotDecrypted, SettingsError
from pipelines.settings import GpgSettings
from pipelines.sources.edx_package.gpg_status import revoked

_PREFIX = "gpg-"
_LONGEST = 80  # characters of the folder; a socket's whole path has 107 on Linux
_SEARCH = "/usr/local/bin:/usr/bin:/bin"
_TIMEOUT_SECONDS = 60
# Each file of a package asks for the key anew, and a passphrase as gpg stretches it costs half a second then.
# The copy in this folder is stretched less; it lives as long as the run, in a folder of ours alone.
_S2K_COUNT = 1 << 20


class GpgHome:
    """The folder (mode 0700), made by `open` and removed with gpg's agent by `close`.

    It lies in `scratch`, or in the system's temporary folder when that path is too long for a socket. Folders
    of runs that were killed are removed first: a lock that nobody holds tells them.
    """

    def __init__(self, gpg: GpgSettings, scratch: Path) -> None:
        self._settings = gpg
        scratch = scratch.resolve()
        fits = len(str(scratch)) + len(_PREFIX) + 8 < _LONGEST
        self._parent = scratch if fits else Path(tempfile.gettempdir())
        self._prefix = _PREFIX if fits else f"warehouse-{_PREFIX}"
        self._folder: Path | None = None
        self._lock: FileLock | None = None
        self.key_ids: frozenset[str] = frozenset()
        self._program = shutil.which("gpg", path=_SEARCH) or ""
        self.environment = {"PATH": _SEARCH, "LC_ALL": "C.UTF-8"}

    def open(self) -> None:
        if not self._program:
            raise NotDecrypted("gpg is not installed.", "On Debian: apt-get install gnupg")
        secret = self._secret_key()
        self._parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._parent / f".{self._prefix}lock"):
            self._remove_stale()
            self._folder = Path(tempfile.mkdtemp(prefix=self._prefix, dir=self._parent))
            self._lock = FileLock(self._folder / "lock")
            self._lock.acquire(timeout=0)
        try:
            self._import(self._folder, secret)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._folder is None:
            return
        self._end(self._folder)
        if self._lock:
            self._lock.release()
        self._folder = self._lock = None

    def command(self, passphrase: int | None, status: int) -> list[str]:
        """gpg's argument list for a decryption from its input to its output."""
        own = ["--passphrase-fd", str(passphrase)] if passphrase is not None else []
        return [*self._base(), "--status-fd", str(status), *own, "--skip-verify", "--decrypt"]

    @contextmanager
    def passphrase_pipe(self) -> Iterator[int | None]:
        """A descriptor that gives the passphrase to a child process; None when there is none to give."""
        word = self._settings.passphrase.get_secret_value() if self._settings.passphrase else ""
        if not word:
            yield None
            return
        read, write = os.pipe()
        try:
            os.write(write, f"{word}\n".encode())
            os.close(write)
            yield read
        finally:
            os.close(read)

    def _base(self) -> list[str]:
        return [
            self._program, "--homedir", str(self._folder), "--no-options", "--batch", "--no-tty", "--quiet",
            "--pinentry-mode", "loopback", "--trust-model", "always", "--no-auto-key-locate",
            "--disable-dirmngr", "--no-auto-check-trustdb",
        ]  # fmt: skip

    def _secret_key(self) -> bytes:
        path = self._settings.key_file
        try:
            mode = path.stat().st_mode
            secret = path.read_bytes()
        except OSError:
            raise SettingsError(
                f"The gpg key file {path} cannot be read.", "Correct …__GPG__KEY_FILE."
            ) from None
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SettingsError(
                f"{path} holds a secret key but others may read it.", f"Run: chmod 600 {path}"
            )
        return secret

    def _import(self, folder: Path, secret: bytes) -> None:
        """Through gpg's input, so that it is on no command line."""
        (folder / "gpg-agent.conf").write_text(f"s2k-count {_S2K_COUNT}\n")
        self._run(["--import"], secret)
        listed = self._run(["--with-colons", "--list-secret-keys"], b"").decode(errors="replace")
        keys = [line.split(":") for line in listed.splitlines() if line.startswith(("sec:", "ssb:"))]
        if not keys:
            raise NotDecrypted(
                f"The file {self._settings.key_file} holds no secret key.",
                "Export it: gpg --export-secret-keys --armor <key>",
            )
        if all(fields[1] == "r" for fields in keys):
            raise revoked()
        self.key_ids = frozenset(fields[4] for fields in keys)
        if not self._run(["--export-secret-keys"], b""):
            raise NotDecrypted(
                "The passphrase does not open the gpg key.", "Correct …__GPG__PASSPHRASE of this instance."
            )

    def _run(self, arguments: list[str], given: bytes) -> bytes:
        with self.passphrase_pipe() as passphrase:
            own = ["--passphrase-fd", str(passphrase)] if passphrase is not None else []
            done = subprocess.run(
                [*self._base(), *own, *arguments], input=given, capture_output=True, check=False,
                env=self.environment, timeout=_TIMEOUT_SECONDS,
                pass_fds=[] if passphrase is None else [passphrase],
            )  # fmt: skip
        return done.stdout

    def _remove_stale(self) -> None:
        for folder in self._parent.glob(f"{self._prefix}*"):
            if not folder.is_dir() or folder.is_symlink():
                continue
            lock = FileLock(folder / "lock")
            with suppress(Timeout, OSError):
                lock.acquire(timeout=0)
                self._end(folder)
                lock.release(force=True)

    def _end(self, folder: Path) -> None:
        """Ends the agent that serves this folder, and removes it."""
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                ["gpgconf", "--homedir", str(folder), "--kill", "gpg-agent"], capture_output=True,
                check=False, env=self.environment, timeout=_TIMEOUT_SECONDS,
            )  # fmt: skip
        shutil.rmtree(folder, ignore_errors=True)
