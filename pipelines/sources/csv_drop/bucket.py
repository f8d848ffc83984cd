"""Files of a bucket, put away: copied under encryption, verified by checksum, removed by version."""

from __future__ import annotations

import base64
from contextlib import suppress
from datetime import UTC
from typing import Any

from botocore.exceptions import ClientError

from pipelines.errors import SourceInterrupted, SourceUnreachable
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.csv_drop.lifecycle import merged_rules
from pipelines.sources.csv_drop.place import Kept, sha256_of
from pipelines.sources.edx_package import StoredObject
from pipelines.sources.edx_package.s3 import our_errors
from pipelines.sources.edx_package.s3_client import s3_client

# above it S3 copies in parts only
_ONE_COPY = 5 << 30


class BucketMover:
    """Moves within the part of a bucket below a prefix."""

    def __init__(self, bucket: str, prefix: str, where: InstanceSettings, settings: Settings) -> None:
        self._bucket, self._below = bucket, f"{prefix}/" if prefix else ""
        with our_errors(bucket, bucket):
            self._client = s3_client(where, settings)

    def copy(self, stored: StoredObject, target: str, sha256: str | None) -> None:
        with our_errors(stored.key, self._bucket):
            if self._holds(target, stored, sha256):
                return  # copied before a run was killed
            source = {"Bucket": self._bucket, "Key": self._below + stored.key}
            more = {"CopySourceIfMatch": f'"{stored.etag}"', "ChecksumAlgorithm": "SHA256"}
            key = self._below + target
            if stored.size < _ONE_COPY:
                self._client.copy_object(Bucket=self._bucket, Key=key, CopySource=source, **more)
            else:
                self._client.copy(source, self._bucket, key, ExtraArgs=more)
            if not self._holds(target, stored, sha256):
                raise SourceUnreachable(
                    f"The copy of {stored.key} in {target} is not what was read.", "It stays; run again."
                )

    def write(self, target: str, text: str) -> None:
        with our_errors(target, self._bucket):
            self._client.put_object(
                Bucket=self._bucket, Key=self._below + target, Body=text.encode(), ContentType="text/plain"
            )

    def remove(self, stored: StoredObject) -> None:
        """In a bucket with versions just this one goes, whatever was put in its place meanwhile."""
        here = {"Bucket": self._bucket, "Key": self._below + stored.key}
        with our_errors(stored.key, self._bucket):
            head = self._head(here["Key"])
            if head is None:
                return
            if head["ETag"].strip('"') != stored.etag:
                raise SourceInterrupted(
                    f"{stored.key} was replaced before it was put away.", "The next run lands the new one."
                )
            version = head.get("VersionId")
            self._client.delete_object(
                **here, **({"VersionId": version} if version not in (None, "null") else {})
            )

    def expire(self, days: dict[str, int]) -> str | None:
        wanted = {f"{self._below}{prefix}": number for prefix, number in days.items()}
        try:
            answer = self._lifecycle()
            rules = merged_rules(answer.get("Rules", []), wanted)
            if rules != answer.get("Rules"):
                kept = {k: answer[k] for k in ("TransitionDefaultMinimumObjectSize",) if k in answer}
                self._client.put_bucket_lifecycle_configuration(
                    Bucket=self._bucket, LifecycleConfiguration={"Rules": rules}, **kept
                )
        except ClientError:
            listed = ", ".join(f"{prefix} after {number} days" for prefix, number in wanted.items())
            return (
                f"The lifecycle rules of the bucket {self._bucket} could not be set. "
                f"Ask its owner for rules that expire {listed}, or for the right to set them."
            )
        return None

    def kept(self, prefix: str) -> list[Kept]:
        found = []
        with our_errors(self._bucket, self._bucket):
            pages = self._client.get_paginator("list_object_versions")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._below + prefix):
                for version in page.get("Versions", []):
                    since = version["LastModified"].astimezone(UTC).replace(tzinfo=None)
                    found.append(Kept(version["Key"].removeprefix(self._below), since))
        return found

    def _lifecycle(self) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = self._client.get_bucket_lifecycle_configuration(Bucket=self._bucket)
            return answer
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchLifecycleConfiguration":
                return {}
            raise

    def _head(self, key: str) -> dict[str, Any] | None:
        with suppress(self._client.exceptions.NoSuchKey):
            try:
                head: dict[str, Any] = self._client.head_object(
                    Bucket=self._bucket, Key=key, ChecksumMode="ENABLED"
                )
                return head
            except ClientError as error:
                if error.response["Error"]["Code"] not in ("404", "NoSuchKey", "NotFound"):
                    raise
        return None

    def _holds(self, target: str, stored: StoredObject, sha256: str | None) -> bool:
        """Whether a whole, encrypted copy is there: by S3's checksum, else by reading it."""
        head = self._head(self._below + target)
        if head is None or head["ContentLength"] != stored.size or not head.get("ServerSideEncryption"):
            return False
        if sha256 is None:
            return head["ETag"].strip('"') == stored.etag or bool(head.get("ChecksumSHA256"))
        checksum = str(head.get("ChecksumSHA256", "-"))
        if "-" not in checksum:
            return checksum == base64.b64encode(bytes.fromhex(sha256)).decode()
        body = self._client.get_object(Bucket=self._bucket, Key=self._below + target)["Body"]
        return sha256_of(body) == sha256
