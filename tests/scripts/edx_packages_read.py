"""The sample's edX packages opened with gpg and read by rules of our own, apart from what wrote them."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

NOT_INSTALLED = "server: gpg not installed (apt-get install gnupg)"
UNESCAPED = {b"\\\\": b"\\", b"\\t": b"\t", b"\\n": b"\n", b"\\r": b"\r", b"\\\t": b"\t", b"\\\n": b"\n"}


@dataclass(frozen=True)
class File:
    """One file: column names, and rows of as many bytes or None (NULL) as the line has."""

    columns: list[str]
    rows: list[list[bytes | None]]

    @property
    def odd(self) -> list[list[bytes | None]]:
        """Rows that are wider or narrower than the header."""
        return [row for row in self.rows if len(row) != len(self.columns)]

    @property
    def dicts(self) -> list[dict[str, str | None]]:
        """Rows that fit, by column."""
        return [
            {name: None if value is None else value.decode("utf-8", "replace")
             for name, value in zip(self.columns, row, strict=True)}
            for row in self.rows if len(row) == len(self.columns)
        ]  # fmt: skip


def read(content: bytes) -> File:
    """Splits bytes on LF behind an even number of backslashes, then on such TABs; one level of escapes."""
    lines = re.split(rb"(?<!\\)((?:\\\\)*)\n", content)
    whole = [line + ticks for line, ticks in zip(lines[::2], [*lines[1::2], b""], strict=False)]
    rows = [_fields(line) for line in whole if line]
    header = [(name or b"").decode() for name in rows[0]] if rows else []
    return File(header, rows[1:])


def _fields(line: bytes) -> list[bytes | None]:
    parts = re.split(rb"(?<!\\)((?:\\\\)*)\t", line)
    fields = [field + ticks for field, ticks in zip(parts[::2], [*parts[1::2], b""], strict=False)]
    return [None if field == b"NULL" else _unescaped(field) for field in fields]


def _unescaped(field: bytes) -> bytes:
    return re.sub(rb"\\.", lambda found: UNESCAPED.get(found[0], found[0]), field, flags=re.DOTALL)


class Packages:
    """Decrypted members by zip, then by path without `.gpg`."""

    def __init__(self, members: dict[str, dict[str, bytes]]) -> None:
        self.members = members
        self._read: dict[tuple[date, str], File] = {}

    def week(self, day: date) -> dict[str, bytes]:
        """A weekly package's members without their folder."""
        members = self.members[f"unix-{day}.zip"]
        return {name.removeprefix(f"unix-{day}/"): content for name, content in members.items()}

    def file(self, day: date, entity: str, task: str) -> File:
        """One `.sql` file; `ora/` in front of the task where it is there."""
        folder, _, name = task.rpartition("/")
        return self._file(day, f"{folder}/{entity}-{name}-prod-analytics.sql".lstrip("/"))

    def _file(self, day: date, name: str) -> File:
        if (day, name) not in self._read:
            self._read[day, name] = read(self.members[f"unix-{day}.zip"][f"unix-{day}/{name}"])
        return self._read[day, name]

    def files(self, day: date) -> Iterator[tuple[str, str, File]]:
        """Entity, task (`ora/` in front where it is there) and file of every `.sql` file of edx.org."""
        for name in self.week(day):
            found = re.fullmatch(r"(ora/)?(UniX-\w+-\w+(?:-ccx-\d+)?)-(\w+)-prod-analytics\.sql", name)
            if found:
                yield found[2], (found[1] or "") + found[3], self._file(day, name)

    def spread(self, day: date, task: str, column: str) -> Counter[str | None]:
        """How often each value is in a column, over all courses of a weekly package."""
        return Counter(
            row[column] for _, found, file in self.files(day) if found == task for row in file.dicts
        )


@contextmanager
def opened(key_file: Path) -> Iterator[Path]:
    """A gpg folder with nothing but the secret key of `key_file`."""
    # The agent's socket path may have 108 bytes, which pytest's own folders use up.
    home = Path(tempfile.mkdtemp(prefix="gpgt", dir="/tmp"))
    try:
        _gpg(home, "--import", str(key_file))
        yield home
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
        shutil.rmtree(home, ignore_errors=True)


def decrypted(folder: Path, key_file: Path, scratch: Path) -> Packages:
    """All packages below `folder`."""
    members: dict[str, dict[str, bytes]] = {}
    with opened(key_file) as home:
        for path in sorted(folder.rglob("*.zip")):
            name = str(path.relative_to(folder))
            with zipfile.ZipFile(path) as archive:
                archive.extractall(scratch / path.stem)
            files = sorted((scratch / path.stem).rglob("*.gpg"))
            _gpg(home, "--decrypt-files", *map(str, files))
            members[name] = {
                str(file.relative_to(scratch / path.stem).with_suffix("")): file.with_suffix("").read_bytes()
                for file in files
            }
    return Packages(members)


def recipients(encrypted: bytes, key_file: Path) -> set[bytes]:
    """Ids of the keys that a message is for."""
    with opened(key_file) as home:
        listed = _gpg(home, "--list-packets", given=encrypted)
    return set(re.findall(rb"pubkey enc packet: .*keyid (\w+)", listed))


def _gpg(home: Path, *arguments: str, given: bytes = b"") -> bytes:
    call = ["gpg", "--homedir", str(home), "--batch", "--yes", "--quiet", *arguments]
    return subprocess.run(call, input=given, capture_output=True, check=True).stdout
