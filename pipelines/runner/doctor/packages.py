"""One instance of a package platform: the stores answer, archives and logs are recent, a key is set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pipelines.errors import SettingsError, SourceError
from pipelines.runner.doctor.buckets import examine_bucket
from pipelines.runner.doctor.finding import Finding, failure, good, warning
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.edx_log import logs_of, logs_place
from pipelines.sources.edx_package import Keyring, archives_of, open_store

# a package comes every week; one may be a day late
_RECENT = timedelta(days=8)
# a day's log comes on the day after, and none for a day without an event
_RECENT_LOG = timedelta(days=4)


def examine_packages(settings: Settings, platform: str, instance: str) -> Iterator[Finding]:
    """Lists the organisation's archives and logs and opens the key; reads none of them."""
    where, place = settings.sources[platform][instance], f"{platform}/{instance}"
    organisations = where.organisations or (instance,)
    try:
        listed = archives_of(open_store(where, settings), organisations)
        days = [name.snapshot_date for name, _ in listed if name.snapshot_date]
        yield _archives(settings, place, days)
        yield from _logs(settings, where, place, organisations)
        if where.gpg is None:
            raise SettingsError("No gpg key is set, so no file can be decrypted.", "Set …__GPG__KEY_FILE.")
        with Keyring(where.gpg, settings.work_folder):
            yield good(place, "key", "the secret key can be used")
        for bucket in [where, *([logs_place(where)] if where.events_url else [])]:
            yield from examine_bucket(settings, bucket, place, ours=False)
    except (SourceError, SettingsError) as refused:
        yield failure(place, "source", refused)


def _archives(settings: Settings, place: str, dates: list[date]) -> Finding:
    if not dates:
        what = "answers, but no archive of the organisation is there"
        return warning(place, "source", what, "See the URL and WAREHOUSE_SOURCES__…__ORGANISATIONS.")
    said = f"answers: {len(dates)} archives, the newest of {max(dates)}"
    if settings.clock.date() - max(dates) > _RECENT:
        return warning(place, "source", f"{said}, more than a week ago", "Ask the provider for it.")
    return good(place, "source", said)


def _logs(
    settings: Settings, where: InstanceSettings, place: str, organisations: tuple[str, ...]
) -> Iterator[Finding]:
    """Nothing is said of logs where there is none and no place of their own is set."""
    listed = logs_of(open_store(logs_place(where), settings), organisations, where.site)
    if not listed and not where.events_url:
        return
    if not listed:
        yield warning(place, "logs", "no daily log is there", "See WAREHOUSE_SOURCES__…__EVENTS_URL.")
        return
    newest = max(name.day for name, _ in listed)
    said = f"{len(listed)} daily logs, the newest of {newest}"
    if settings.clock.date() - newest > _RECENT_LOG:
        yield warning(place, "logs", f"{said}, more than {_RECENT_LOG.days} days ago", "Ask the provider.")
    else:
        yield good(place, "logs", said)
