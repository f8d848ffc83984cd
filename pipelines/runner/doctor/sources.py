"""One instance: it answers, it is a replica, its certificate verifies, it is not behind and not busy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import urlsplit

from pipelines.contracts import PlatformContract
from pipelines.errors import SettingsError, SourceError, SourceUnreachable
from pipelines.loopback import LOOPBACK
from pipelines.runner.doctor.finding import Finding, failure, good, warning
from pipelines.runner.doctor.known import Known
from pipelines.runner.doctor.tables import Tables
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.config import SourceConfig
from pipelines.sources.replica import Reader, open_reader

_MAY_SEE_LAG = {
    "mysql": "Grant its login REPLICATION CLIENT (MariaDB: REPLICA MONITOR).",
    "sqlserver": "Grant its login VIEW SERVER STATE.",
}


def examine_instance(
    settings: Settings,
    contract: PlatformContract,
    config: SourceConfig,
    instance: str,
    known: Known,
) -> Iterator[Finding]:
    """Asks the source once, without waiting for it; tables only if it let us in."""
    where, place = settings.sources[contract.platform][instance], f"{contract.platform}/{instance}"
    try:
        with closing(open_reader(contract.platform, instance, where, settings)) as reader:
            reader.guard()
            yield _let_in(place, reader, where)
            yield from _load(place, reader, where)
            yield from Tables(reader, contract, config, instance, where.table_prefix, known).examine()
    except (SourceError, SettingsError) as refused:
        yield failure(place, "source", refused)


def _let_in(place: str, reader: Reader, where: InstanceSettings) -> Finding:
    if reader.engine == "sqlite":
        return good(place, "source", "the file opens")
    host = urlsplit(where.url.get_secret_value()).hostname
    link = "certificate verified" if where.ca_file or host not in LOOPBACK else "loopback, not verified"
    if where.allow_primary:
        advice = f"Point the URL at a replica and unset {_setting(place, 'ALLOW_PRIMARY')}."
        return warning(place, "source", f"answers ({link}); whether it is a replica is not checked", advice)
    return good(place, "source", f"answers, is a read-only replica, {link}")


def _load(place: str, reader: Reader, where: InstanceSettings) -> Iterator[Finding]:
    """What a run would wait for: its pause window, lag, a busy server."""
    now = datetime.now(UTC)
    if ends := [end for window in where.pause_windows if (end := window.until(now))]:
        yield good(place, "pause window", f"runs leave it alone until {max(ends):%H:%M} ({max(ends).tzinfo})")
    yield from _lag(place, reader, where)
    used, allowed = reader.connections() or (0, 0)
    if allowed and used > allowed * where.busy_share:
        said = f"{used} of its {allowed} connections are in use, more than {where.busy_share:.0%}: runs wait"
        yield warning(place, "connections", said, f"See {_setting(place, 'BUSY_SHARE')}.")
    elif allowed:
        yield good(place, "connections", f"{used} of its {allowed} connections are in use")


def _lag(place: str, reader: Reader, where: InstanceSettings) -> Iterator[Finding]:
    try:
        lag = reader.lag()
    except SourceUnreachable as stopped:  # replication stands still; what is there can be looked at
        yield failure(place, "lag", stopped)
        return
    if lag is None:
        if reader.engine in _MAY_SEE_LAG and not where.allow_primary:
            said = "how far it is behind its primary cannot be asked, so runs cannot wait for it"
            yield warning(place, "lag", said, _MAY_SEE_LAG[reader.engine])
    elif lag > where.max_lag_seconds:
        allowed = f"more than the {where.max_lag_seconds:,.0f} s allowed: runs wait"
        said = f"{lag:,.0f} s behind its primary, {allowed}"
        yield warning(place, "lag", said, f"See why, or raise {_setting(place, 'MAX_LAG_SECONDS')}.")
    else:
        yield good(place, "lag", f"{lag:,.0f} s behind its primary")


def _setting(place: str, name: str) -> str:
    return f"WAREHOUSE_SOURCES__{place.replace('/', '__').upper()}__{name}"
