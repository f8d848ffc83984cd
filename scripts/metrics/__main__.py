"""`python -m scripts.metrics` writes docs/metrics.md; with `--check docs/metrics.md` it compares.

Both print a line for every measure that is incomplete or defined twice, and exit 1 if there is one.
"""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.metrics.page import page
from scripts.metrics.registry import Registry, read_registry
from scripts.metrics.rules import defined_twice, incomplete
from scripts.metrics.written_out import written_out

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "metrics.md"


def findings(registry: Registry) -> list[str]:
    """Everything wrong with the registry, a line each."""
    return [*incomplete(registry), *defined_twice(registry), *written_out(registry)]


def main(arguments: list[str]) -> int:
    """Reads the project at the repository's root."""
    checking = arguments[:1] == ["--check"]
    target = Path(arguments[1]) if checking and len(arguments) > 1 else PAGE
    registry = read_registry(ROOT / "dbt_project")
    text, found = page(registry, ROOT / "docs" / "decisions"), findings(registry)
    if not checking:
        target.write_text(text, encoding="utf-8")
    elif not target.exists() or target.read_text(encoding="utf-8") != text:
        found.append(f"{target}: not up to date: .venv/bin/python -m scripts.metrics writes it")
    print("\n".join(found) if found else f"measures: {len(registry.entries)} described once")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
