"""Packs and encrypts the files of the sample's edX organisation as edX delivers them."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from scripts.sample_sources.edx_courses import ORGANISATION
from scripts.sample_sources.edx_keys import Gpg, private_gpg, take_keys

# Members of one zip, by path in it, without `.gpg`.
Members = dict[str, bytes]
PROD, EDGE = "prod-analytics", "prod-edge-analytics"


def member_name(entity: str, task: str, extension: str = "sql", site: str = PROD) -> str:
    """A file's name as edX's exporter makes it, without `.gpg`."""
    return f"{entity}-{task}-{site}.{extension}"


def package_name(day: date) -> str:
    """A weekly package's name without `.zip`, which is also the one folder in it."""
    return f"{ORGANISATION.lower()}-{day.isoformat()}"


def write_packages(folder: Path, key_file: Path, packages: Mapping[str, Members]) -> None:
    """Writes `folder`/<name> for each package, encrypted, unless it is there with the same content and key.

    Raises GpgRefused, and OSError if the folder cannot be written.
    """
    manifest = key_file.with_name("manifest.json")
    known: dict[str, str] = json.loads(manifest.read_text()) if manifest.exists() else {}
    key = key_file.read_bytes() if key_file.exists() else b""
    stale = {
        name: members
        for name, members in packages.items()
        if not key or not (folder / name).exists() or known.get(name) != fingerprint(members, key)
    }
    if not stale:
        return
    with private_gpg() as gpg:
        take_keys(gpg, key_file)
        for name, members in stale.items():
            _pack(gpg, folder / name, members)
    key = key_file.read_bytes()
    known = {name: fingerprint(members, key) for name, members in packages.items()}
    fresh = manifest.with_suffix(".new")
    fresh.write_text(json.dumps(known, indent=1), encoding="utf-8")
    fresh.replace(manifest)


def fingerprint(members: Members, key: bytes) -> str:
    """One number for what is in a package and which key opens it."""
    digest = hashlib.sha256(key)
    for name, content in sorted(members.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _pack(gpg: Gpg, path: Path, members: Members) -> None:
    """Encrypts in a folder that goes afterwards, then puts the zip in place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with tempfile.TemporaryDirectory() as scratch:
        files = {name: Path(scratch, f"{place:03}") for place, name in enumerate(members)}
        for name, file in files.items():
            file.write_bytes(members[name])
        gpg.encrypt(list(files.values()))
        with zipfile.ZipFile(fresh, "w") as archive:
            # `zip -r` enters the folders, too.
            for parent in dict.fromkeys(_parents(members)):
                archive.writestr(_entry(parent), b"")
            for name, file in files.items():
                archive.writestr(_entry(f"{name}.gpg"), file.with_name(f"{file.name}.gpg").read_bytes())
    fresh.replace(path)


def _parents(members: Members) -> list[str]:
    found = {f"{parent}/" for name in members for parent in Path(name).parents if str(parent) != "."}
    return sorted(found)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (2026, 7, 26, 5, 0, 0))
    entry.external_attr = (0o40755 << 16 | 0x10) if name.endswith("/") else 0o100644 << 16
    return entry
