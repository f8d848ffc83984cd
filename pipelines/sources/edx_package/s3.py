"""Files in an S3 bucket: read in ranges that hold only for the object as it was listed."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from botocore import exceptions as failures

from pipelines.errors import LoginRefused, SettingsError, SourceError, SourceInterrupted, SourceUnreachable
from pipelines.loopback import LOOPBACK
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.edx_package.s3_client import s3_client
from pipelines.sources.edx_package.store import StoredObject

WINDOW_BYTES = 16 << 20
_READ_ATTEMPTS = 3
_REFUSED = frozenset([
    "403", "AccessDenied", "AllAccessDisabled", "AuthFailure", "AuthorizationHeaderMalformed", "ExpiredToken",
    "ExpiredTokenException", "Forbidden", "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidToken",
    "MissingAuthenticationToken", "SignatureDoesNotMatch", "TokenRefreshRequired",
    "UnrecognizedClientException",
])  # fmt: skip
_NO_LOGIN = (
    failures.NoCredentialsError, failures.PartialCredentialsError, failures.CredentialRetrievalError,
    failures.ProfileNotFound, failures.TokenRetrievalError,
)  # fmt: skip
_CUT = (
    failures.ReadTimeoutError, failures.ResponseStreamingError, failures.IncompleteReadError,
    failures.ConnectionClosedError,
)  # fmt: skip


class BucketStore:
    """The part of a bucket below a prefix. Nothing is listed but by prefix: that is all a partner may."""

    def __init__(self, bucket: str, prefix: str, where: InstanceSettings, settings: Settings) -> None:
        _refuse_plain_text(where)
        self._bucket = bucket
        self._below = f"{prefix}/" if prefix else ""
        with our_errors(bucket, bucket):
            self._client = s3_client(where, settings)

    def objects(self, prefixes: Iterable[str]) -> list[StoredObject]:
        found: dict[str, StoredObject] = {}
        with our_errors(self._bucket, self._bucket):
            pages = self._client.get_paginator("list_objects_v2")
            for prefix in prefixes:
                for page in pages.paginate(Bucket=self._bucket, Prefix=self._below + prefix):
                    found.update(
                        (stored.key, stored) for stored in map(self._stored, page.get("Contents", []))
                    )
        return sorted(found.values(), key=lambda stored: stored.key)

    def open(self, stored: StoredObject) -> BinaryIO:
        return io.BufferedReader(_Ranges(self._client, self._bucket, self._below, stored), 1 << 20)

    def _stored(self, listed: dict[str, Any]) -> StoredObject:
        modified = listed["LastModified"].astimezone(UTC).replace(tzinfo=None)
        key = listed["Key"].removeprefix(self._below)
        return StoredObject(key, listed["ETag"].strip('"'), listed["Size"], modified)


class _Ranges(io.RawIOBase):
    """An object as a seekable file, of which one window is held. No connection stays open between windows."""

    def __init__(self, client: Any, bucket: str, below: str, stored: StoredObject) -> None:
        self._client = client
        self._asked = {"Bucket": bucket, "Key": below + stored.key, "IfMatch": f'"{stored.etag}"'}
        self._stored = stored
        self._at = 0
        self._start = 0
        self._window = b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + (0, self._at, self._stored.size)[whence])
        return self._at

    def readinto(self, into: Any) -> int:
        view = memoryview(into).cast("B")
        if not len(view) or self._at >= self._stored.size:
            return 0
        if not self._start <= self._at < self._start + len(self._window):
            self._window = self._fetched(self._at)
            self._start = self._at
        place = self._at - self._start
        block = self._window[place : place + len(view)]
        view[: len(block)] = block
        self._at += len(block)
        return len(block)

    def _fetched(self, start: int) -> bytes:
        end = min(start + WINDOW_BYTES, self._stored.size)
        for attempt in range(1, _READ_ATTEMPTS + 1):
            try:
                with our_errors(self._stored.key, self._asked["Bucket"]):
                    answer = self._client.get_object(**self._asked, Range=f"bytes={start}-{end - 1}")
                    window: bytes = answer["Body"].read()
                if len(window) == end - start:
                    return window
            except _CutOff:
                if attempt == _READ_ATTEMPTS:
                    raise
        raise SourceInterrupted(
            f"{self._stored.key} came shorter than it was listed.", "The next run reads it again."
        )


class _CutOff(SourceInterrupted):
    """A connection ended within an answer: the range is asked for again."""


@contextmanager
def our_errors(what: str, bucket: str) -> Iterator[None]:
    """Errors of boto3 as ours, without their text, which may hold an access key or a signed address."""
    try:
        yield
    except failures.ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        raise _of_code(code, status, what, bucket) from None
    except _NO_LOGIN:
        raise LoginRefused(
            f"There are no usable credentials for the bucket {bucket}.",
            "Set …__AWS__ACCESS_KEY_ID and …__AWS__SECRET_ACCESS_KEY, or …__AWS__PROFILE.",
        ) from None
    except _CUT:
        raise _CutOff(
            f"The connection to the bucket {bucket} was cut while {what} was read.",
            "The next run reads it again.",
        ) from None
    except failures.BotoCoreError:
        raise _unreachable(bucket) from None


def _of_code(code: str, status: int, what: str, bucket: str) -> SourceError:
    if code in ("PreconditionFailed", "412", "InvalidRange") or status == 412:
        return SourceInterrupted(
            f"{what} was replaced while it was read.", "Nothing of it counts; the next run reads the new one."
        )
    if code == "NoSuchBucket":
        return SourceUnreachable(f"There is no bucket {bucket}.", "Correct the URL.")
    if code in ("NoSuchKey", "404") or status == 404:
        return SourceInterrupted(
            f"{what} was listed but is gone.", "Nothing of it counts; the next run looks again."
        )
    if code in _REFUSED or status in (401, 403):
        expired = code.startswith("ExpiredToken")
        return LoginRefused(
            f"The bucket {bucket} refused our credentials while {what} was read"
            + (": they have expired." if expired else "."),
            "Renew them, or ask the bucket's owner for the right (edX sends credentials encrypted; they list "
            "what begins with the organisation's name only).",
        )
    return _unreachable(bucket)


def _unreachable(bucket: str) -> SourceUnreachable:
    return SourceUnreachable(
        f"The bucket {bucket} does not answer as it should.",
        "Check the network, the region and the endpoint.",
    )


def _refuse_plain_text(where: InstanceSettings) -> None:
    endpoint = urlsplit(where.aws.endpoint_url or "" if where.aws else "")
    if endpoint.scheme == "http" and endpoint.hostname not in LOOPBACK:
        raise SettingsError(
            "The S3 endpoint of an instance is not encrypted (http://).", "Use its https:// address."
        )
