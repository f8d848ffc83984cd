"""What happened to one table of one instance, or one file of it, in a load: every count of the ledger row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipelines.contracts import TableContract
from pipelines.errors import WarehouseError
from pipelines.landing.classify import Refused


@dataclass
class TableOutcome:
    """Counts grow as rows pass; `rows_landed` is recounted in the warehouse after the commit.

    `file_key` names the file where the rows come from one, `scope` the rows of staging that it replaces:
    those whose `_entity` (or `_file_key`) it is. `undeclared_rows`: how many rows have which undeclared
    column, where that is known. `files` are imported; `partitions`: the only days whose rows the load
    changes, None where that is not known.
    """

    contract: TableContract
    instance: str
    load_id: str = ""
    mode: str = "full"
    rows_read: int = 0
    rows_to_land: int = 0
    rows_landed: int = 0
    rows_quarantined: int = 0
    rows_deleted: int = 0
    bytes_read: int = 0
    seconds: float = 0.0
    filtered: Counter[str] = field(default_factory=Counter)
    repairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)
    undeclared: list[str] = field(default_factory=list)
    undeclared_rows: dict[str, int] = field(default_factory=dict)
    cursor_high: str | None = None
    swept: bool = False
    files: list[Path] = field(default_factory=list)
    file_key: str | None = None
    scope: str | None = None
    partitions: set[date] | None = None
    missing: list[str] = field(default_factory=list)
    error: WarehouseError | None = None

    def start_over(self) -> None:
        """The table is read once more in this load: rows so far are counted as `read_again`, and only the new
        read says what is refused and repaired.
        """
        self.filtered["read_again"] += self.rows_read - self.rows_filtered
        self.rows_quarantined = 0
        self.refused.clear()
        self.repairs.clear()

    def forget(self) -> None:
        """Nothing that was counted of the file so far counts."""
        self.rows_read = self.rows_quarantined = self.rows_to_land = 0
        self.filtered.clear()
        self.refused.clear()
        self.repairs.clear()

    def forget_but_count(self, reason: str) -> None:
        """All rows were read, and none of them is to land."""
        read = self.rows_read
        self.forget()
        self.rows_read = self.filtered[reason] = read

    def refuse(self, error: WarehouseError) -> None:
        """The file cannot be used."""
        self.forget()
        self.error = error

    @property
    def platform(self) -> str:
        return self.contract.platform

    @property
    def rows_filtered(self) -> int:
        return sum(self.filtered.values())

    @property
    def balanced(self) -> bool:
        return self.rows_read == self.rows_landed + self.rows_quarantined + self.rows_filtered

    @property
    def changed(self) -> bool:
        """Whether staging is different from before this load."""
        return bool(self.rows_landed or self.rows_deleted)
