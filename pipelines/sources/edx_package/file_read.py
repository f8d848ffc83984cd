"""One file being read: batches of text columns, and what was counted on the way."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contracts import Column, TableContract
from pipelines.errors import TableMismatch
from pipelines.sources.edx_package.lines import line_ends

ENTITY = "_entity"
POSITION = "_position"
MAX_BATCH_ROWS = 100_000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,63}")
_MOST_NAMES = 100
_NO_TEXT = ("int", "bigint", "tinyint", "double", "decimal", "number", "boolean", "date")
_NOTHING = pa.array(["", "None", "null"])


@dataclass(frozen=True)
class RefusedLine:
    """A row that has no place in its table. `position` as in batches; `reason` is `width`, `no_json`,
    `quotes` or `shape`; `payload` is `{"_header": text, "_line": bytes}`, for the quarantine only.
    """

    position: int
    reason: str
    payload: Mapping[str, Any]


class ReadAgain(Exception):
    """What was taken for the rule of this file turned out not to be; nothing of it may be kept.

    Whoever reads opens the file anew and passes `how` on: `read_file(…, **again.how)`. Not an error: a file
    is read three times at the most, once for each of the two rules that only its last byte can confirm.
    """

    def __init__(self, how: Mapping[str, bool]) -> None:
        self.how = dict(how)
        super().__init__("The file must be read again in another way.")


@dataclass
class FileRead(ABC):
    """One pass over one file. The counts are those of what `batches` has given so far.

    `rows_read` is counted in the raw bytes; `rows_given` and `rows_refused` as rows go out; whoever uses the
    batches checks that they add up. `refused` may be emptied between batches, which keeps memory low.
    `empty`: no byte at all, so no header either. `missing` and `undeclared` are known with the first batch.
    """

    contract: TableContract
    entity: str
    rows_read: int = 0
    rows_given: int = 0
    rows_refused: int = 0
    bytes_read: int = 0
    replaced: int = 0
    empty: bool = True
    refused: list[RefusedLine] = field(default_factory=list)
    undeclared: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @abstractmethod
    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows in file order, 100,000 a batch at most. Columns: `_entity` and the contract's fetched
        ones, all text, NULL where the file has none; `_position`, int64: the row's number in the file, from 1
        for the first below the header. A batch may be without rows when all of its lines were refused.

        Raises TableMismatch (no such file as the contract means), ReadAgain, and what the blocks raise.
        """

    def refuse(self, position: int, reason: str, header: str, line: bytes) -> None:
        self.rows_refused += 1
        self.refused.append(RefusedLine(position, reason, {"_header": header, "_line": line}))

    def counted(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """The blocks that hold something, counted in bytes."""
        for block in blocks:
            if block:
                self.bytes_read += len(block)
                self.empty = False
                yield block

    def counted_lines(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """The same, and each LF in them as a row read."""
        for block in self.counted(blocks):
            self.rows_read += line_ends(block)
            yield block

    @property
    def wanted(self) -> list[str]:
        """The declared columns that a file is asked for."""
        return [column.name for column in self.contract.fetched if column.name != ENTITY]

    def compare_columns(self, offered: Iterable[str], known: Mapping[str, str]) -> None:
        """Fills `missing` and `undeclared`; `known` maps offered names to those they stand for."""
        declared = {column.name for column in self.contract.columns}
        self.missing = [name for name in self.wanted if name not in known.values()]
        others = (name for name in dict.fromkeys(offered) if known.get(name, name) not in declared)
        self.undeclared = [name if _NAME.fullmatch(name) else "(no name)" for name in others][:_MOST_NAMES]

    def refuse_header(self, offered: list[str]) -> None:
        """Ends the read when no column of the key is there.

        A first line that is no header may hold anything, a name or an address, so only words that the
        contract has, too, are said.
        """
        key = [name for name in self.contract.key if name != ENTITY]
        if not key or not set(key) <= set(self.missing):
            return
        declared = [column.name for column in self.contract.columns]
        familiar = [name for name in offered if name in declared]
        raise TableMismatch(
            f"A file of {self.contract.platform}.{self.contract.name} has no column of the key "
            f"({', '.join(key)}): it has {len(offered)} columns, of those declared "
            f"({', '.join(declared)}) only: {', '.join(familiar) or 'none'}.",
            "Compare its first line with the contract; an older name is declared as an alias.",
            table=self.contract.name,
        )

    def batch(self, columns: Mapping[str, pa.Array], positions: np.ndarray) -> Iterator[pa.RecordBatch]:
        """The rows as batches in the contract's order of columns; missing columns are NULL."""
        rows = len(positions)
        self.rows_given += rows
        names, arrays = [], []
        for column in self.contract.fetched:
            value = columns.get(column.name)
            if column.name == ENTITY:
                value = pa.repeat(pa.scalar(self.entity, pa.string()), rows)
            names.append(column.name)
            arrays.append(pa.nulls(rows, pa.string()) if value is None else _without_nothing(column, value))
        if ENTITY not in names:
            names.insert(0, ENTITY)
            arrays.insert(0, pa.repeat(pa.scalar(self.entity, pa.string()), rows))
        whole = pa.record_batch([*arrays, pa.array(positions, pa.int64())], names=[*names, POSITION])
        for start in range(0, max(rows, 1), MAX_BATCH_ROWS):
            yield whole.slice(start, MAX_BATCH_ROWS)


def _without_nothing(column: Column, value: pa.Array) -> pa.Array:
    """Recent packages write "there is none" as `None`, `null` or nothing at all, too (edx.md 2.1); only in a
    text could that be what somebody wrote.
    """
    if not (column.source_type or "").startswith(_NO_TEXT):
        return value
    return pc.if_else(pc.is_in(value, _NOTHING), pa.scalar(None, pa.string()), value)
