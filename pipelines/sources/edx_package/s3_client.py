"""A boto3 client from an instance's settings: its role renews itself, every write asks for encryption, and
every call names the bucket's owner where that is set.
"""

from __future__ import annotations

import logging
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import DeferredRefreshableCredentials
from pydantic import SecretStr

from pipelines.settings import AwsSettings, InstanceSettings, Settings

_READ_TIMEOUT_SECONDS = 60
_REGION = "us-east-1"  # of edX's buckets


def s3_client(where: InstanceSettings, settings: Settings, service: str = "s3") -> Any:
    """The client; what the settings leave out comes from boto3's own chain. Raises what botocore raises."""
    logging.getLogger("botocore").setLevel(logging.CRITICAL)  # it logs tracebacks of what it also raises
    aws = where.aws or AwsSettings()
    more: dict[str, Any] = {
        "endpoint_url": aws.endpoint_url,
        "verify": str(where.ca_file) if where.ca_file else None,
        "config": Config(
            connect_timeout=settings.connect_timeout,
            read_timeout=_READ_TIMEOUT_SECONDS,
            retries={"mode": "standard", "total_max_attempts": settings.connect_attempts},
            s3={"addressing_style": "path"} if aws.endpoint_url else {},
        ),
    }
    session = boto3.Session(
        aws_access_key_id=aws.access_key_id,
        aws_secret_access_key=_plain(aws.secret_access_key),
        aws_session_token=_plain(aws.session_token),
        region_name=aws.region,
        profile_name=aws.profile,
    )
    if aws.role_arn:
        session = _in_role(session, aws, more)
    client = session.client(service, region_name=session.region_name or _REGION, **more)
    _guard(client, aws)
    return client


def _guard(client: Any, aws: AwsSettings) -> None:
    """Adds to whatever is asked of S3, so that no call can be written without it.

    A call to a bucket of another account than `bucket_owner` ends with 403: whoever takes over a bucket's
    name gets nothing.
    """
    encryption = {"ServerSideEncryption": "aws:kms" if aws.kms_key_id else "AES256"}
    encryption |= {"SSEKMSKeyId": aws.kms_key_id} if aws.kms_key_id else {}

    def complete(params: dict[str, Any], model: Any, **_: Any) -> None:
        members = model.input_shape.members if model.input_shape else {}
        if "SSEKMSKeyId" in members:
            params.update(encryption)
        for name in ("ExpectedBucketOwner", "ExpectedSourceBucketOwner"):
            if aws.bucket_owner and name in members:
                params[name] = aws.bucket_owner

    client.meta.events.register("provide-client-params.s3", complete)


def _in_role(session: Any, aws: AwsSettings, more: dict[str, Any]) -> Any:
    sts = session.client("sts", region_name=session.region_name or _REGION, **more)
    given = {"ExternalId": aws.external_id} if aws.external_id else {}

    def renewed() -> dict[str, str]:
        answer = sts.assume_role(RoleArn=aws.role_arn, RoleSessionName="warehouse", **given)["Credentials"]
        return {
            "access_key": answer["AccessKeyId"],
            "secret_key": answer["SecretAccessKey"],
            "token": answer["SessionToken"],
            "expiry_time": answer["Expiration"].isoformat(),
        }

    inner = botocore.session.get_session()
    # botocore has no public way to hand it credentials that renew themselves
    inner._credentials = DeferredRefreshableCredentials(renewed, "sts-assume-role")
    return boto3.Session(botocore_session=inner, region_name=session.region_name)


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
