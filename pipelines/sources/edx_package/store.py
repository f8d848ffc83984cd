"""Where archives lie: a bucket or a folder, listed by prefix and read in place."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from pipelines.errors import SettingsError, SourceInterrupted, SourceUnreachable
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.edx_package.names import ArchiveName, archive_prefixes, read_archive_name

_ENDS = 64 << 10


@dataclass(frozen=True)
class StoredObject:
    """An archive; `key` below the instance's URL, `etag` another one when the content is, `modified` UTC."""

    key: str
    etag: str
    size: int
    modified: datetime


class Store(Protocol):
    """A place of archives."""

    def objects(self, prefixes: Iterable[str]) -> list[StoredObject]:
        """What begins with one of the prefixes, by key, each once; nothing else is asked for.

        Raises SourceUnreachable, LoginRefused.
        """

    def open(self, stored: StoredObject) -> BinaryIO:
        """The object's bytes, seekable. Raises SourceInterrupted, here or while it is read, when it is
        another one by now or gone; LoginRefused when credentials end half-way; SourceUnreachable.
        """


def open_store(where: InstanceSettings, settings: Settings) -> Store:
    """The store for `s3://bucket/prefix` or `file:///folder`. Raises SettingsError for any other URL."""
    url = urlsplit(where.url.get_secret_value())
    if url.scheme == "file" and url.netloc in ("", "localhost") and url.path:
        return FolderStore(Path(unquote(url.path)))
    if url.scheme == "s3" and url.netloc:
        from pipelines.sources.edx_package.s3 import BucketStore

        return BucketStore(url.netloc, unquote(url.path).strip("/"), where, settings)
    raise SettingsError(
        "The URL of an instance of files is neither s3://bucket/prefix nor file:///folder.",
        "Correct WAREHOUSE_SOURCES__<PLATFORM>__<INSTANCE>__URL.",
    )


def _not_to_be_read(error: OSError) -> None:
    raise SourceUnreachable(
        f"The folder {error.filename} may not be read.", "Let the warehouse's account read it."
    ) from None


class FolderStore:
    """A local folder. Links are not followed, so nothing outside of it is ever read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def objects(self, prefixes: Iterable[str]) -> list[StoredObject]:
        if not self._folder.is_dir():
            raise SourceUnreachable(
                f"The folder {self._folder} is not there.", "Mount or create it, or correct the URL."
            )
        wanted = tuple(prefixes)
        found = []
        for parent, _, names in os.walk(self._folder, onerror=_not_to_be_read):
            for path in (Path(parent, name) for name in names):
                key = path.relative_to(self._folder).as_posix()
                if key.startswith(wanted) and path.is_file() and not path.is_symlink():
                    with suppress(FileNotFoundError):  # it went while we looked
                        found.append(self._stored(key, path))
        return sorted(found, key=lambda stored: stored.key)

    def open(self, stored: StoredObject) -> BinaryIO:
        path = self._folder / stored.key
        try:
            if path.is_symlink() or self._stored(stored.key, path).etag != stored.etag:
                raise SourceInterrupted(
                    f"{stored.key} was replaced after it was listed.", "The next run reads the new one."
                )
            return path.open("rb")
        except FileNotFoundError:
            raise SourceInterrupted(
                f"{stored.key} was listed but is gone.", "The next run looks again."
            ) from None

    @staticmethod
    def _stored(key: str, path: Path) -> StoredObject:
        """The etag holds size, time and both ends of the content: cheap, and another one for another file."""
        try:
            with path.open("rb") as file:
                status = os.fstat(file.fileno())
                digest = hashlib.sha256(file.read(_ENDS))
                file.seek(max(status.st_size - _ENDS, 0))
                digest.update(file.read(_ENDS))
        except PermissionError:
            raise SourceUnreachable(
                f"{key} may not be read.", "Let the warehouse's account read it."
            ) from None
        modified = datetime.fromtimestamp(status.st_mtime, UTC).replace(tzinfo=None)
        etag = f"{status.st_size}-{status.st_mtime_ns}-{digest.hexdigest()[:16]}"
        return StoredObject(key, etag, status.st_size, modified)


def archives_of(store: Store, organisations: Iterable[str]) -> list[tuple[ArchiveName, StoredObject]]:
    """The archives of these organisations that a store lists, by key; raises what `objects` raises."""
    wanted = set(organisations)
    listed = store.objects(prefix for name in wanted for prefix in archive_prefixes(name))
    named = ((read_archive_name(stored.key), stored) for stored in listed)
    # the prefixes of `unix` are those of `unix-press`, too
    return [(name, stored) for name, stored in named if name and name.organisation in wanted]
