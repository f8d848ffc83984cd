"""What names a person in the sample's edX packages and logs, read from them with gpg."""

from __future__ import annotations

import csv
import io
import subprocess
import tempfile
import zipfile
from pathlib import Path

from scripts.sample_sources import edx
from scripts.sample_sources.edx_dirt import STRANGE_NAMES
from scripts.sample_sources.edx_log_lines import LOGS_NEVER_LAND
from tests.scripts.edx_logs_read import decrypted_logs
from tests.scripts.edx_packages_read import opened, read

NAMING = {
    "auth_user": ("username", "email"),
    "auth_userprofile": ("name", "mailing_address"),
    "certificates_generatedcertificate": ("name",),
    "student_anonymoususerid": ("anonymous_user_id",),
    "user_id_map": ("hash_id", "username"),
    "email_opt_in": ("username", "email", "full_name"),
}
# edX's own account, which the contract has to name, and texts that stand in more places than names
WORDS = {"course_discovery_worker", "anonymous", *(name.lower() for name in STRANGE_NAMES)}


def edx_identifiers(folder: Path) -> set[str]:
    """Every distinct one in all packages and logs below `folder`, lower-cased; none where gpg made none."""
    if not (folder / "key.asc").exists():
        return set()
    logs = decrypted_logs(folder / "course-data", folder / "key.asc")
    found = {text.lower() for text in (*edx.NEVER_LANDS, *LOGS_NEVER_LAND, *logs.identifiers)}
    with opened(folder / "key.asc") as gpg, tempfile.TemporaryDirectory(dir=gpg) as scratch:
        files = _extracted(folder / "course-data", Path(scratch))
        call = ["gpg", "--homedir", str(gpg), "--batch", "--quiet", "--decrypt-files", *map(str, files)]
        subprocess.run(call, check=True, capture_output=True)
        for file in files:
            found |= _values(file.name.split(",")[1], file.with_suffix("").read_bytes())
    return {text for text in found if len(text) > 4} - WORDS


def _extracted(archives: Path, scratch: Path) -> list[Path]:
    """The encrypted files of NAMING as `<number>,<task>,.gpg`."""
    files: list[Path] = []
    for path in archives.rglob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                task = next((task for task in NAMING if f"-{task}-prod-analytics" in info.filename), None)
                if task:
                    files.append(scratch / f"{len(files)},{task},.gpg")
                    files[-1].write_bytes(archive.read(info))
    return files


def _values(task: str, content: bytes) -> set[str]:
    if task == "email_opt_in":
        rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    else:
        rows = read(content).dicts
    values = {row.get(column) for row in rows for column in NAMING[task]}
    return {value.strip('"').lower() for value in values if value}
