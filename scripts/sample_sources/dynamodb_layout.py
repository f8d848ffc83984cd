"""Writes exports as DynamoDB's ExportTableToPointInTime leaves them on S3, with manifests and check sums."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Item = dict[str, Any]
_ACCOUNT = "arn:aws:dynamodb:eu-west-1:111122223333:table"


@dataclass
class Table:
    """A table of one account; `put` writes an object of the bucket, `prefix` is the exports' S3Prefix."""

    name: str
    put: Callable[[str, bytes], object]
    prefix: str = ""
    table_id: str = "5ca1ab1e-0000-4000-8000-000000000001"
    bucket: str = "exports"
    changes: dict[str, Any] = field(default_factory=dict)

    def export_full(self, at: datetime, items: Iterable[Item], *, files: int = 2) -> str:
        """A full export: each data file holds some of the items. Returns the export's id."""
        lines = [{"Item": item} for item in items]
        folder = f"AWSDynamoDB/{(made := self._id(at, 'full'))}"
        said = {"exportTime": _time(at)}
        self._write(made, f"{folder}/data", _parts(lines, files), said)
        return made

    def export_changes(
        self, start: datetime, end: datetime, changes: Iterable[Item], *, files: int = 1
    ) -> str:
        """An incremental export of a window; its data lie in the folder that all of them share."""
        made = self._id(end, f"{start}")
        said = {
            "exportTime": None, "exportFromTime": _time(start), "exportToTime": _time(end),
            "outputView": "NEW_AND_OLD_IMAGES", "exportType": "INCREMENTAL_EXPORT",
        }  # fmt: skip
        self._write(made, "AWSDynamoDB/data", _parts(list(changes), files), said)
        return made

    def _write(self, made: str, data: str, parts: Sequence[Sequence[Item]], said: dict[str, Any]) -> None:
        above = f"{self.prefix}/" if self.prefix else ""
        folder = f"{above}AWSDynamoDB/{made}"
        self.put(f"{folder}/_started", b"")
        entries = [self._data(f"{above}{data}", made, number, part) for number, part in enumerate(parts)]
        self._with_sum(f"{folder}/manifest-files", "".join(json.dumps(entry) + "\n" for entry in entries))
        summary = {
            "version": "2023-08-01", "exportArn": f"{_ACCOUNT}/{self.name}/export/{made}",
            "startTime": said.get("exportToTime") or said["exportTime"],
            "endTime": said.get("exportToTime") or said["exportTime"],
            "tableArn": f"{_ACCOUNT}/{self.name}", "tableId": self.table_id, **said,
            "s3Bucket": self.bucket, "s3Prefix": self.prefix or None, "s3SseAlgorithm": "AES256",
            "s3SseKmsKeyId": None, "manifestFilesS3Key": f"{folder}/manifest-files.json",
            "billedSizeBytes": 0, "itemCount": sum(map(len, parts)), "outputFormat": "DYNAMODB_JSON",
            **self.changes,
        }  # fmt: skip
        self._with_sum(f"{folder}/manifest-summary", json.dumps(summary))

    def _data(self, folder: str, made: str, number: int, part: Sequence[Item]) -> dict[str, Any]:
        name = hashlib.sha256(f"{self.name} {made} {number}".encode()).hexdigest()[:26]
        lines = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in part)
        packed = gzip.compress(lines.encode(), mtime=0)
        key = f"{folder}/{name}.json.gz"
        self.put(key, packed)
        return {
            "itemCount": len(part), "md5Checksum": check_sum(packed),
            "etag": f"{hashlib.md5(packed, usedforsecurity=False).hexdigest()}-1", "dataFileS3Key": key,
        }  # fmt: skip

    def _with_sum(self, name: str, text: str) -> None:
        self.put(f"{name}.json", text.encode())
        self.put(f"{name}.md5", check_sum(text.encode()).encode())

    def _id(self, at: datetime, more: str) -> str:
        tail = hashlib.sha256(f"{self.name} {self.table_id} {at} {more}".encode()).hexdigest()[:8]
        return f"{int(at.replace(tzinfo=UTC).timestamp() * 1000):014d}-{tail}"


def changed(at: datetime, keys: Item, new: Item | None, old: Item | None = None) -> Item:
    """A line of an incremental export: put (`new` is there) or deleted."""
    line: Item = {"Metadata": {"WriteTimestampMicros": {"N": str(micros(at))}}, "Keys": keys}
    line |= {"OldImage": old} if old else {}
    return line | ({"NewImage": new} if new else {})


def micros(at: datetime) -> int:
    """Microseconds since 1970 of a time in UTC without zone."""
    return round(at.replace(tzinfo=UTC).timestamp() * 1_000_000)


def _parts(lines: Sequence[Item], files: int) -> list[Sequence[Item]]:
    return [lines[number::files] for number in range(files)]


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def check_sum(content: bytes) -> str:
    """MD5 in base64, as manifests and the files beside them have it."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
