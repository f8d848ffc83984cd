"""Where files are dropped and put away: a folder or a bucket with `drop/`, `archive/`, `quarantine/`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.csv_drop.names import DROP, is_ready
from pipelines.sources.edx_package import Store, StoredObject, open_store

BLOCK_BYTES = 8 << 20


@dataclass(frozen=True)
class Kept:
    """A file that was put away, and when."""

    key: str
    since: datetime


class Mover(Protocol):
    """What may be done to files, each step safe to do twice. Raises SourceError."""

    def copy(self, stored: StoredObject, target: str, sha256: str | None) -> None:
        """Copies and verifies the copy. Raises SourceInterrupted when the file is another one by now."""

    def write(self, target: str, text: str) -> None:
        """A small file of ours."""

    def remove(self, stored: StoredObject) -> None:
        """The file as it was listed; that it is gone is well. Raises SourceInterrupted for another."""

    def expire(self, days: dict[str, int]) -> str | None:
        """Sees that files below each prefix go after so many days; a sentence where that may not be done."""

    def kept(self, prefix: str) -> list[Kept]:
        """Files below a prefix, their older versions among them."""


class Place:
    """One instance: its files are listed and read through a store, moved through a mover."""

    def __init__(self, store: Store, mover: Mover) -> None:
        self._store, self.mover = store, mover

    def waiting(self) -> list[StoredObject]:
        """Files in the drop that are ready, the oldest first."""
        listed = [stored for stored in self._store.objects([DROP]) if is_ready(stored.key)]
        return sorted(listed, key=lambda stored: (stored.modified, stored.key))

    def blocks(self, stored: StoredObject) -> Iterator[bytes]:
        """The file's bytes. Raises SourceInterrupted when it is replaced while it is read."""
        with closing(self._store.open(stored)) as file:
            yield from read_blocks(file)
        # a file that grows is read to its end of now, so that has to be its end still
        self._store.open(stored).close()


def read_blocks(file: BinaryIO) -> Iterator[bytes]:
    """Its bytes to the end."""
    while block := file.read(BLOCK_BYTES):
        yield block


def sha256_of(file: BinaryIO) -> str:
    """Of its bytes to the end, as hex digits."""
    digest = hashlib.sha256()
    for block in read_blocks(file):
        digest.update(block)
    return digest.hexdigest()


def open_place(where: InstanceSettings, settings: Settings) -> Place:
    """Raises SettingsError for a URL that is neither bucket nor folder; LoginRefused, SourceUnreachable."""
    store = open_store(where, settings)
    url = urlsplit(where.url.get_secret_value())
    if url.scheme == "file":
        from pipelines.sources.csv_drop.folder import FolderMover

        return Place(store, FolderMover(Path(unquote(url.path)), store))
    from pipelines.sources.csv_drop.bucket import BucketMover

    return Place(store, BucketMover(url.netloc, unquote(url.path).strip("/"), where, settings))
