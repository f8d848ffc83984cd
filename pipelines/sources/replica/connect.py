"""From an instance's settings to the reader of its engine."""

from __future__ import annotations

from urllib.parse import urlsplit

from pipelines.errors import SettingsError
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica.reader import Reader


def open_reader(platform: str, instance: str, where: InstanceSettings, settings: Settings) -> Reader:
    """The reader for the URL's engine; drivers are imported only when used. Raises SettingsError."""
    url = where.url.get_secret_value()
    scheme = urlsplit(url).scheme
    place = f"{platform}/{instance}"
    if scheme == "sqlite":
        from pipelines.sources.replica.sqlite import SqliteReader

        return SqliteReader(place, url)
    if scheme in ("mysql", "mariadb"):
        from pipelines.sources.replica.mysql import MySqlReader

        return MySqlReader(place, where, settings)
    if scheme in ("postgresql", "postgres"):
        from pipelines.sources.replica.postgresql import PostgreSqlReader

        return PostgreSqlReader(place, where, settings)
    if scheme in ("mssql", "sqlserver"):
        from pipelines.sources.replica.sqlserver import SqlServerReader

        return SqlServerReader(place, where, settings)
    raise SettingsError(
        f"The URL of {place} starts with `{scheme}:`, which no reader serves.",
        "Use mysql://…, postgresql://…, mssql://… or sqlite:///… in "
        f"WAREHOUSE_SOURCES__{platform.upper()}__{instance.upper()}__URL.",
    )
