"""One instance of a DynamoDB platform: the store answers, every table has a full export and a recent one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pipelines.errors import SettingsError, SourceError
from pipelines.runner.doctor.finding import Finding, failure, good, warning
from pipelines.settings import Settings
from pipelines.sources.config import SourceConfig
from pipelines.sources.dynamodb_export import Export, chain_of, listed, read_export, summaries
from pipelines.sources.edx_package import open_store

# an export comes every night; one may be late
_RECENT = timedelta(days=2)


def examine_exports(
    settings: Settings, platform: str, config: SourceConfig, instance: str
) -> Iterator[Finding]:
    """Lists exports and reads their summaries; reads no data of them."""
    where, place = settings.sources[platform][instance], f"{platform}/{instance}"
    try:
        store = open_store(where, settings)
        objects = listed(store)
        exports = {one.id: one for one in (read_export(store, it, objects) for it in summaries(objects))}
    except (SourceError, SettingsError) as refused:
        yield failure(place, "source", refused)
        return
    for name, fetch in config.items.items():
        if fetch.key:
            source = (where.table_prefix or "") + (fetch.table or name)
            yield _table(settings, place, name, [one for one in exports.values() if one.table == source])


def _table(settings: Settings, place: str, name: str, exports: list[Export]) -> Finding:
    chain = chain_of(name, exports)
    advice = f"Ask for one: warehouse land {place.partition('/')[0]} --export"
    if not exports:
        return warning(place, name, "no export of the table is there", advice)
    if chain.broken:
        return warning(place, name, chain.broken, advice)
    newest = max(one.day for one in exports)
    said = f"{len(exports)} exports without a hole since the newest full one, to {newest:%Y-%m-%d %H:%M}"
    if settings.clock - newest > _RECENT:
        return warning(place, name, f"{said}, more than {_RECENT.days} days ago", advice)
    return good(place, name, said)
