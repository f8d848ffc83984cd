"""Macros and models as SQL, with measures and dialect macros left as calls.

Jinja renders them with the few words of dbt that they use, so that a search through the whole project costs
seconds and no dbt. `measure_churn_value(a, b)` stands where a model calls the macro, and the macro's own SQL
where it was written out by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import jinja2
import yaml

from scripts.metrics.registry import MACRO

# These define materialisations and talk to the engine; no model's SQL holds their text.
NOT_RENDERED = ("incremental", "materializations", "dialect")


class Placeholder(str):
    """Stands for an argument: a text, or a list of one where the macro joins a list."""

    def __iter__(self) -> Iterator[str]:
        yield str(self)


class Rendering:
    """Renders with every macro of `calls` left as the call `<prefix>_<name>(…)`."""

    def __init__(self, project: Path, calls: dict[str, str]) -> None:
        self._environment = jinja2.Environment(
            extensions=["jinja2.ext.do"],
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # noqa: S701 - SQL
        )
        self._words = _words(project) | {name: _call(prefix, name) for name, prefix in calls.items()}
        module = self._environment.from_string(_macros(project, calls)).make_module(self._words)
        self.macros = {name: getattr(module, name) for name in dir(module) if not name.startswith("_")}

    def model(self, path: Path) -> str:
        """The SQL of a model, of all platforms, in a first build."""
        template = self._environment.from_string(path.read_text(encoding="utf-8"))
        return template.render(self.macros | self._words)

    def macro(self, name: str, arguments: list[Placeholder]) -> str:
        """The SQL that a macro writes for these arguments."""
        return str(self.macros[name](*arguments))


def _macros(project: Path, left_out: Collection[str]) -> str:
    """The text of all macros but those: within one template a macro goes before a word of the same name."""
    texts = [
        path.read_text(encoding="utf-8")
        for path in sorted((project / "macros").rglob("*.sql"))
        if not set(path.relative_to(project).parts) & set(NOT_RENDERED)
    ]
    return MACRO.sub(lambda found: "" if found[1] in left_out else found[0], "\n".join(texts))


def dialect_calls(project: Path) -> dict[str, str]:
    """The dialect macros to leave as calls: all but names of types, which are no expressions."""
    names = (path.stem for path in (project / "macros" / "dialect").glob("*.sql"))
    return dict.fromkeys((name for name in names if name != "types"), "dialect")


def _words(project: Path) -> dict[str, Any]:
    variables = yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    types = {"t_text": "varchar", "t_double": "double", "t_timestamp": "timestamp"}
    return {
        "return": lambda value: value,
        "var": variables.__getitem__,
        "env_var": lambda _name, default="": default,
        "ref": lambda name: name,
        "source": lambda _schema, name: name,
        "config": lambda **_settings: "",
        "is_incremental": lambda: False,
        "with_changed_keys": lambda _relation: "",
        "platform_enabled": lambda _platform: True,
        **{name: lambda *_length, _type=kind: _type for name, kind in types.items()},
    }


def _call(prefix: str, name: str) -> Callable[..., str]:
    def call(*arguments: Any, **named: Any) -> str:
        parts = [part for value in (*arguments, *named.values()) for part in _parts(value)]
        return f"{prefix}_{name}({', '.join(parts)})"

    return call


def _parts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [_operand(str(part)) for part in values]


def _operand(text: str) -> str:
    """A separator is the text that the macro makes of it; all else is SQL."""
    return text if re.search(r"\w|\*", text) else "'" + text.replace("'", "''") + "'"
