"""Contracts: a platform's dbt sources file, read into typed, checked objects.

The file is the only place where a column is declared (ARCHITECTURE §4). dbt reads the same file; the
extractors read exactly its columns; the staging suites derive from it. A contract with a problem is
refused whole, before anything is fetched, and every problem names file, line, table and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.contracts.table import Column, Condition, Payload, PlatformContract, TableContract
from pipelines.errors import ContractError
from pipelines.settings import PROJECT_ROOT
from pipelines.yaml_file import LINE, read_yaml, without_lines

CONTRACT_FOLDER = PROJECT_ROOT / "dbt_project" / "models" / "staging"
KINDS = frozenset({"text", "bigint", "double", "decimal", "bool", "timestamp", "date", "json", "binary"})
CLASSES = frozenset({"none", "pseudonym", "identifier", "sensitive", "free_text"})
IDENTIFIERS = frozenset({"email", "username", "user_id", "upn", "account_id"})
DERIVATIONS = frozenset({"account_kind", "email_domain_class", "age_band", "name_too_long"})
_TYPE = re.compile(r"^([a-z]+)(?:\((\d+)(?:,\s*(\d+))?\))?$")
PARTITION_UNITS = frozenset({"epoch_seconds", "timestamp", "date"})
_ACCOUNT_KINDS = frozenset({"learner", "guest", "generator", "retired", "staff", "bot"})
_TABLE_META = frozenset({"key", "version", "partition"})
_COLUMN_META = frozenset(["source_type", "personal", "identifier", "nullable", "nobody", "blank_when",
                          "derive", "from", "rules", "retired_when", "path", "values", "otherwise", "shape",
                          "longer_than"])  # fmt: skip
_Sizes = tuple[int | None, int | None, int | None]


def contract_path(platform: str) -> Path:
    """Where a platform's contract is, whether or not there is one."""
    return CONTRACT_FOLDER / platform / f"_{platform}__sources.yml"


def load_contract(path: Path) -> PlatformContract:
    """Reads and checks one contract. Raises ContractError with every problem found."""
    return _Reader(path).read(read_yaml(path, "every platform needs its contract"))


class _Reader:
    """Walks one document and collects problems instead of stopping at the first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[str] = []
        self._at: tuple[Mapping[str, Any], str, str | None] = ({}, "sources", None)

    def read(self, document: Any) -> PlatformContract:
        sources = (document or {}).get("sources") or [] if isinstance(document, dict) else []
        if len(sources) != 1:
            raise ContractError([f"{self.path}:1: one platform per file is expected, found {len(sources)}."])
        source = sources[0]
        try:
            platform = str(source["name"])
            tables = self._tables(platform, source.get("tables") or [])
        except (AttributeError, KeyError, TypeError, ValueError) as misshapen:
            what = f"`{misshapen.args[0]}` is missing" if isinstance(misshapen, KeyError) else "misshapen"
            self._say(f"{what}, here or just below; it is written as dbt's sources are")
        if self.problems:
            raise ContractError(self.problems)
        return PlatformContract(platform, source.get("schema", f"staging_{platform}"), tables, self.path)

    def _tables(self, platform: str, nodes: list[dict[str, Any]]) -> dict[str, TableContract]:
        tables: dict[str, TableContract] = {}
        for node in nodes:
            name = str(node["name"])
            self._at = (node, name, None)
            if name in tables:
                self._say("the table is declared twice")
            tables[name] = self._table(platform, node)
        return tables

    def _problem(self, node: Mapping[str, Any], table: str, column: str | None, what: str) -> None:
        place = f"{table}.{column}" if column else table
        self.problems.append(f"{self.path}:{node.get(LINE, 1)}: {place}: {what}.")

    def _say(self, what: str) -> None:
        """A problem of the table or column that is being read."""
        self._problem(*self._at, what)

    def _table(self, platform: str, node: dict[str, Any]) -> TableContract:
        name = str(node["name"])
        meta = (node.get("config") or {}).get("meta") or {}
        for unknown in sorted(set(meta) - _TABLE_META - {LINE}):
            self._say(f"unknown entry `{unknown}` in config.meta")
        columns = tuple(column for item in node.get("columns") or [] if (column := self._column(name, item)))
        known = {column.name for column in columns}
        for item in _duplicates([str(item.get("name")) for item in node.get("columns") or []]):
            self._problem(node, name, item, "the column is declared twice")
        key = tuple(meta.get("key") or ())
        if not key:
            self._problem(node, name, None, "a key is missing (config.meta.key)")
        partition = meta.get("partition") or {}
        if partition and partition.get("unit") not in PARTITION_UNITS:
            self._problem(node, name, None, f"a partition needs `unit:`, one of {sorted(PARTITION_UNITS)}")
        named = (*key, *filter(None, [meta.get("version"), partition.get("column")]))
        for missing in [column for column in named if column not in known]:
            self._problem(node, name, missing, "named as key, version or partition but not declared")
        self._check_references(node, name, columns, named)
        return TableContract(
            platform, name, key, meta.get("version"), partition.get("column"), partition.get("unit"), columns,
            str(node.get("description", "")),
        )  # fmt: skip

    def _column(self, table: str, node: dict[str, Any]) -> Column | None:
        name = str(node["name"])
        self._at = (node, table, name)
        meta = without_lines((node.get("config") or {}).get("meta") or {})
        before = len(self.problems)
        for unknown in sorted(set(meta) - _COLUMN_META):
            self._say(f"unknown entry `{unknown}` in config.meta")
        kind, sizes = self._type(node, meta)
        self._check_class(node, meta)
        if len(self.problems) > before:
            return None
        length, precision, scale = sizes
        return Column(
            name, kind, length, precision, scale, bool(meta.get("nullable", True)), meta["personal"],
            meta.get("source_type"), str(node.get("description", "")), meta.get("identifier"),
            tuple(str(value) for value in meta.get("nobody") or ()), _condition(meta.get("blank_when")),
            meta.get("derive"), meta.get("from"),
            {kind: tuple(patterns) for kind, patterns in (meta.get("rules") or {}).items()},
            _condition(meta.get("retired_when")), _payload(meta),
        )  # fmt: skip

    def _type(self, node: dict[str, Any], meta: dict[str, Any]) -> tuple[str, _Sizes]:
        if meta.get("personal") in ("identifier", "free_text", "sensitive") and "data_type" not in node:
            return "text", (None, None, None)
        match = _TYPE.match(str(node.get("data_type", "")))
        if not match or match[1] not in KINDS:
            self._say(f"unknown type `{node.get('data_type')}`; one of {sorted(KINDS)}")
            return "text", (None, None, None)
        first, second = (int(number) if number else None for number in match.group(2, 3))
        if match[1] == "decimal":
            precision, scale = first or 38, second or 0
            if not scale <= precision <= 38:
                self._say("a decimal has up to 38 digits, its fraction among them")
            return "decimal", (None, precision, scale)
        if second is not None or (first is not None and match[1] != "text"):
            self._say(f"`{node['data_type']}`: only text has a length")
        return match[1], (first, None, None)

    def _check_class(self, node: dict[str, Any], meta: dict[str, Any]) -> None:
        personal, derive = meta.get("personal"), meta.get("derive")
        if personal not in CLASSES:
            self._say(f"personal-data class is `{personal}`; say one of {sorted(CLASSES)}")
        if personal == "pseudonym" and meta.get("identifier") not in IDENTIFIERS:
            self._say(f"a pseudonym needs `identifier:`, one of {sorted(IDENTIFIERS)}")
        if personal == "pseudonym" and not str(node.get("data_type")).startswith("text"):
            self._say("a pseudonym lands as text")
        if not isinstance(meta.get("nullable", True), bool):
            self._say(f"`nullable: {meta['nullable']}` is neither true nor false")
        rules = meta.get("rules") or {}
        if set(rules) - _ACCOUNT_KINDS or not all(isinstance(patterns, list) for patterns in rules.values()):
            self._say(f"`rules:` gives lists of patterns to {sorted(_ACCOUNT_KINDS)}")
        if derive and derive not in DERIVATIONS:
            self._say(f"`derive: {derive}` is not one of {sorted(DERIVATIONS)}")
        if derive and not meta.get("from"):
            self._say("a derived column needs `from:`")
        if not derive and not meta.get("source_type"):
            self._say("`source_type` is missing")

    def _check_references(
        self, node: dict[str, Any], table: str, columns: tuple[Column, ...], named: tuple[str, ...]
    ) -> None:
        known = {column.name: column for column in columns}
        for column in columns:
            conditions = (column.blank_when, column.retired_when)
            for name in filter(None, [column.derived_from, *(c.column for c in conditions if c)]):
                if name not in known:
                    self._problem(node, table, column.name, f"refers to `{name}`, which is not declared")
                elif known[name].derive:
                    self._problem(node, table, column.name, f"reads `{name}`, which is itself derived")
                elif known[name].personal == "free_text":
                    self._problem(node, table, column.name, f"reads `{name}`, but free text is never read")
        for name in named:
            if name in known and not known[name].lands:
                self._problem(node, table, name, "a key, version or partition must land")


def _condition(node: Any) -> Condition | None:
    return Condition(str(node["column"]), str(node["equals"])) if node else None


def _payload(meta: dict[str, Any]) -> Payload | None:
    if not meta.keys() & {"path", "values", "otherwise", "shape", "longer_than"}:
        return None
    path = meta.get("path") or {}
    families = path if isinstance(path, dict) else {"any": path}
    paths = {
        family: (where,) if isinstance(where, str) else tuple(where) for family, where in families.items()
    }
    values = tuple(str(value) for value in meta.get("values") or ())
    return Payload(paths, values, meta.get("otherwise"), meta.get("shape"), meta.get("longer_than"))


def _duplicates(names: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield name
        seen.add(name)
