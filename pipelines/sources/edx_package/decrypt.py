"""gpg as a pipe: ciphertext in, plaintext out in blocks of memory, and nothing of it on any disk."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Full, Queue
from types import TracebackType
from typing import IO, BinaryIO

from pipelines.errors import NotDecrypted
from pipelines.settings import GpgSettings
from pipelines.sources.edx_package.gpg_home import GpgHome
from pipelines.sources.edx_package.gpg_status import is_verified, read_status, refusal

BLOCK_BYTES = 512 << 10  # smaller than what the allocator takes from the system anew each time
MAX_RATIO = 1_000
RATIO_MATTERS_BYTES = 64 << 20
_FEED_BYTES = 1 << 20
_PIPE_BYTES = 1 << 20
_BLOCKS_AHEAD = 48
_NAP = 0.001  # seconds, in which gpg writes some 400 kB
_PATIENCE = 0.1  # seconds
_JOIN_SECONDS = 90  # longer than any read of a store waits


class Keyring:
    """The key of one instance, in a private folder for the length of a `with` block.

    Raises NotDecrypted when it is entered without gpg, or with a key that cannot be used; without settings it
    refuses each file instead. SettingsError when the key file is open to others.
    """

    def __init__(self, gpg: GpgSettings | None, scratch: Path) -> None:
        self._home = GpgHome(gpg, scratch) if gpg else None

    def __enter__(self) -> Keyring:
        if self._home:
            self._home.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._home:
            self._home.close()

    def decrypt(self, stream: BinaryIO) -> Generator[bytes, None, None]:
        """The plaintext in blocks of 512 kB at most; not to be used before the generator ended by itself.

        A stream without a byte has no plaintext and is no error. Closing the generator ends gpg. Raises
        NotDecrypted unless gpg verified the whole file, and what reading the stream raises.
        """
        first = stream.read(_FEED_BYTES)
        if not first:
            return
        if self._home is None:
            raise NotDecrypted("A file is encrypted, but no gpg key is set.", "Set …__GPG__KEY_FILE.")
        with _Gpg(self._home, first, stream) as gpg:
            yield from gpg.blocks()
            gpg.verify()


@dataclass
class _Feeder:
    """Gives gpg the ciphertext, in a thread of its own; an error of the stream waits for whoever reads."""

    first: bytes
    stream: BinaryIO
    fed: int = 0
    failed: BaseException | None = None
    _into: IO[bytes] | None = None
    _thread: threading.Thread | None = field(default=None)

    def start(self, into: IO[bytes]) -> None:
        self._into = into
        self._thread = threading.Thread(target=self._feed, name="gpg feeder", daemon=True)
        self._thread.start()

    def _feed(self) -> None:
        assert self._into is not None  # noqa: S101 - for mypy: `start` gave it
        try:
            block = self.first
            while block:
                self.fed += len(block)  # before gpg has it, so that nothing looks larger than it is
                self._into.write(block)
                block = self.stream.read(_FEED_BYTES)
        except BrokenPipeError:
            pass  # gpg has ended; its status says why
        except BaseException as failed:  # noqa: BLE001 - it is raised where the blocks are used
            self.failed = failed
        finally:
            with suppress(OSError):
                self._into.close()

    def join(self) -> None:
        if self._thread:
            self._thread.join(_JOIN_SECONDS)


class _Gpg:
    """One gpg process and its three threads: what it is given, what it gives, what it says."""

    def __init__(self, home: GpgHome, first: bytes, stream: BinaryIO) -> None:
        self._feeder = _Feeder(first, stream)
        self._status: list[str] = []
        self._given = 0
        self._our_keys = home.key_ids
        with home.passphrase_pipe() as passphrase:
            status_read, status_write = os.pipe()
            try:
                self._process = subprocess.Popen(
                    home.command(passphrase, status_write),
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
                    pass_fds=[fd for fd in (passphrase, status_write) if fd is not None],
                    env=home.environment,
                )  # fmt: skip
            except OSError:
                os.close(status_read)
                raise
            finally:
                os.close(status_write)
        self._listener = threading.Thread(target=self._listen, args=(status_read,), daemon=True)
        self._listener.start()
        self._ahead: Queue[bytes] = Queue(_BLOCKS_AHEAD)
        self._given_up = threading.Event()
        self._reader = threading.Thread(target=self._read_ahead, name="gpg reader", daemon=True)

    def __enter__(self) -> _Gpg:
        assert self._process.stdin  # noqa: S101 - for mypy: it is a pipe
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError, AttributeError):
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)  # type: ignore[arg-type]
        self._feeder.start(self._process.stdin)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._given_up.set()
        self._process.wait()
        self._reader.join()
        if self._process.stdout:
            self._process.stdout.close()
        self._feeder.join()
        self._listener.join(_JOIN_SECONDS)

    def blocks(self) -> Generator[bytes, None, None]:
        """What gpg writes, read ahead by a thread, so that gpg works while a block is used."""
        while block := self._ahead.get():
            self._given += len(block)
            if self._given > RATIO_MATTERS_BYTES and self._given > MAX_RATIO * self._feeder.fed:
                raise NotDecrypted(
                    f"A file grows to more than {MAX_RATIO:,} times its size when it is decrypted.",
                    "Such a file is no snapshot: ask edX what it is.",
                )
            yield block

    def _read_ahead(self) -> None:
        """Until gpg's output ends, which an empty block tells, or nobody wants more of it."""
        assert self._process.stdout  # noqa: S101 - for mypy: it is a pipe
        output = self._process.stdout.fileno()
        block = b"first"
        while block and not self._given_up.is_set():
            try:
                block = os.read(output, min(_gathered(output), BLOCK_BYTES) or BLOCK_BYTES)
            except OSError:
                block = b""  # an end; whether it is the right one, gpg's status says
            while not self._given_up.is_set():
                with suppress(Full):
                    self._ahead.put(block, timeout=_PATIENCE)
                    break

    def verify(self) -> None:
        code = self._process.wait()
        self._feeder.join()
        self._listener.join(_JOIN_SECONDS)
        if self._feeder.failed:
            raise self._feeder.failed
        if not is_verified(self._status, code):
            raise refusal(self._status, self._our_keys)

    def _listen(self, descriptor: int) -> None:
        with open(descriptor, encoding="utf-8", errors="replace") as status:
            self._status = read_status(status)


def _gathered(pipe: int) -> int:
    """How many bytes wait in a pipe, once they are many or no more come; 0: none, so a read would wait.

    gpg writes 8 kB at a time: read as they come, they cost more than all that is done with them.
    """
    before, there = -1, _waiting(pipe)
    while before < there < BLOCK_BYTES:
        time.sleep(_NAP)
        before, there = there, _waiting(pipe)
    return there


def _waiting(pipe: int) -> int:
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)
