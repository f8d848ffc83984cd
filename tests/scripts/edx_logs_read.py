"""The sample's tracking logs opened with gpg and judged by rules of our own, apart from what wrote them."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.scripts.edx_packages_read import opened

SUFFIX = ".gz.gpg"


class Logs:
    """Decrypted logs by key below the bucket, without `.gz.gpg`."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def of(self, day: object, site: str = "edx") -> bytes:
        """One day's log."""
        return self.files[f"unix/{site}/events/2026/unix-{site}-events-{day}.log"]

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """What lands of site edx in 2026, in order of files."""
        names = sorted(name for name in self.files if name.startswith("unix/edx/events/2026/"))
        return [
            record for name in names for outcome, record in judged(self.files[name]) if outcome == "landed"
        ]

    def named(self, *names: str) -> list[dict[str, Any]]:
        """Records with one of these event types."""
        return [record for record in self.records if record["event_type"] in names]

    @cached_property
    def identifiers(self) -> set[str]:
        """Every name, session, address of a computer or a mailbox and device in all files, as it stands."""
        whole = b"\n".join(self.files.values()).decode("utf-8", "replace").replace("\\", "")
        found = set(re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", whole))
        for member in ("username", "session", "ip", "target_username"):
            found |= set(re.findall(rf'"{member}": "([^"]+)"', whole))
        return found | set(re.findall(r'"device": \{"id": "(\w+)"', whole))


def decrypted_logs(folder: Path, key_file: Path) -> Logs:
    """All logs below `folder`, opened through pipes."""
    files = {}
    with opened(key_file) as home:
        for path in sorted(folder.rglob(f"*.log{SUFFIX}")):
            call = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--decrypt"]
            done = subprocess.run(call, input=path.read_bytes(), capture_output=True, check=True)
            files[str(path.relative_to(folder)).removesuffix(SUFFIX)] = gzip.decompress(done.stdout)
    return Logs(files)


def lines_of(log: bytes) -> list[bytes]:
    """Lines end in LF and nothing else; the last one need not."""
    return log.removesuffix(b"\n").split(b"\n") if log else []


def judged(log: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """What becomes of each line by the documented rules, and its record where it lands."""
    seen: set[bytes] = set()
    for line in lines_of(log):
        outcome, record = judge(line)
        if outcome == "landed" and line in seen:
            outcome = "duplicate"
        seen.add(line)
        yield outcome, record


def outcomes(log: bytes) -> Counter[str]:
    """Reason → lines of the log that do not land."""
    return Counter(outcome for outcome, _ in judged(log) if outcome != "landed")


def judge(line: bytes) -> tuple[str, dict[str, Any]]:
    """`landed` or a reason, of one line alone."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return "not_utf8", {}
    if not text.strip() or text.startswith("#"):
        return "blank", {}
    try:
        record = parsed(text)
    except ValueError:
        return "not_json", {}
    if not isinstance(record, dict):
        return "no_object", {}
    if not readable(record.get("time")):
        return "no_time", {}
    return ("task" if record["event_source"] == "task" else "landed"), record


def parsed(text: str) -> Any:
    """The line, or what is between its outer braces. Raises ValueError, for half a surrogate pair too."""
    try:
        value = json.loads(text)
    except ValueError:
        value = json.loads(text[text.find("{") : text.rfind("}") + 1])
    json.dumps(value, ensure_ascii=False).encode()
    return value


def readable(time: Any) -> bool:
    if isinstance(time, int):
        return True
    try:
        return bool(datetime.fromisoformat(time))
    except (TypeError, ValueError):
        return False


def payload(record: dict[str, Any]) -> Any:
    """The event as an object, whether it came as one or as JSON in a string; empty where it is neither."""
    event = record.get("event")
    try:
        event = json.loads(event) if isinstance(event, str) else event
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}
