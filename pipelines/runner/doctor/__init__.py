"""`warehouse doctor`: looks at everything a run depends on, changes nothing, reads no data of people."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from pipelines.contracts import PlatformContract, contract_path, load_contract
from pipelines.errors import ContractError, SettingsError, UsageError
from pipelines.runner.doctor.drops import examine_drops
from pipelines.runner.doctor.exports import examine_exports
from pipelines.runner.doctor.finding import Finding, exit_code, failure, good
from pipelines.runner.doctor.home import examine_home, examine_keys, examine_libraries, examine_settings
from pipelines.runner.doctor.known import examine_warehouse
from pipelines.runner.doctor.packages import examine_packages
from pipelines.runner.doctor.show import findings_table
from pipelines.runner.doctor.sources import examine_instance
from pipelines.runner.doctor.strategy import examine_strategies
from pipelines.settings import Settings, load_settings
from pipelines.sources.config import SourceConfig, config_path, known_platforms, load_source_config

_FILES = {"edx_package": examine_packages, "csv_drop": examine_drops}
__all__ = ["Finding", "examine", "exit_code", "findings_table"]


def examine(chosen: list[str] | None) -> Iterator[Finding]:
    """All findings, as they are made. Raises UsageError for a platform that nobody knows."""
    if unknown := sorted(set(chosen or ()) - set(known_platforms())):
        raise UsageError(
            f"There is no platform {', '.join(unknown)}.", f"Known platforms: {', '.join(known_platforms())}."
        )
    try:
        settings = load_settings()
    except SettingsError as refused:
        yield failure("settings", "settings", refused)
        return
    yield examine_settings()
    yield from _connections(settings, chosen)
    platforms = [
        name for name in known_platforms() if settings.sources.get(name) and name in (chosen or [name])
    ]
    keys, findings = examine_keys(settings, platforms)
    yield from findings
    yield from examine_home(settings)
    yield from examine_libraries(settings, platforms)
    known, findings = examine_warehouse(settings, keys)
    yield from findings
    for platform in platforms:
        files = yield from _files(platform)
        if files is None:
            continue
        if files[1].kind in _FILES:
            for instance in settings.sources[platform]:
                yield from _FILES[files[1].kind](settings, platform, instance)
            continue
        if files[1].kind == "dynamodb_export":
            for instance in settings.sources[platform]:
                yield from examine_exports(settings, platform, files[1], instance)
            continue
        yield from examine_strategies(settings, platform, files[1].tables)
        for instance in settings.sources[platform]:
            yield from examine_instance(settings, *files, instance, known)


def _connections(settings: Settings, chosen: list[str] | None) -> Iterator[Finding]:
    """Instances of platforms nobody knows, and platforms without an instance."""
    known = known_platforms()
    for name in sorted(set(settings.sources) - set(known)):
        what = f"there is no platform {name}, but a connection is set for it"
        yield Finding("settings", "sources", "failure", what, f"Known platforms: {', '.join(known)}.")
    for name in chosen or ([] if set(settings.sources) & set(known) else ["any platform"]):
        if not settings.sources.get(name):
            advice = "Set WAREHOUSE_SOURCES__<PLATFORM>__<INSTANCE>__URL, or try the sample: make run"
            yield Finding("settings", "sources", "failure", f"no connection is set for {name}", advice)


def _files(platform: str) -> Generator[Finding, None, tuple[PlatformContract, SourceConfig] | None]:
    """The contract and the source config, if both can be used."""
    try:
        contract = load_contract(contract_path(platform))
        config = load_source_config(config_path(platform), contract)
    except ContractError as refused:
        for problem in refused.problems:
            yield Finding(
                platform, "contract", "failure", problem, "Nothing of it is fetched until it is mended."
            )
        return None
    yield good(platform, "contract", "its contract and source config are valid")
    return contract, config
