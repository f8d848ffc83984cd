"""The two tables that the rules' broken and kept examples read."""

from __future__ import annotations

from scripts.lint_tsql.names import Names
from scripts.lint_tsql.rules import RULES
from scripts.lint_tsql.statement import Statement

COLUMNS = {
    "a": "int", "b": "int", "d": "date", "ts": "datetime2(6)", "txt": "nvarchar(20)", "flag": "bit",
    "f": "float", "n": "decimal(12, 2)",
}  # fmt: skip


def broken_rules(text: str, *, written: bool = False) -> set[str]:
    """Names of the rules that an example breaks."""
    names = Names()
    for table in ("t", "u"):
        names.add(table, COLUMNS)
    sql = Statement(path="example", name="example", text=text)
    if not written:
        names.resolve(sql)
    rules = [rule for rule in RULES.values() if rule.written == written]
    return {rule.name for rule in rules if any(True for _ in rule.check(sql))}
