"""`python -m scripts.lint_tsql`: a line a finding; exits 1 if there is one, 2 if dbt cannot compile.

`--rules` prints the tables of docs/portable-sql.md instead.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from scripts.lint_tsql.built import RecordFailed, built
from scripts.lint_tsql.compiled import CompileFailed, statements
from scripts.lint_tsql.files import written_statements
from scripts.lint_tsql.findings import findings
from scripts.lint_tsql.names import Names
from scripts.lint_tsql.page import rules_as_tables
from scripts.lint_tsql.rules import RULES
from scripts.lint_tsql.unchanged import fingerprint

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Checks the project at the repository's root; dbt's files go to target/tsql."""
    if sys.argv[1:] == ["--rules"]:
        print(rules_as_tables())
        return 0
    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # what it cannot parse is a finding
    clean, now = ROOT / "target" / "tsql" / "clean", fingerprint(ROOT)
    if clean.exists() and clean.read_text(encoding="utf-8") == now:
        print("T-SQL: nothing changed since it was last found in order")
        return 0
    code = check(ROOT / "dbt_project", clean.parent)
    if code == 0:
        clean.parent.mkdir(parents=True, exist_ok=True)
        clean.write_text(now, encoding="utf-8")
    return code


def check(project: Path, work: Path) -> int:
    """Compiles, builds on the recorder, looks, prints what was found."""
    names = Names()
    try:
        compiled = statements(project, work, names)
        sent = list(built(project, work, names))
    except (CompileFailed, RecordFailed) as wrong:
        print(wrong)
        return 2
    every = [*compiled, *sent, *written_statements(project)]
    found = [finding for sql in every for finding in findings(sql)]
    if found:
        print("\n".join(str(finding) for finding in found))
        return 1
    print(
        f"T-SQL: {len(compiled)} compiled statements and {len(sent)} that dbt sends keep {len(RULES)} rules "
        "(docs/portable-sql.md)"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
