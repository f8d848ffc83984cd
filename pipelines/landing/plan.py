"""What is landed, where from and where to."""

from __future__ import annotations

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
    """What is landed, where from and where to; `only` these files of a drop, if not all that are there."""

    settings: Settings
    warehouse: Warehouse
    run_id: str
    plan: Plan
    name: str
    where: InstanceSettings
    keeper: Timekeeper = field(default_factory=Timekeeper)
    only: frozenset[str] | None = None
