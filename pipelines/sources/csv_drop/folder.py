"""Files of a local folder, put away: a copy appears whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.errors import SourceInterrupted, SourceUnreachable
from pipelines.sources.csv_drop.place import Kept, read_blocks, sha256_of
from pipelines.sources.edx_package import Store, StoredObject


class FolderMover:
    """Moves within one folder; only its owner can read what it writes."""

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder, self._store = folder, store

    def copy(self, stored: StoredObject, target: str, sha256: str | None) -> None:
        with _our_errors(target), self._store.open(stored) as source:
            with self._appearing(target) as part, open(part, "wb", opener=_private) as file:
                for block in read_blocks(source):
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
            with (self._folder / target).open("rb") as copied:
                found = sha256_of(copied)
        with self._store.open(stored) as source:
            if found != (sha256 or sha256_of(source)):
                raise SourceInterrupted(
                    f"{stored.key} was replaced while it was copied.", "It stays; run again."
                )

    def write(self, target: str, text: str) -> None:
        with (
            _our_errors(target),
            self._appearing(target) as part,
            open(part, "w", encoding="utf-8", opener=_private) as file,
        ):
            file.write(text)

    def remove(self, stored: StoredObject) -> None:
        path = self._folder / stored.key
        if not path.exists():
            return
        self._store.open(stored).close()  # which refuses another file of that name
        with _our_errors(stored.key):
            path.unlink(missing_ok=True)

    def expire(self, days: dict[str, int]) -> str | None:
        now = datetime.now(UTC).replace(tzinfo=None)
        for prefix, number in days.items():
            for file in self.kept(prefix):
                if now - file.since > timedelta(days=number):
                    with _our_errors(file.key):
                        (self._folder / file.key).unlink(missing_ok=True)
        return None

    def kept(self, prefix: str) -> list[Kept]:
        return [
            Kept(path.relative_to(self._folder).as_posix(), _since(path))
            for path in sorted((self._folder / prefix).rglob("*"))
            if path.is_file() and not path.is_symlink()
        ]

    @contextmanager
    def _appearing(self, target: str) -> Iterator[Path]:
        """A file beside the target, which takes its place when it is whole."""
        path = self._folder / target
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        yield part
        part.replace(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _since(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)


@contextmanager
def _our_errors(key: str) -> Iterator[None]:
    try:
        yield
    except OSError as failed:
        raise SourceUnreachable(
            f"{key} could not be written or removed ({failed.strerror}).",
            "Let the warehouse's account write the folder, and see that its disk has room.",
        ) from None
