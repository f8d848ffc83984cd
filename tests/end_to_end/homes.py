"""A home: a folder with sources, settings and a warehouse of its own, and the command run on it."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from scripts.sample_sources.drops import write_drops
from tests.parsed_project import parsed_project

PROJECT_ROOT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).with_name("warehouse")
LAUNCHER = Path(__file__).with_name("launcher.py")
MARTS = ("core", "customer_insight", "course_activity")
# Of dlt's and of a load; everything else of a landed row is the source's business.
LOAD_COLUMNS = frozenset({"_dlt_load_id"})
_SOURCES = "WAREHOUSE_SOURCES__"


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended; -9 is a kill."""

    code: int
    out: str
    err: str

    @property
    def sentences(self) -> list[str]:
        """The problems it named, one a line."""
        return [line[2:] for line in self.err.splitlines() if line.startswith("✗ ")]

    @property
    def everything(self) -> str:
        return self.out + self.err

    def counts(self, platform: str) -> dict[str, int]:
        """The platform's row of the closing table."""
        names = ("read", "landed", "quarantined", "filtered", "deleted")
        cells = [line.split("│")[1:-2] for line in self.out.splitlines() if f"│ {platform} " in line]
        return dict(zip(names, (int(cell.replace(",", "")) for cell in cells[0][1:]), strict=True))


class Home:
    """One home. `settings` are written to its env file, `plan` (see launcher.py) is part of every command."""

    def __init__(self, folder: Path, settings: dict[str, str], plan: dict[str, Any] | None = None) -> None:
        self.folder = folder
        self.settings = settings
        self.plan = plan or {}

    @classmethod
    def sample(cls, folder: Path) -> Home:
        """A home as `warehouse sample` makes it."""
        done = _run([str(PROGRAM), "sample", "--home", str(folder)], {})
        assert done.code == 0, done.err
        return cls(folder, _read_env(folder / "sample" / "warehouse.env"))

    def copy(self, folder: Path, *, only_sources: bool = False) -> Home:
        """The same keys and sources (and, unless `only_sources`, warehouse) in another folder."""
        ignored = shutil.ignore_patterns(
            "warehouse.duckdb*", "published", "work", "logs", "run.lock", "drops"
        )
        shutil.copytree(self.folder, folder, ignore=ignored if only_sources else None)
        if only_sources:  # a run takes what was dropped into its archive
            write_drops(folder / "sample" / "drops")
        moved, plan = (
            {name: value.replace(str(self.folder), str(folder)) for name, value in named.items()}
            for named in (self.settings, self.plan)
        )
        return Home(folder, moved, plan)

    def only(self, *platforms: str) -> None:
        """Takes the other platforms out of the settings."""
        kept = tuple(f"{_SOURCES}{platform.upper()}__" for platform in platforms)
        self.settings = {
            name: value
            for name, value in self.settings.items()
            if name.startswith(kept) or not name.startswith(_SOURCES)
        }

    def source(self, platform: str) -> Path:
        return self.folder / "sample" / f"{platform}.sqlite"

    def change(self, platform: str, script: str, moment: datetime | None = None) -> None:
        """Changes a SQLite source, as its platform would, at `:now` or `:epoch` (default: a moment ago).

        `script` is statements, each ended by a semicolon.
        """
        when = moment or datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(seconds=5)
        known = {"now": when.isoformat(sep=" "), "epoch": int(when.replace(tzinfo=UTC).timestamp())}
        with closing(sqlite3.connect(self.source(platform))) as source, source:
            for statement in script.split(";"):
                source.execute(statement, known)

    # ------------------------------------------------------------ commands

    def command(self, *words: str, **environment: str) -> Said:
        """`warehouse <words>` in a process of its own."""
        if self.plan:
            return self.launch({}, *words, **environment)
        with self._parsed():
            return _run([str(PROGRAM), *words], self.environment(environment))

    def launch(self, plan: dict[str, Any], *words: str, **environment: str) -> Said:
        """The same with something gone wrong on purpose, see launcher.py."""
        command = [sys.executable, str(LAUNCHER), json.dumps(self.plan | plan), *words]
        with self._parsed():
            return _run(command, self.environment(environment))

    def run(self, command: list[str]) -> Said:
        """Any other command with this home's settings."""
        return _run(command, self.environment({}))

    def start(self, plan: dict[str, Any], *words: str) -> subprocess.Popen[bytes]:
        """The same, left running as the head of a process group that the caller ends."""
        return subprocess.Popen(
            [sys.executable, str(LAUNCHER), json.dumps(self.plan | plan), *words],
            env=clean_environment() | self.environment({}), start_new_session=True, cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def _parsed(self) -> AbstractContextManager[None]:
        named = {name.split("__")[1].lower() for name in self.settings if name.startswith(_SOURCES)}
        return parsed_project(self.folder / "work" / "dbt_target", f"run-{'-'.join(sorted(named))}")

    def environment(self, more: dict[str, str]) -> dict[str, str]:
        """Writes the env file, and gives what else the command is told."""
        path = self.folder / "sample" / "warehouse.env"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text("".join(f"{name}={value}\n" for name, value in self.settings.items()))
        return {"WAREHOUSE_ENV_FILE": str(path), **more}

    # ------------------------------------------------------------ what is in it

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return ask(self.folder / "warehouse.duckdb", sql, *values)

    def value(self, sql: str, *values: Any) -> Any:
        return self.rows(sql, *values)[0][0]

    def marts(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return ask(self.published, sql, *values)

    @property
    def published(self) -> Path:
        return self.folder / "published" / "marts.duckdb"

    def staging_text(self) -> dict[str, str]:
        """Every landed table as sorted CSV, without what names a load."""
        return relations_text(self.folder / "warehouse.duckdb", "table_schema like 'staging\\_%' escape '\\'")

    def marts_text(self) -> dict[str, str]:
        """Every published mart as sorted CSV."""
        return relations_text(self.published, f"table_schema in {MARTS}")

    def unbalanced(self) -> list[tuple[Any, ...]]:
        """Ledger rows whose counts do not add up, or that were never settled."""
        return self.rows(
            "select platform, instance, table_name, outcome, rows_read, rows_landed, rows_quarantined, "
            "rows_filtered from ops.landings where outcome not in ('closed', 'abandoned') "
            "or (outcome = 'closed' and rows_read <> rows_landed + rows_quarantined + rows_filtered)"
        )


def ask(path: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(duckdb.connect(path, read_only=True)) as connection:
        return connection.execute(sql, list(values)).fetchall()


def relations_text(path: Path, where: str) -> dict[str, str]:
    """Relations as CSV with sorted rows: equal texts are equal data."""
    found = {}
    listed = (
        "select table_schema, table_name, list(column_name order by column_name) "
        f"from information_schema.columns where {where} and not starts_with(table_name, '_dlt') group by all"
    )
    with closing(duckdb.connect(path, read_only=True)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for schema, table, columns in connection.execute(listed).fetchall():
            kept = ", ".join(f'"{column}"' for column in columns if column not in LOAD_COLUMNS)
            rows = connection.execute(f'select {kept} from "{schema}"."{table}" order by all').fetchall()
            found[f"{schema}.{table}"] = _csv([kept], rows)
    return found


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Names of relations that are not byte-equal, so that a failure is short."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def end_group(process: subprocess.Popen[bytes]) -> int:
    """Kills a process with all its children and waits until they are gone."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait(30)


def _csv(head: Iterable[str], rows: list[tuple[Any, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("WAREHOUSE_", "DBT_"))}


def _run(command: list[str], environment: dict[str, str]) -> Said:
    done = subprocess.run(
        command, env=clean_environment() | environment, cwd=PROJECT_ROOT, capture_output=True, text=True,
        check=False, timeout=600,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return Said(done.returncode, done.stdout, done.stderr)


def _read_env(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
