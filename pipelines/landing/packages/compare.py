"""The files of one table in one archive against staging: what is new or changed, what is gone, by entity.

A file says all of its entity: a staged row whose key is not among the file's good rows is deleted. Each row
read ends in one place (to land, `duplicate`, `unchanged`), and each place is counted by a query of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines.contracts import TableContract
from pipelines.landing.outcome import TableOutcome
from pipelines.warehouse import Warehouse
from pipelines.warehouse.quoting import literal

SCOPE = "_entity"
_AT_ONCE = 16 << 20
_LARGE = 4 << 20


class FileComparison:
    """Parquet files of good rows in the order read, and for each entity among them its outcome."""

    def __init__(
        self,
        warehouse: Warehouse,
        schema: str,
        contract: TableContract,
        files: Sequence[Path],
        members: Sequence[TableOutcome],
    ) -> None:
        self._local, self._members = warehouse.local, {member.scope: member for member in members}
        self._key = [f'"{name}"' for name in contract.key]
        self._files = files
        self._instance, self._load_id = members[0].instance, members[0].load_id
        self._read = _parquet(files)
        self._known = None
        if warehouse.has_table(schema, contract.name):
            compared = [*contract.key, "_row_hash", SCOPE, "_instance"]
            named = list(dict.fromkeys(compared))
            self._known = self._staged(warehouse.brought(schema, contract.name, named, self._instance))

    def write_changes(self, target: Path) -> list[Path]:
        """The files with rows to land and tombstones, `target` among them where one had to be written.

        Counts all of them on the outcomes.
        """
        repeated = self._any_repeated()
        if self._known is None and not repeated:
            return self._as_they_are(target)
        self._write_differences(self._newest() if repeated else self._read, target)
        return [target]

    def _as_they_are(self, target: Path) -> list[Path]:
        """Large files, each of which is a job, and the small ones as one."""
        large = [path for path in self._files if path.stat().st_size > _LARGE]
        small = [path for path in self._files if path not in large]
        if small:
            self._local.execute(f"copy (from {_parquet(small)}) to '{target}' (format parquet)")
        self._count_written(written := [*large, *([target] if small else [])])
        return written

    def _write_differences(self, newest: str, target: Path) -> None:
        if self._known is None:
            self._copy(f"select * from {newest}", target)
            return
        joined = " and ".join(f"n.{name} = k.{name}" for name in self._key)
        for scope, count in self._counted(
            f"from {newest} as n join {self._known} as k on {joined} where n._row_hash = k._row_hash", "n"
        ):
            self._members[scope].filtered["unchanged"] = count
        changed = (
            f"select n.* from {newest} as n left join {self._known} as k on {joined} "
            "where k._row_hash is null or k._row_hash <> n._row_hash"
        )
        self._copy(f"{changed} union all by name {self._gone()}", target)

    def _staged(self, table: str) -> str:
        scopes = ", ".join(literal(scope) for scope in self._members if scope)
        return (
            f"(select {', '.join(self._key)}, _row_hash from {table} "
            f"where _instance = {literal(self._instance)} and {SCOPE} in ({scopes}))"
        )

    def _newest(self) -> str:
        """The read without its repeated keys: the last stays."""
        keys = ", ".join(self._key)
        repeated = (
            f"from (select {keys}, count(*) - 1 as more from {self._read} group by all having more > 0)"
        )
        for scope, count in self._local.rows(
            f"select {SCOPE}, cast(sum(more) as bigint) {repeated} group by all"
        ):
            self._members[scope].filtered["duplicate"] = count
        ranked = f"row_number() over (partition by {keys} order by file_row_number desc) as _nth"
        numbered = f"(select *, {ranked} from {_parquet(self._files, 'file_row_number = true')})"
        return f"(select * exclude (_nth, file_row_number) from {numbered} where _nth = 1)"

    def _any_repeated(self) -> bool:
        """Looked for within files, as each is all of an entity: the keys of all at once would be the peak."""
        keys = ", ".join(name for name in ("file_index", *self._key) if name != f'"{SCOPE}"')
        return any(
            self._local.rows(f"select 1 from {_parquet(files)} group by {keys} having count(*) > 1 limit 1")
            for files in _groups(self._files)
        )

    def _gone(self) -> str:
        keys = ", ".join(self._key)
        gone = f"from {self._known} as k anti join {self._read} as r using ({keys})"
        for scope, count in self._counted(gone, "k"):
            self._members[scope].rows_deleted = count
        keyed = ", ".join(f"k.{name}" for name in self._key)
        return (
            f"select {keyed}, {literal(self._instance)} as _instance, k._row_hash, "
            f"{literal(self._load_id)} as _dlt_load_id, true as _deleted {gone}"
        )

    def _copy(self, rows: str, target: Path) -> None:
        self._local.execute(f"copy ({rows}) to '{target}' (format parquet)")
        self._count_written([target])

    def _count_written(self, files: Sequence[Path]) -> None:
        written = f"from {_parquet(files)} as w where _deleted is null"
        for scope, count in self._counted(written, "w"):
            self._members[scope].rows_to_land = count

    def _counted(self, tail: str, alias: str) -> list[tuple[str, int]]:
        return self._local.rows(f"select {alias}.{SCOPE}, count(*) {tail} group by all")


def _parquet(files: Sequence[Path], *options: str) -> str:
    listed = ", ".join(f"'{path}'" for path in files)
    return f"read_parquet({', '.join([f'[{listed}]', 'union_by_name = true', *options])})"


def _groups(files: Sequence[Path]) -> Iterator[list[Path]]:
    """Files one after the other until they hold `_AT_ONCE` bytes: a statement for each would take longer."""
    group: list[Path] = []
    size = 0
    for path in files:
        group.append(path)
        size += path.stat().st_size
        if size > _AT_ONCE:
            yield group
            group, size = [], 0
    if group:
        yield group
