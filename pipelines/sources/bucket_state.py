"""What a bucket says of itself: encryption, public access, versions, lifecycle. Nothing of it is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.exceptions import ClientError

from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.edx_package.s3 import our_errors
from pipelines.sources.edx_package.s3_client import s3_client

_NOT_SET = (
    "ServerSideEncryptionConfigurationNotFoundError", "NoSuchPublicAccessBlockConfiguration",
    "NoSuchLifecycleConfiguration", "NoSuchBucketPolicy",
)  # fmt: skip


@dataclass(frozen=True)
class BucketState:
    """Each is None where the login may not ask. `encryption`: `AES256`, `aws:kms`, or empty where no default
    is set; `blocked`: whether all four ways to public access are; `public`: whether the policy opens it.
    """

    bucket: str
    below: str
    encryption: str | None
    blocked: bool | None
    public: bool | None
    versions: bool | None
    rules: list[dict[str, Any]] | None


def bucket_state(where: InstanceSettings, settings: Settings) -> BucketState | None:
    """Of the bucket that an instance's URL names; None for a folder. Raises SourceError."""
    url = urlsplit(where.url.get_secret_value())
    if url.scheme != "s3":
        return None
    bucket, prefix = url.netloc, unquote(url.path).strip("/")
    with our_errors(bucket, bucket):
        client = s3_client(where, settings)
        encryption = _asked(client.get_bucket_encryption, bucket)
        block = _asked(client.get_public_access_block, bucket)
        policy = _asked(client.get_bucket_policy_status, bucket)
        versions = _asked(client.get_bucket_versioning, bucket)
        rules = _asked(client.get_bucket_lifecycle_configuration, bucket)
    return BucketState(
        bucket,
        f"{prefix}/" if prefix else "",
        None if encryption is None else _algorithm(encryption),
        None if block is None else _all_blocked(block),
        None if policy is None else bool(policy.get("PolicyStatus", {}).get("IsPublic")),
        None if versions is None else versions.get("Status") == "Enabled",
        None if rules is None else rules.get("Rules", []),
    )


def _asked(question: Callable[..., dict[str, Any]], bucket: str) -> dict[str, Any] | None:
    """The answer; empty where nothing is set, None where we may not ask or there is no such question."""
    try:
        return question(Bucket=bucket)
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _NOT_SET:
            return {}
        if code in (
            "AccessDenied",
            "403",
            "Forbidden",
            "MethodNotAllowed",
            "NotImplemented",
            "AllAccessDisabled",
        ):
            return None
        raise


def _algorithm(answer: dict[str, Any]) -> str:
    rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    return next((str(rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]) for rule in rules), "")


def _all_blocked(answer: dict[str, Any]) -> bool:
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    block = answer.get("PublicAccessBlockConfiguration", {})
    return all(block.get(name) for name in names)
