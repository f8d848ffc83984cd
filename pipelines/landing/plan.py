"""What is landed, where from and where to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipelines.contracts import PlatformContract
from pipelines.landing.personal import PseudonymKey
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.config import SourceConfig
from pipelines.sources.replica import Timekeeper
from pipelines.warehouse import Warehouse


@dataclass(frozen=True)
class Plan:
    """A platform that may be fetched: its contract and source config are without a problem."""

    contract: PlatformContract
    config: SourceConfig
    key: PseudonymKey


@dataclass(frozen=True)
class Instance:
    """What is landed, where from and where to; `only` these files of a drop, if not all that are there;
    `warnings` grows with what the loading of its rows has to say.
    """

    settings: Settings
    warehouse: Warehouse
    run_id: str
    plan: Plan
    name: str
    where: InstanceSettings
    keeper: Timekeeper = field(default_factory=Timekeeper)
    only: frozenset[str] | None = None
    warnings: list[str] = field(default_factory=list)

    def warn(self, sentences: Iterable[str]) -> None:
        """What the run is to be told, each sentence once."""
        self.warnings.extend(one for one in dict.fromkeys(sentences) if one not in self.warnings)
