"""The command with one thing gone wrong on purpose: `python launcher.py '<plan>' run`.

A plan is JSON with any of
  kill: {function: "package.module:name", call: 3, after: false}  this process dies at that call
  count: {functions: ["package.module:name"], into: "/file"}      calls are counted, to draw a kill from
  contracts: "/folder", configs: "/folder"                        contracts, source configs are read there
  lose_row: {before: "package.module:name", sql: "delete …"}      a row goes missing before that call
  file_limit: 1000000                                             no file may grow beyond these bytes
Nothing in the project knows of it: functions are replaced from outside, before the command starts.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))


def replace(where: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Puts `wrap(function)` in place of a function or method, wherever it was imported to already."""
    module_name, _, path = where.partition(":")
    owner: Any = importlib.import_module(module_name)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    original = getattr(owner, name)
    wrapped = wrap(original)
    setattr(owner, name, wrapped)
    for module in list(sys.modules.values()):
        if (
            getattr(module, "__name__", "").startswith("pipelines")
            and getattr(module, name, None) is original
        ):
            setattr(module, name, wrapped)


def kill_at(call: int, *, after: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Kills this process at the n-th call, before or after it is made."""
    calls = 0

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            mine = calls == call
            if mine and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            given = function(*arguments, **named)
            if mine:
                os.kill(os.getpid(), signal.SIGKILL)
            return given

        return counted

    return wrap


def counting(calls: dict[str, int], where: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Counts the calls of the function named `where`."""

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            calls[where] = calls.get(where, 0) + 1
            return function(*arguments, **named)

        return counted

    return wrap


def losing_a_row(sql: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Runs `sql` on the warehouse, once, before the function (whose first argument is the warehouse)."""
    done = False

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        def robbed(warehouse: Any, *arguments: Any, **named: Any) -> Any:
            nonlocal done
            if not done:
                done = True
                warehouse.execute(sql)
            return function(warehouse, *arguments, **named)

        return robbed

    return wrap


def main() -> None:
    plan = json.loads(sys.argv[1])
    sys.argv = ["warehouse", *sys.argv[2:]]
    if kill := plan.get("kill"):
        replace(kill["function"], kill_at(kill["call"], after=kill.get("after", False)))
    calls: dict[str, int] = {}
    for where in plan.get("count", {}).get("functions", ()):
        replace(where, counting(calls, where))
    if folder := plan.get("contracts"):
        importlib.import_module("pipelines.contracts.reader").CONTRACT_FOLDER = Path(folder)  # type: ignore[attr-defined]
    if folder := plan.get("configs"):
        importlib.import_module("pipelines.sources.config").CONFIG_FOLDER = Path(folder)  # type: ignore[attr-defined]
    if lose := plan.get("lose_row"):
        replace(lose["before"], losing_a_row(lose["sql"]))
    if limit := plan.get("file_limit"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        importlib.import_module("pipelines.cli").main()
    finally:
        if into := plan.get("count", {}).get("into"):
            Path(into).write_text(json.dumps(calls))


if __name__ == "__main__":
    main()
