"""Exports as their manifests tell them: an export is what manifest-files.json lists, and nothing else.

Its folder proves nothing: incremental exports share one folder of data, and files may lie there of others.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipelines.errors import PackageRefused
from pipelines.sources.edx_package.store import Store, StoredObject

FOLDER = "AWSDynamoDB/"
SUMMARY = "/manifest-summary.json"
_FILES = "/manifest-files.json"
_ADVICE = "Nothing of it lands; copy the export again, or ask DynamoDB for another one."


@dataclass(frozen=True)
class DataFile:
    """One data file: its key in the store, the MD5 (base64) of its compressed bytes, and its items."""

    key: str
    md5: str
    items: int


@dataclass(frozen=True)
class Export:
    """One export: `at` and its window (`end` is not in it) in microseconds; `summary` is its object.

    A full export says how the table was `at`; an incremental one each key's last change in the window.
    """

    id: str
    table: str
    table_id: str
    is_full: bool
    at: int
    start: int
    end: int
    items: int
    files_key: str
    root: tuple[str, str]
    summary: StoredObject

    @property
    def day(self) -> datetime:
        return datetime.fromtimestamp(self.end / 1e6, UTC).replace(tzinfo=None)


def listed(store: Store) -> dict[str, StoredObject]:
    """Everything of exports below the instance's URL, by key."""
    return {it.key: it for it in store.objects([""]) if f"/{FOLDER}" in f"/{it.key}"}


def summaries(objects: dict[str, StoredObject]) -> list[StoredObject]:
    """Summaries, which DynamoDB writes last: where there is one, the export is complete."""
    return [it for key, it in objects.items() if key.endswith(SUMMARY)]


def unfinished(objects: dict[str, StoredObject]) -> list[str]:
    """Folders of exports that have begun and have no summary."""
    folders = {key.rpartition("/")[0] for key in objects if key.endswith(("/_started", _FILES))}
    return sorted(folder for folder in folders if f"{folder}{SUMMARY}" not in objects)


def read_export(store: Store, summary: StoredObject, objects: dict[str, StoredObject]) -> Export:
    """An export by its summary. Raises PackageRefused when it is not what DynamoDB writes, and what a store
    raises.
    """
    folder = summary.key.removesuffix(SUMMARY)
    said = _json(_checked(store, summary, objects))
    try:
        if said["outputFormat"] != "DYNAMODB_JSON":
            raise PackageRefused(
                f"The export {folder} is in the format {said['outputFormat']!s:.20}, which is not read.",
                "Export the table anew with ExportFormat DYNAMODB_JSON.",
            )
        is_full = said.get("exportType", "FULL_EXPORT") != "INCREMENTAL_EXPORT"
        at = _micros(said["exportTime"] if is_full else said["exportToTime"])
        start = at if is_full else _micros(said["exportFromTime"])
        files_key = str(said["manifestFilesS3Key"])
        return Export(
            folder.rpartition("/")[2], str(said["tableArn"]).rpartition(":table/")[2], str(said["tableId"]),
            is_full, at, start, at, int(said["itemCount"]), f"{folder}{_FILES}",
            (files_key.removesuffix(_FILES).rpartition(FOLDER)[0], folder.rpartition(FOLDER)[0]), summary,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        raise PackageRefused(
            f"The summary of the export {folder} is not what DynamoDB writes.", _ADVICE
        ) from None


def read_files(store: Store, export: Export, objects: dict[str, StoredObject]) -> list[DataFile]:
    """The data files of an export.

    Raises PackageRefused when its manifest is missing, damaged, does not add up, or names a file that is not
    there or not the export's.
    """
    manifest = objects.get(export.files_key)
    if manifest is None:
        raise PackageRefused(f"The export {export.id} has no {_FILES[1:]}.", _ADVICE)
    lines = _checked(store, manifest, objects).split(b"\n")
    entries = [_json(line) for line in lines if line.strip()]
    try:
        files = [
            DataFile(_below(export, str(it["dataFileS3Key"])), str(it["md5Checksum"]), int(it["itemCount"]))
            for it in entries
        ]
    except (KeyError, TypeError, ValueError):
        raise PackageRefused(
            f"The list of files of the export {export.id} is not what DynamoDB writes.", _ADVICE
        ) from None
    _refuse_wrong_count(export, files)
    if gone := [file.key for file in files if file.key not in objects]:
        raise PackageRefused(
            f"The export {export.id} lacks {len(gone)} of its {len(files)} data files, {gone[0]} for one.",
            _ADVICE,
        )
    return files


def _refuse_wrong_count(export: Export, files: Iterable[DataFile]) -> None:
    counted = sum(file.items for file in files)
    if counted != export.items:
        raise PackageRefused(
            f"The export {export.id} says {export.items:,} items, its files together {counted:,}.", _ADVICE
        )


def _below(export: Export, key: str) -> str:
    """A key of the bucket it was exported to as one of the store, which may be a copy elsewhere."""
    there, here = export.root
    if not key.startswith(f"{there}{FOLDER}") or ".." in key.split("/"):
        raise PackageRefused(f"The export {export.id} names a data file outside of its own folder.", _ADVICE)
    return here + key.removeprefix(there)


def _checked(store: Store, it: StoredObject, objects: dict[str, StoredObject]) -> bytes:
    """The content of a manifest; its sum lies beside it as .md5, in the documentation as .checksum."""
    content = _content(store, it)
    base = it.key.removesuffix(".json")
    sums = [objects[name] for name in (f"{base}.md5", f"{base}.checksum") if name in objects]
    if not sums:
        raise PackageRefused(f"{it.key} has no check sum beside it.", _ADVICE)
    if _content(store, sums[0]).strip() != base64.b64encode(hashlib.md5(content).digest()):  # noqa: S324
        raise PackageRefused(f"{it.key} is not what its check sum says.", _ADVICE)
    return content


def _content(store: Store, it: StoredObject) -> bytes:
    with store.open(it) as file:
        return file.read()


def _json(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise PackageRefused("A manifest of an export is no JSON object.", _ADVICE)
    return value


def _micros(time: str) -> int:
    moment = datetime.fromisoformat(time)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1_000_000)
