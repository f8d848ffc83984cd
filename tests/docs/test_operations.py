"""docs/operations.md knows the sentences an operator can meet, and quotes none that the code does not say.

Those of a warehouse on SQL Server stand on its own page.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from pipelines import errors
from tests.docs.pages import DOCS, PROJECT_ROOT, text

PAGE = DOCS / "operations.md"
ON_SQL_SERVER = DOCS / "sqlserver.md"
# Said while a command line or a setting is read; the sentence itself is all there is to do.
EXPLAINS_ITSELF = {"UsageError", "SettingsError", "ContractError"}
HOLE = "…"


def sources() -> list[Path]:
    folders = ("pipelines", "expectations")
    return [path for folder in folders for path in sorted((PROJECT_ROOT / folder).rglob("*.py"))]


def spoken(node: ast.expr) -> str:
    """A string as it stands in the code, each of its placeholders written as `…`."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(spoken(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return spoken(node.left) + spoken(node.right)
    return HOLE


@cache
def sentences() -> tuple[tuple[str, str], ...]:
    """(error class, what and advice) of every error the code makes."""
    classes = {name for name, value in vars(errors).items() if isinstance(value, type)}
    return tuple(
        (str(node.func.id), " ".join(spoken(argument) for argument in node.args))
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in classes
    )


def everything_said() -> str:
    """All string constants, for sentences that are put together elsewhere than where they are raised."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in sources())
    wanted = (ast.Constant, ast.JoinedStr)
    return "\n".join(spoken(node) for tree in trees for node in ast.walk(tree) if isinstance(node, wanted))


def quoted() -> list[str]:
    headings = ((PAGE, "## What the sentences mean\n"), (ON_SQL_SERVER, "## What a sentence means\n"))
    sections = [text(page).split(heading, 1)[1].split("\n## ", 1)[0] for page, heading in headings]
    return [quote for section in sections for quote in re.findall(r"^\| `(.+?)` \|", section, re.MULTILINE)]


@pytest.mark.parametrize("quote", quoted())
def test_what_the_page_quotes_the_code_says(quote):
    assert quote in everything_said()


def test_every_sentence_of_operations_is_on_the_page():
    known = quoted()
    unknown = [
        sentence
        for kind, sentence in sentences()
        if kind not in EXPLAINS_ITSELF
        and sentence.strip(f"{HOLE} ")  # what is only passed on was said elsewhere
        and not any(quote in sentence for quote in known)
    ]
    assert not unknown, "describe in docs/operations.md or docs/sqlserver.md"
    assert len(sentences()) > 40


def test_reasons_of_quarantine_are_those_of_the_landing():
    section = text(PAGE).split("## Quarantine and replay\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    explained = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    landing, sources = (PROJECT_ROOT / "pipelines" / name for name in ("landing", "sources"))
    files = [landing / "casts.py", landing / "classify.py"]
    files += [*sources.glob("edx_package/*.py"), *sources.glob("edx_log/*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    of_events = (landing / "logs" / "statement.py").read_text(encoding="utf-8")  # and of repairs
    assert not [
        name
        for name in explained
        if name not in code + of_events and name.replace("timestamp", "{target}") not in code
    ]
    said = set(
        re.findall(r"\"(not_\w+|text_too_long|number_not_lossless)\"|'(not_utf8|value_missing):", code)
    )
    assert {name for pair in said for name in pair if name} <= explained


def test_exit_codes_are_those_of_the_command():
    section = text(PAGE).split("| exit code |", 1)[1]
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)}
    kinds = [value for value in vars(errors).values() if isinstance(value, type)]
    raised = {kind.exit_code for kind in kinds if issubclass(kind, errors.WarehouseError)}
    assert raised | {0, 3, 130} == codes
