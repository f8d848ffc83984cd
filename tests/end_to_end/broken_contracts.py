"""Copies of the contracts in which Moodle's has an error; launcher.py makes the command read them."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipelines.contracts import CONTRACT_FOLDER

# name → what is replaced, by what, and what the command must say of it
BROKEN = {
    "no class": (
        ", personal: none",
        "",
        r"_moodle__sources\.yml:\d+: \w+\.\w+: personal-data class is `None`; say one of ",
    ),
    "not YAML": ("sources:\n", "sources: [\n", r"_moodle__sources\.yml:\d+: not valid YAML: "),
}


def broken_contracts(folder: Path, how: str) -> dict[str, str]:
    """A copy of the contracts in which Moodle's has an error."""
    shutil.copytree(CONTRACT_FOLDER, folder)
    old, new, _ = BROKEN[how]
    path = folder / "moodle" / "_moodle__sources.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return {"contracts": str(folder)}
