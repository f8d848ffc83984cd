"""What the names of daily log files say, and which of a store's objects are an organisation's logs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pipelines.settings import InstanceSettings
from pipelines.sources.edx_package import Store, StoredObject

# `-events` is missing in names from before August 2014
_NAME = re.compile(
    r"(?P<org>[^/]+)-(?P<site>edx|prod|edge|patches)(?:-events)?-(?P<date>\d{4}-\d{2}-\d{2})\.log\.gz\.gpg"
)
# the documented name of edx.org is `prod`, the real one `edx`; `patches` brings days of it again
_SITES = {"edx": ("edx", "prod", "patches"), "edge": ("edge",)}


@dataclass(frozen=True)
class LogName:
    """`day` is the UTC date on which the server got the events, which may be long after they happened."""

    organisation: str
    site: str
    day: date


def log_prefixes(organisation: str) -> list[str]:
    """What the keys of an organisation's logs begin with."""
    return [f"{organisation}/"]


def read_log_name(key: str) -> LogName | None:
    """`{org}/{site}/events/{year}/{org}-{site}[-events]-{date}.log.gz.gpg`; None for what is no log."""
    match = _NAME.fullmatch(key.rpartition("/")[2])
    if not match:
        return None
    try:
        return LogName(match["org"].lower(), match["site"], date.fromisoformat(match["date"]))
    except ValueError:
        return None


def logs_place(where: InstanceSettings) -> InstanceSettings:
    """The settings to open the store of logs with: edX keeps them in a bucket of their own."""
    return where.model_copy(update={"url": where.events_url}) if where.events_url else where


def logs_of(store: Store, organisations: Iterable[str], site: str) -> list[tuple[LogName, StoredObject]]:
    """The logs of these organisations on this site, by day; raises what `Store.objects` raises."""
    wanted = set(organisations)
    listed = store.objects(prefix for name in wanted for prefix in log_prefixes(name))
    named = ((read_log_name(stored.key), stored) for stored in listed)
    found = [
        (name, stored)
        for name, stored in named
        if name and name.organisation in wanted and name.site in _SITES[site]
    ]
    return sorted(found, key=lambda pair: (pair[0].day, pair[1].key))
