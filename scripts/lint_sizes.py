"""Fails where a file, a function or a name is past the project's limits, or a note to self was left.

What ruff can check (complexity, reading the environment, notes in Python) is checked by ruff. This reads
every file git knows or would add, prints one `path:line: what` a finding, and exits 1 if there is one.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FUNCTION_LINES = 60
FILE_LINES = {".py": 300, ".sql": 120}
ROOMS_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "lib", "misc"}
# Spelt in two parts so that this file passes its own check.
NOTE = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b")
NOTED = {".py", ".sql", ".yml", ".yaml", ".md", ".toml", ".sh", ".cfg", ""}


def findings(path: Path) -> Iterator[str]:
    """Every finding in one file, as `path:line: what`."""
    yield from _room(path)
    if path.suffix not in NOTED and path.suffix not in FILE_LINES:
        return
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    limit = FILE_LINES.get(path.suffix)
    if limit is not None and len(lines) > limit:
        yield f"{path}:{limit + 1}: {len(lines)} lines, at most {limit}: split by what the parts do"
    for number, line in enumerate(lines, 1):
        if NOTE.search(line):
            yield f"{path}:{number}: a note to self: do it, or open an issue"
    if path.suffix == ".py":
        yield from _functions(path, "\n".join(lines))


def _room(path: Path) -> Iterator[str]:
    for part in (*path.parts[:-1], path.stem):
        if part.lower() in ROOMS_THAT_SAY_NOTHING:
            yield f"{path}:1: '{part}' tells nobody what lives there: name it by its job"


def _functions(path: Path, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text, str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {size} lines, at most {FUNCTION_LINES}"


def project_files() -> list[Path]:
    """Files git tracks or would add, so that local state and caches are never read."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    )
    return [
        path for name in sorted(set(listed.stdout.split("\0"))) if name and (path := Path(name)).is_file()
    ]


def main() -> int:
    """Prints the findings of the files named on the command line, or of the whole project."""
    paths = [Path(name) for name in sys.argv[1:]] or project_files()
    found = [finding for path in paths for finding in findings(path)]
    print("\n".join(found) if found else f"sizes and names: {len(paths)} files in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
