"""One instance of a package platform: the store answers, archives are there and recent, a key is set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pipelines.errors import SettingsError, SourceError
from pipelines.runner.doctor.finding import Finding, failure, good, warning
from pipelines.settings import Settings
from pipelines.sources.edx_package import Keyring, archives_of, open_store

# a package comes every week; one may be a day late
_RECENT = timedelta(days=8)


def examine_packages(settings: Settings, platform: str, instance: str) -> Iterator[Finding]:
    """Lists the organisation's archives and opens the key; reads no archive."""
    where, place = settings.sources[platform][instance], f"{platform}/{instance}"
    organisations = where.organisations or (instance,)
    try:
        listed = archives_of(open_store(where, settings), organisations)
        days = [name.snapshot_date for name, _ in listed if name.snapshot_date]
        yield _archives(settings, place, days)
        if where.gpg is None:
            raise SettingsError("No gpg key is set, so no file can be decrypted.", "Set …__GPG__KEY_FILE.")
        with Keyring(where.gpg, settings.work_folder):
            yield good(place, "key", "the secret key can be used")
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
