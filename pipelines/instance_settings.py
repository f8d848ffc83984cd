"""The settings of one platform instance: part of `Settings`, which reads them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from pipelines.pause_window import PauseWindow, pause_windows


class GpgSettings(BaseModel):
    """The key that opens the files of data packages."""

    key_file: Path = Field(
        description="Secret key that opens the package files, armoured or binary, mode 0600"
    )
    passphrase: SecretStr | None = Field(None, description="Passphrase of that key, if it has one")


class AwsSettings(BaseModel):
    """How files on S3 are reached; what is left out comes from boto3's own chain."""

    profile: str | None = Field(None, description="Profile of the AWS configuration files")
    access_key_id: str | None = Field(None, description="Access key, such as edX gives")
    secret_access_key: SecretStr | None = Field(None, description="Secret of that access key")
    session_token: SecretStr | None = Field(None, description="Session token, for temporary credentials")
    region: str | None = Field(None, description="Region of the bucket")
    endpoint_url: str | None = Field(None, description="Another S3 than Amazon's: its address")
    role_arn: str | None = Field(None, description="Role to take with these credentials; renewed by itself")
    external_id: str | None = Field(
        None, min_length=2, max_length=1224, description="External id that the role asks for"
    )
    bucket_owner: str | None = Field(
        None, pattern=r"^\d{12}$", description="Account that the bucket must belong to, asked at every call"
    )
    kms_key_id: str | None = Field(
        None, description="KMS key that encrypts what is written; default: S3's own (AES256)"
    )

    @model_validator(mode="after")
    def _both_or_neither(self) -> AwsSettings:
        if bool(self.access_key_id) != bool(self.secret_access_key):
            raise ValueError("access_key_id and secret_access_key go together")
        return self


class InstanceSettings(BaseModel):
    """How one installation of a platform is reached."""

    url: SecretStr = Field(
        description="Where the read-replica is: mysql://user:password@host:3306/database, postgresql://…, "
        "mssql://… or sqlite:///path; of data packages and CSV drops: s3://bucket/prefix or file:///folder"
    )
    organisations: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Whose packages, as their names begin, with commas between; default: the instance's name",
    )
    events_url: SecretStr | None = Field(
        None,
        description="Where daily tracking logs are, if not with the packages, or stream files, if not with "
        "the exports: s3://bucket or file:///folder",
    )
    site: Literal["edx", "edge"] = Field("edx", description="Which site's files of a package are read")
    gpg: GpgSettings | None = Field(None, description="The key that opens the files of packages")
    aws: AwsSettings | None = Field(None, description="How files on S3 are reached")
    archive_days: int = Field(90, ge=1, description="Days after which landed CSV files leave `archive/`")
    quarantine_days: int = Field(
        30, ge=1, description="Days after which CSV files that could not be used leave `quarantine/`"
    )
    sealed_days: int | None = Field(
        None, ge=1, description="Days after which the sealed values of quarantined rows go; default: never"
    )
    table_prefix: str | None = Field(None, description="Table prefix of this site, if not the canonical one")
    ca_file: Path | None = Field(None, description="CA bundle (PEM) that signed the server's certificate")
    allow_primary: bool = Field(False, description="Accept a server that is not a read-only replica")
    pause_window: str = Field(
        "",
        description="Hours in which it is left alone: `mon-fri/07:30-19:00@Europe/London`, several with `;`",
    )
    max_lag_seconds: float = Field(600, ge=0, description="A replica further behind its primary is not read")
    busy_share: float = Field(
        0.7, gt=0, le=1, description="Not read while more of the server's connections than this are in use"
    )
    connection_limit: int = Field(2, ge=1, description="Connections of ours to it at once")
    pause_seconds: float = Field(0, ge=0, description="Rest after each chunk (one SELECT on a table)")
    rest_share: float = Field(
        0, ge=0, description="Rest after each chunk as a share of the time it took: 1 is as long again"
    )
    max_wait_seconds: float = Field(
        900, ge=0, description="How long a run waits for it in all: pause window, lag, busy server"
    )
    max_seconds: float | None = Field(
        None, gt=0, description="How long a run may take over it in all, waiting included"
    )

    @field_validator("organisations", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        listed = re.split(r"[\s,]+", value.strip()) if isinstance(value, str) else value
        if not isinstance(listed, (list, tuple)):
            return listed
        return tuple(name.lower() if isinstance(name, str) else name for name in listed if name)

    @field_validator("organisations")
    @classmethod
    def _parts_of_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"[a-z0-9_.-]+", name) for name in value):
            raise ValueError("an organisation is the first part of its packages' names, as in `unix`")
        return value

    @field_validator("pause_window")
    @classmethod
    def _readable_windows(cls, value: str) -> str:
        pause_windows(value)
        return value

    @property
    def pause_windows(self) -> tuple[PauseWindow, ...]:
        """`pause_window`, read."""
        return pause_windows(self.pause_window)
