"""A zip of package files: its members, checked by name and size, each as a stream; nothing is unpacked."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from pipelines.errors import PackageRefused

MAX_RATIO = 200
RATIO_MATTERS_BYTES = 10 << 20
_MOST_MEMBERS = 200_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_DAMAGES = (
    zipfile.BadZipFile,
    struct.error,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True)
class Member:
    """A file in an archive; `size` and `compressed` in bytes. `refused`: why it is not opened."""

    name: str
    size: int
    compressed: int
    refused: str | None
    _info: zipfile.ZipInfo = field(repr=False, compare=False)
    _archive: zipfile.ZipFile = field(repr=False, compare=False)


def members(file: BinaryIO) -> list[Member]:
    """All files of an archive in its order; one that is refused does not stop the others.

    `file` must be seekable and stay open while members are read. Raises PackageRefused when it is no zip or
    is cut, and what the file raises.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, struct.error, EOFError, ValueError, NotImplementedError, OverflowError):
        raise PackageRefused(
            "An archive is no zip, or it is cut off.", "Fetch it again; if it stays so, ask edX for it."
        ) from None
    infos = archive.infolist()
    if len(infos) > _MOST_MEMBERS:
        raise PackageRefused(f"An archive holds {len(infos)} members, more than {_MOST_MEMBERS}.")
    times = Counter(info.filename for info in infos)
    return [
        Member(info.filename, info.file_size, info.compress_size, _refusal(info, times), info, archive)
        for info in infos
        if not (info.is_dir() and not info.file_size)
    ]


def open_member(member: Member) -> BinaryIO:
    """The member's bytes as a stream. Raises PackageRefused here or while it is read: refused, or damaged."""
    if member.refused:
        raise PackageRefused(f"A member of an archive is not opened: {member.refused}")
    try:
        return io.BufferedReader(_Checked(_stream(member)), 1 << 20)
    except _DAMAGES:
        raise _damaged() from None


def _stream(member: Member) -> zipfile.ZipExtFile:
    return cast(zipfile.ZipExtFile, member._archive.open(member._info))


class _Checked(io.RawIOBase):
    """A member's stream whose every failure is our own; the last read compares the zip's checksum."""

    def __init__(self, inner: zipfile.ZipExtFile) -> None:
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, into: object) -> int:
        view = memoryview(into).cast("B")  # type: ignore[arg-type]
        try:
            block = self._inner.read(len(view))
        except _DAMAGES:
            raise _damaged() from None
        view[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self._inner.close()
        super().close()


def _damaged() -> PackageRefused:
    return PackageRefused(
        "A member of an archive is damaged: its bytes are not those that were packed.",
        "Fetch the archive again; the other members are not touched by it.",
    )


def _refusal(info: zipfile.ZipInfo, times: Counter[str]) -> str | None:
    name = info.orig_filename
    kind = stat.S_IFMT(info.external_attr >> 16)
    checks = (
        ("\0" in name, "its name holds a NUL."),
        ("\\" in name, "its name holds a backslash."),
        (name.startswith("/") or re.match(r"[A-Za-z]:", name), "its name is absolute."),
        (".." in name.split("/"), "its name leads out of the archive."),
        (kind not in (0, stat.S_IFREG), "it is a link or a device, no file."),
        (times[info.filename] > 1, "the archive holds its name more than once."),
        (info.flag_bits & 1, "it is encrypted by the zip itself, not by gpg."),
        (info.compress_type not in _METHODS, "it is packed in a way that is not known."),
        (
            info.file_size > RATIO_MATTERS_BYTES and info.file_size > MAX_RATIO * info.compress_size,
            f"it would grow to more than {MAX_RATIO} times its size.",
        ),
    )
    return next((why for wrong, why in checks if wrong), None)
