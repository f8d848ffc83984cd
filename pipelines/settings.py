"""The one door to configuration: reads `WAREHOUSE_…` from the environment and from one env file.

dlt, dbt and Great Expectations get projections of these settings (`library_environment`); nothing
else in the project reads the environment. Secrets come from the environment or from the file named
by `WAREHOUSE_ENV_FILE`, which must not be readable by others.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

import pydantic_settings
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipelines.errors import SettingsError
from pipelines.instance_settings import AwsSettings, GpgSettings, InstanceSettings
from pipelines.sqlserver_settings import SqlServerSettings

__all__ = [
    "PROJECT_ROOT",
    "AwsSettings",
    "GpgSettings",
    "InstanceSettings",
    "Settings",
    "SqlServerSettings",
    "env_file",
    "load_settings",
    "openssl_trusts",
]  # fmt: skip

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Every setting, with its default. `warehouse settings` prints this table for the docs."""

    model_config = SettingsConfigDict(
        env_prefix="WAREHOUSE_", env_nested_delimiter="__", extra="ignore", frozen=True
    )

    home: Path = Field(
        Path("var"), description="Folder of the warehouse file, published marts and work files"
    )
    site: Path | None = Field(
        None,
        description="Folder of the page a run writes; default: `target/site`, for other homes `site` in them",
    )
    engine: Literal["duckdb", "sqlserver"] = Field(
        "duckdb", description="Warehouse engine: `duckdb` (a file) or `sqlserver`"
    )
    sqlserver: SqlServerSettings = Field(
        default_factory=SqlServerSettings, description="WAREHOUSE_SQLSERVER__HOST and so on"
    )
    as_of: datetime | None = Field(None, description="The run's one clock, UTC; default: now")
    sources: dict[str, dict[str, InstanceSettings]] = Field(
        default_factory=dict, description="Platform instances: WAREHOUSE_SOURCES__<PLATFORM>__<INSTANCE>__URL"
    )
    pseudonym_key: SecretStr | None = Field(None, description="Key of the pseudonyms, at least 64 hex digits")
    pseudonym_key_id: str = Field("k1", description="Name of that key, part of every pseudonym")
    sealing_key: SecretStr | None = Field(None, description="Key that seals quarantined rows, 64 hex digits")
    sealing_key_id: str = Field("k1", description="Name of the sealing key")
    sample: bool = Field(False, description="Set by the sample only: the keys are not secret")
    dbt_threads: int = Field(
        2, ge=1, description="Models dbt builds side by side; on SQL Server one at a time unless this is set"
    )
    memory_limit: str = Field(
        "400MB", description="Memory DuckDB may use; beyond it spills to the work folder"
    )
    statement_timeout: int = Field(3600, description="Seconds a statement may run on a source")
    connect_timeout: int = Field(10, description="Seconds to wait for a source to answer")
    lock_timeout: int = Field(
        5, ge=0, description="Seconds to wait while somebody else has the warehouse open"
    )
    connect_attempts: int = Field(3, ge=1, description="How often a source that does not answer is asked")
    max_delete_share: float = Field(
        0.2, description="Key sweep stops when more than this share of a table's rows would be deleted"
    )
    max_delete_rows: int = Field(50, description="…unless no more than this many rows would be deleted")
    sweep: Literal["due", "always", "never"] = Field("due", description="When to look for hard deletes")
    data_docs: bool = Field(
        False, description="Also write Great Expectations' Data Docs (they load from CDNs)"
    )

    @field_validator("sources")
    @classmethod
    def _plain_names(
        cls, value: dict[str, dict[str, InstanceSettings]]
    ) -> dict[str, dict[str, InstanceSettings]]:
        for instance in (name for instances in value.values() for name in instances):
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", instance):
                raise ValueError("an instance name is letters, digits and underscores, a letter first")
        return value

    @field_validator("as_of")
    @classmethod
    def _naive_utc(cls, value: datetime | None) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value and value.tzinfo else value

    @cached_property
    def clock(self) -> datetime:
        """The run's clock, UTC without zone; the same value for the whole process."""
        return self.as_of or datetime.now(UTC).replace(tzinfo=None, microsecond=0)

    @property
    def warehouse_file(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def published_file(self) -> Path:
        return self.home / "published" / "marts.duckdb"

    @property
    def work_folder(self) -> Path:
        return self.home / "work"

    @property
    def odbc_folder(self) -> Path:
        """Where unixODBC finds Microsoft's driver, which came with a wheel and is registered nowhere."""
        return self.work_folder / "odbc"

    @property
    def site_folder(self) -> Path:
        """Decision 040: beside the checkout's own home, in any other home, where two never meet."""
        if self.site:
            return self.site
        own = self.home.resolve() == PROJECT_ROOT / "var"
        return PROJECT_ROOT / "target" / "site" if own else self.home / "site"

    @property
    def build_threads(self) -> int:
        """Two models made tables at once can deadlock on SQL Server's catalogue, and dbt gives up then."""
        given = "dbt_threads" in self.model_fields_set
        return 1 if self.engine == "sqlserver" and not given else self.dbt_threads

    def library_environment(self) -> dict[str, str]:
        """What dlt, dbt and GX see: no telemetry, our names, our paths, and no secret at all."""
        return {
            "WAREHOUSE_HOME": str(self.home.resolve()),
            "WAREHOUSE_SITE": str(self.site_folder.resolve()),
            "WAREHOUSE_ENGINE": self.engine,
            "WAREHOUSE_AS_OF": self.clock.isoformat(sep=" "),
            "WAREHOUSE_MEMORY_LIMIT": self.memory_limit,
            "WAREHOUSE_DBT_THREADS": str(self.build_threads),
            "RUNTIME__DLTHUB_TELEMETRY": "false",
            "RUNTIME__LOG_LEVEL": "CRITICAL",
            "SCHEMA__NAMING": "direct",
            "LOAD__WORKERS": "1",
            "LOAD__TRUNCATE_STAGING_DATASET": "true",
            "LOAD__DELETE_COMPLETED_JOBS": "true",
            "GX_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "RUST_LOG": "off",
            "PYTHONWARNINGS": "ignore",
        } | ({"ODBCSYSINI": str(self.odbc_folder.resolve())} if self.engine == "sqlserver" else {})

    def apply_to_libraries(self) -> None:
        """Puts `library_environment` where dlt and connectorx look for it: this process's environment."""
        os.environ.update(self.library_environment())

    def subprocess_environment(self) -> dict[str, str]:
        """The environment of a dbt or GX child process: everything but our secrets."""
        secret = (
            "WAREHOUSE_SOURCES__",
            "WAREHOUSE_PSEUDONYM_KEY",
            "WAREHOUSE_SEALING_KEY",
            "WAREHOUSE_ENV_FILE",
            "WAREHOUSE_SQLSERVER__",
        )
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(secret)}
        return inherited | self.library_environment() | self._server_environment()

    def _server_environment(self) -> dict[str, str]:
        """Where the SQL Server is, password and all: for dbt's profile and GX, which connect by themselves.

        The driver takes no CA file, OpenSSL does.
        """
        if self.engine != "sqlserver":
            return {}
        given = {
            name: str(value)
            for name, value in self.sqlserver.model_dump(exclude={"password"}, exclude_none=True).items()
        }
        if self.sqlserver.password:
            given["password"] = self.sqlserver.password.get_secret_value()
        trusted = _trust(self.sqlserver.ca_file) if self.sqlserver.ca_file else {}
        return {f"WAREHOUSE_SQLSERVER__{name.upper()}": value for name, value in given.items()} | trusted


def load_settings() -> Settings:
    """Reads the environment, then the env file below it (the environment wins).

    Raises SettingsError naming the variable and what it should look like.
    """
    env_file = os.environ.get("WAREHOUSE_ENV_FILE")
    if env_file:
        _refuse_open_secrets(Path(env_file))
    try:
        return Settings(_env_file=env_file)
    except (pydantic_settings.SettingsError, UnicodeDecodeError):
        raise SettingsError(
            "The setting WAREHOUSE_SOURCES cannot be used, or the env file is not UTF-8.",
            "An instance has one variable each: WAREHOUSE_SOURCES__<PLATFORM>__<INSTANCE>__URL and so on.",
        ) from None
    except ValidationError as invalid:
        first = invalid.errors(include_input=False)[0]
        name = "WAREHOUSE_" + "__".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(
            f"The setting {name} cannot be used: {first['msg']}.",
            f"It was looked for in the environment and in {env_file or 'no env file (WAREHOUSE_ENV_FILE)'}; "
            "docs/settings.md has an example of each.",
        ) from None


@contextmanager
def openssl_trusts(ca_file: Path | None) -> Iterator[None]:
    """While it is open, drivers of this process that take no CA file trust this one, and no other CA.

    OpenSSL reads the two variables whenever it makes a new context (SSL_CTX_set_default_verify_paths).
    """
    if ca_file is None:
        yield
        return
    names = _trust(ca_file)
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def _trust(ca_file: Path) -> dict[str, str]:
    return {"SSL_CERT_FILE": str(ca_file.resolve()), "SSL_CERT_DIR": os.devnull}


def env_file() -> Path | None:
    """The file WAREHOUSE_ENV_FILE names, if it names one."""
    named = os.environ.get("WAREHOUSE_ENV_FILE")
    return Path(named) if named else None


def _refuse_open_secrets(env_file: Path) -> None:
    if not env_file.is_file():
        raise SettingsError(
            f"WAREHOUSE_ENV_FILE names {env_file}, which does not exist.", "Create it or unset it."
        )
    if env_file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH | stat.S_IWGRP | stat.S_IWOTH):
        raise SettingsError(f"{env_file} holds secrets but others may read it.", f"Run: chmod 600 {env_file}")
