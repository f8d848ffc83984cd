"""Source configs: how a platform is fetched (`<platform>.yml`), checked against its contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipelines.contracts import PlatformContract
from pipelines.errors import ContractError
from pipelines.sources.csv_drop.fetch import CsvFetch
from pipelines.sources.dynamodb_export.fetch import ItemFetch
from pipelines.sources.edx_package.fetch import FileFetch
from pipelines.yaml_file import LINE, read_yaml, without_lines

CONFIG_FOLDER = Path(__file__).parent


class Cursor(BaseModel):
    """What tells changed rows: one column, or the greatest of several, in one unit."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    column: str | None = None
    columns: tuple[str, ...] = ()
    unit: Literal["epoch_seconds", "timestamp", "sequence"]

    @model_validator(mode="after")
    def _one_or_many(self) -> Cursor:
        if bool(self.column) == bool(self.columns):
            raise ValueError("give either `column` or `columns`")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        return self.columns or (str(self.column),)


class TableFetch(BaseModel):
    """How one table is read; no cursor means a full compare by row hash in every run.

    `sweep_every_days: 0`: deletes at the source are never followed (a log that is purged there by age);
    `full_every_days: 0`: no periodic full compare.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    cursor: Cursor | None = None
    row_filter: str | None = None
    page_rows: int = Field(200_000, gt=0)
    overlap: int = Field(900, ge=0)
    sweep_every_days: int = Field(7, ge=0)
    full_every_days: int = Field(28, ge=0)


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")
    platform: str
    kind: Literal["replica"]
    table_prefix: str = ""
    defaults: dict[str, int] = {}
    tables: dict[str, TableFetch | None]


class _PackageDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")
    platform: str
    kind: Literal["edx_package"]
    skip: tuple[str, ...] = ()
    tables: dict[str, FileFetch]


class _ExportDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")
    platform: str
    kind: Literal["dynamodb_export"]
    tables: dict[str, ItemFetch]


class _DropDocument(BaseModel):
    model_config = ConfigDict(extra="forbid")
    platform: str
    kind: Literal["csv_drop"]
    tables: dict[str, CsvFetch]


_Fetch = TableFetch | FileFetch | ItemFetch | CsvFetch


@dataclass(frozen=True)
class SourceConfig:
    """One platform's fetch rules; `table_prefix` is the canonical prefix an instance may override.

    `tables` are those of a replica; packages have `files`, and `skip` names files they know and leave;
    exports of DynamoDB have `items`; `drops` are the files of a CSV drop.
    """

    platform: str
    kind: str
    table_prefix: str
    tables: Mapping[str, TableFetch]
    files: Mapping[str, FileFetch] = field(default_factory=dict)
    skip: tuple[str, ...] = ()
    items: Mapping[str, ItemFetch] = field(default_factory=dict)
    drops: Mapping[str, CsvFetch] = field(default_factory=dict)

    def physical_name(self, table: str, instance_prefix: str | None) -> str:
        """`mdl_user` on a site whose prefix is `m2_` is `m2_user`."""
        if instance_prefix is None or not table.startswith(self.table_prefix):
            return table
        return instance_prefix + table[len(self.table_prefix) :]


def config_path(platform: str) -> Path:
    """Where a platform's source config is, whether or not there is one."""
    return CONFIG_FOLDER / f"{platform}.yml"


def known_platforms() -> list[str]:
    """Platforms that have a source config, by name."""
    return sorted(path.stem for path in CONFIG_FOLDER.glob("*.yml"))


def load_source_config(path: Path, contract: PlatformContract) -> SourceConfig:
    """Reads one source config. Raises ContractError naming file, line and table where the two disagree."""
    raw = read_yaml(path, "it says how the platform is fetched")
    lines: dict[str, int] = {}
    try:
        defaults = without_lines(raw.get("defaults") or {})
        named = {name: fetch or {} for name, fetch in (raw.get("tables") or {}).items() if name != LINE}
        lines = {name: fetch.get(LINE, 1) for name, fetch in named.items()}
        tables = {name: {**defaults, **without_lines(fetch)} for name, fetch in named.items()}
        config = _config({**without_lines(raw), "tables": tables})
    except ValidationError as invalid:
        raise ContractError([_problem(path, lines, error) for error in invalid.errors()]) from None
    except (AttributeError, TypeError):
        raise ContractError(
            [f"{path}:1: `tables:` gives each table its own mapping, even if empty."]
        ) from None
    if config.platform != contract.platform:
        what = f"{path}:1: platform `{config.platform}` is not `{contract.platform}` of {contract.path}."
        raise ContractError([what])
    _refuse_disagreement(path, lines, config, contract)
    return config


def _config(raw: dict[str, Any]) -> SourceConfig:
    if raw.get("kind") == "edx_package":
        package = _PackageDocument.model_validate(raw)
        return SourceConfig(package.platform, package.kind, "", {}, package.tables, package.skip)
    if raw.get("kind") == "dynamodb_export":
        export = _ExportDocument.model_validate(raw)
        return SourceConfig(export.platform, export.kind, "", {}, items=export.tables)
    if raw.get("kind") == "csv_drop":
        drop = _DropDocument.model_validate(raw)
        return SourceConfig(drop.platform, drop.kind, "", {}, drops=drop.tables)
    replica = _Document.model_validate(raw)
    tables = {name: fetch or TableFetch() for name, fetch in replica.tables.items()}
    return SourceConfig(replica.platform, replica.kind, replica.table_prefix, tables)


def _problem(path: Path, lines: Mapping[str, int], error: Any) -> str:
    place = [str(part) for part in error["loc"]]
    line = lines.get(place[1], 1) if place[0] == "tables" and len(place) > 1 else 1
    return f"{path}:{line}: {'.'.join(place)}: {error['msg']}."


def _refuse_disagreement(
    path: Path, lines: Mapping[str, int], config: SourceConfig, contract: PlatformContract
) -> None:
    fetched: dict[str, _Fetch] = {**config.tables, **config.files, **config.items, **config.drops}
    problems = [
        f"{path}:1: {table}: in the contract but not fetched."
        for table in contract.tables
        if table not in fetched
    ]
    for name, fetch in fetched.items():
        if name not in contract.tables:
            problems.append(f"{path}:{lines[name]}: {name}: fetched but not in the contract {contract.path}.")
            continue
        declared = {column.name for column in contract.tables[name].columns}
        problems += [
            f"{path}:{lines[name]}: {name}.{column}: {what} is not declared in the contract."
            for column, what in _named_columns(fetch)
            if column not in declared
        ]
    if problems:
        raise ContractError(problems)


def _named_columns(fetch: _Fetch) -> list[tuple[str, str]]:
    """Columns that a source config names, with what for."""
    if isinstance(fetch, ItemFetch):
        return []  # it names attributes
    if isinstance(fetch, CsvFetch):
        named = (*fetch.headers.values(), *fetch.optional, *fetch.dates)
        return [(column, "what a header, an optional cell or a date is of") for column in named]
    if isinstance(fetch, FileFetch):
        return [(column, "what an alias stands for") for column in fetch.aliases.values()]
    return [(column, "the cursor") for column in fetch.cursor.names] if fetch.cursor else []
