"""The machine's side: settings, keys, the home's disk, and libraries that drivers need."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.errors import SettingsError, WarehouseError
from pipelines.landing.personal import PseudonymKey, pseudonym_key
from pipelines.landing.platform import reads_sample
from pipelines.landing.quarantine import Seal
from pipelines.runner.doctor.finding import Finding, failure, good, warning
from pipelines.settings import Settings, env_file
from pipelines.warehouse.sqlserver.driver import LIBRARIES
from pipelines.warehouse.sqlserver.system import missing_libraries

GIGABYTE = 1024**3
LITTLE_SPACE, NO_SPACE = 2 * GIGABYTE, GIGABYTE // 4


def examine_settings() -> Finding:
    """Settings that were loaded: where from. The loading itself has refused a file that others may read."""
    file = env_file()
    where = f"{file}, which nobody else may read" if file else "the environment alone"
    return good("settings", "settings", f"read from {where}")


def examine_keys(settings: Settings, platforms: list[str]) -> tuple[dict[str, PseudonymKey], list[Finding]]:
    """The pseudonym key of every platform that may use it, and what is wrong with keys."""
    if not platforms:
        return {}, []  # whose keys may be the sample's depends on the source
    keys, refused = {}, {}
    for platform in platforms:
        try:
            keys[platform] = pseudonym_key(settings, sample_source=reads_sample(settings, platform))
        except SettingsError as wrong:
            refused[wrong.what] = failure("keys", "pseudonym key", wrong)
    findings = list(refused.values())
    findings += (
        [] if refused else [good("keys", "pseudonym key", f"`{settings.pseudonym_key_id}` can be used")]
    )
    return keys, [*findings, *_sealing_key(settings, platforms)]


def _sealing_key(settings: Settings, platforms: list[str]) -> list[Finding]:
    try:
        Seal(settings)
    except WarehouseError as wrong:
        return [failure("keys", "sealing key", wrong)]
    real = [platform for platform in platforms if not reads_sample(settings, platform)]
    if real and settings.sealing_key_id == "sample":
        what = "the sample's sealing key is not secret, and it seals rows of " + ", ".join(real)
        return [warning("keys", "sealing key", what, "Set your own WAREHOUSE_SEALING_KEY and …_KEY_ID.")]
    if settings.sealing_key == settings.pseudonym_key:
        what = "the sealing key and the pseudonym key are the same"
        return [
            warning("keys", "sealing key", what, "Make two: who may open quarantine need not link people.")
        ]
    return [good("keys", "sealing key", f"`{settings.sealing_key_id}` can be used")]


def examine_home(settings: Settings) -> list[Finding]:
    """Whether the home can be written, and how much space is left where it is."""
    place = _existing(settings.home)
    if not os.access(place, os.W_OK | os.X_OK):
        what, advice = f"{settings.home} cannot be written", f"Give it to the user that runs: chown {place}"
        return [Finding("home", "disk", "failure", what, advice)]
    free = shutil.disk_usage(place).free
    held = settings.warehouse_file.stat().st_size if settings.warehouse_file.is_file() else 0
    said = f"{free / GIGABYTE:,.1f} GB are free at {settings.home}"
    advice = "A run needs room for what it reads and for the published marts once more."
    if free < NO_SPACE:
        return [Finding("home", "disk", "failure", said, advice)]
    if free < max(LITTLE_SPACE, held):
        return [warning("home", "disk", f"{said}, the warehouse has {held / GIGABYTE:,.1f} GB", advice)]
    return [good("home", "disk", said)]


def _existing(path: Path) -> Path:
    """The path itself or the nearest folder above it that is there already."""
    whole = path.resolve()
    return next(place for place in (whole, *whole.parents) if place.exists())


def examine_libraries(settings: Settings, platforms: list[str]) -> list[Finding]:
    """Only where a source or the warehouse is a SQL Server: the system libraries that drivers load."""
    schemes = {
        urlsplit(where.url.get_secret_value()).scheme
        for platform in platforms
        for where in settings.sources[platform].values()
    }
    if settings.engine == "sqlserver":
        missing = missing_libraries()
    elif schemes & {"mssql", "sqlserver"}:
        missing = missing_libraries(LIBRARIES)
    else:
        return []
    if missing:
        what = f"the driver for SQL Server lacks {', '.join(missing)}"
        return [Finding("libraries", "SQL Server", "failure", what, f"apt-get install {' '.join(missing)}")]
    return [good("libraries", "SQL Server", "what its driver needs is installed")]
