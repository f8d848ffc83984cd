"""Whether anything changed since the project was last in order: compiling costs seconds, this nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

# What the findings depend on, from the repository's root. dbt's own leavings lie beside, not in, these.
_READ = (
    "dbt_project/*.yml", "dbt_project/models/**/*", "dbt_project/macros/**/*", "dbt_project/tests/**/*",
    "dbt_project/seeds/**/*", "dbt_project/analyses/**/*", "dbt_project/snapshots/**/*",
    "scripts/lint_tsql/**/*.py", "pipelines/contracts/*.py", "constraints.txt",
)  # fmt: skip


def fingerprint(root: Path) -> str:
    """Of the names and contents of every file that the check reads."""
    digest = hashlib.sha256()
    for path in _files(root):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(root)} {content}\n".encode())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for pattern in _READ:
        yield from sorted(path for path in root.glob(pattern) if path.is_file())
