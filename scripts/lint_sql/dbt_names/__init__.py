"""The names dbt gives a template, as far as linting needs them: no project is loaded, no server asked.

sqlfluff's dbt templater takes seconds a run, opens the warehouse file (so it fails while a run holds it) and
needs a live server for SQL Server. With these names its plain Jinja templater renders our models and macros
as for DuckDB in a fraction of the time. Every name here without a leading underscore is one in templates.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import yaml

_ROOT = Path(__file__).resolve().parents[3]
_TEXT = (_ROOT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8")
_PROJECT = yaml.load(_TEXT, Loader=yaml.CSafeLoader)
_REQUIRED = object()


def _compile_once() -> None:
    """Keeps what Jinja compiles: two thirds of the time went to compiling all macros twice for each model.

    Only texts compiled with no options, as the macros are. The code of a text is the same in all environments
    of sqlfluff, since it makes them alike. This module, too, it loads anew for each model.
    """
    compile_text = jinja2.Environment.compile
    if hasattr(compile_text, "kept"):
        return
    kept: dict[str, Any] = {}

    def compiled(environment: jinja2.Environment, source: Any, *options: Any, **named: Any) -> Any:
        if not isinstance(source, str) or options or named:
            return compile_text(environment, source, *options, **named)
        if source not in kept:
            kept[source] = compile_text(environment, source)
        return kept[source]

    compiled.kept = kept  # type: ignore[attr-defined]
    jinja2.Environment.compile = compiled  # type: ignore[assignment,method-assign]


_compile_once()

execute = True
flags = {"FULL_REFRESH": False}
invocation_id = "lint"
modules = {"datetime": datetime}
project_name = _PROJECT["name"]
run_started_at = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
target = {"name": "duckdb", "type": "duckdb", "schema": "staging", "database": "warehouse"}


class _Adapter:
    """`adapter.dispatch('x')` is our `duckdb__x`, or dbt's own macro of that name."""

    @jinja2.pass_context
    def dispatch(self, context: jinja2.runtime.Context, macro_name: str, macro_namespace: str = "") -> Any:
        for name in (f"duckdb__{macro_name}", f"default__{macro_name}"):
            found = context.resolve(name)
            if not isinstance(found, jinja2.Undefined):
                return found
        return getattr(dbt, macro_name)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments, **named: _Silent()


class _Silent:
    """Answers every question with nothing: empty list, empty text, false."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments: object, **named: object) -> Any:
        return self

    def __getitem__(self, key: object) -> Any:
        return self

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __str__(self) -> str:
        return ""


class _Dbt:
    """`dbt.type_string()` and the like: a word for a type, a function call for everything else."""

    def __getattr__(self, name: str) -> Callable[..., str]:
        if name.startswith("__"):
            raise AttributeError(name)
        if name.startswith("type_"):
            return lambda *arguments: {"type_string": "varchar", "type_numeric": "decimal(28, 6)"}.get(
                name, name[5:]
            )
        return lambda *arguments, **named: f"{name}({', '.join(map(str, (*arguments, *named.values())))})"


class _Config:
    """What a model says in `config(…)`, for the macros that ask for it; one model is rendered at a time."""

    def __init__(self) -> None:
        self._said: dict[str, Any] = {}

    def __call__(self, **said: Any) -> str:
        self._said = said
        return ""

    def get(self, name: str, default: Any = None) -> Any:
        return self._said.get(name, default)

    def require(self, name: str) -> Any:
        return self._said[name]


class _Exceptions:
    def raise_compiler_error(self, message: str, *more: object) -> str:
        raise jinja2.TemplateRuntimeError(message)

    def warn(self, message: str) -> str:
        return ""


adapter = _Adapter()
api = _Silent()
config = _Config()
dbt = _Dbt()
exceptions = _Exceptions()
graph = _Silent()
model = _Silent()


def env_var(name: str, default: str = "") -> str:
    return default


def log(message: str, info: bool = False) -> str:
    return ""


def run_query(sql: str) -> _Silent:
    return _Silent()


def var(name: str, default: Any = _REQUIRED) -> Any:
    """The project's own value, so that loops over a list and numbers render as they will run."""
    value = _PROJECT.get("vars", {}).get(name, default)
    if value is _REQUIRED:
        raise jinja2.TemplateRuntimeError(f"var('{name}') is not in dbt_project.yml")
    return value
