"""Stands where the keyring does when what gpg does is not asked: members and logs pass as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Self

from pipelines.errors import SourceUnreadable

BROKEN = b"BROKEN"
BLOCK_BYTES = 997  # so that lines lie across blocks


class PlainKeyring:
    """Nothing is encrypted; what begins with BROKEN fails at its end, as an altered file does."""

    def __init__(self, *_: Any) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def decrypt(self, stream: BinaryIO) -> Iterator[bytes]:
        block = stream.read(BLOCK_BYTES)
        broken = block.startswith(BROKEN)
        block = block.removeprefix(BROKEN)
        while block:
            yield block
            block = stream.read(BLOCK_BYTES)
        if broken:
            raise SourceUnreadable("A file was altered.", "Ask for it again.")
