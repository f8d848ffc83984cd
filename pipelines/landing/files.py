"""What landings of files have in common: a file that cannot be landed is told, and stops no other."""

from __future__ import annotations

from abc import ABC, abstractmethod

from pipelines.errors import SourceError, WarehouseError
from pipelines.landing.bench import OnRows
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.plan import Instance
from pipelines.landing.quarantine import Seal
from pipelines.landing.register import placed


class FilesLanding(ABC):
    """The landing of one instance that comes as files; `outcomes` is filled as they land."""

    def __init__(self, it: Instance, seal: Seal, on_rows: OnRows) -> None:
        self._it, self._seal, self._on_rows = it, seal, on_rows
        self.outcomes: list[TableOutcome] = []
        self.errors: list[WarehouseError] = []
        self.warnings: list[str] = []

    def run(self) -> None:
        """Lands what is new. Raises a SourceError when the place, or what opens its files, cannot be used."""
        try:
            self._run()
        except SourceError as refused:
            raise placed(refused, self._it) from None

    @abstractmethod
    def _run(self) -> None: ...
