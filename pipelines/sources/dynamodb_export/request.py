"""Asks DynamoDB for an export and waits until it lies on S3."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore import exceptions as failures

from pipelines.errors import LoginRefused, SettingsError, SourceError, SourceUnreachable
from pipelines.settings import AwsSettings, InstanceSettings, Settings
from pipelines.sources.edx_package.s3_client import s3_client

_POLL_SECONDS = 20
_WAIT_SECONDS = 4 * 3600
_SAID_BY_CODE = {
    "TableNotFoundException": "is not there",
    "ResourceNotFoundException": "is not there",
    "PointInTimeRecoveryUnavailableException": "has no point-in-time recovery, which an export reads",
    "InvalidExportTimeException": "cannot be exported for that time",
    "LimitExceededException": "cannot be exported now: too many exports are under way",
    "ExportConflictException": "is being exported with other parameters",
}
_REFUSED = frozenset(["AccessDeniedException", "UnrecognizedClientException", "ExpiredTokenException"])


@dataclass(frozen=True)
class Wanted:
    """An export to ask for: of the whole table, or of the changes from `start` (microseconds) to `end`."""

    table: str
    start: int | None
    end: int


class Exporter:
    """Asks for exports of the tables of one instance, into the bucket that it reads."""

    def __init__(self, where: InstanceSettings, settings: Settings) -> None:
        url = urlsplit(where.url.get_secret_value())
        if url.scheme != "s3":
            raise SettingsError(
                "Exports can only be asked for where the URL of the instance is s3://bucket/prefix.",
                "Copy exports into the folder, and run without --export.",
            )
        self._bucket, self._prefix = url.netloc, unquote(url.path).strip("/")
        self._aws = where.aws or AwsSettings()
        self._client = s3_client(where, settings, "dynamodb")

    def ask(self, wanted: Wanted) -> str:
        """Begins the export, or finds the one that began with the same words within eight hours: its ARN.

        Raises SourceError and its kinds.
        """
        asked: dict[str, Any] = {
            "S3Bucket": self._bucket,
            "ExportFormat": "DYNAMODB_JSON",
            "ClientToken": hashlib.sha256(repr(wanted).encode()).hexdigest()[:36],
        }
        asked |= {"S3Prefix": self._prefix} if self._prefix else {}
        asked |= self._kept()
        if wanted.start is not None:
            asked["ExportType"] = "INCREMENTAL_EXPORT"
            asked["IncrementalExportSpecification"] = {
                "ExportFromTime": _time(wanted.start), "ExportToTime": _time(wanted.end),
                "ExportViewType": "NEW_AND_OLD_IMAGES",
            }  # fmt: skip
        else:
            asked["ExportTime"] = _time(wanted.end)
        with _our_errors(wanted.table):
            arn = self._client.describe_table(TableName=wanted.table)["Table"]["TableArn"]
            answer = self._client.export_table_to_point_in_time(TableArn=arn, **asked)
        return str(answer["ExportDescription"]["ExportArn"])

    def _kept(self) -> dict[str, str]:
        """Whose bucket it must be, and how what DynamoDB writes into it is encrypted."""
        aws = self._aws
        owner = {"S3BucketOwner": aws.bucket_owner} if aws.bucket_owner else {}
        if aws.kms_key_id:
            return owner | {"S3SseAlgorithm": "KMS", "S3SseKmsKeyId": aws.kms_key_id}
        return owner | {"S3SseAlgorithm": "AES256"}

    def wait(self, table: str, arn: str, sleep: Callable[[float], None], say: Callable[[str], None]) -> None:
        """Returns when the export is complete. Raises SourceError when it failed or takes over four hours."""
        for waited in range(0, _WAIT_SECONDS, _POLL_SECONDS):
            with _our_errors(table):
                told = self._client.describe_export(ExportArn=arn)["ExportDescription"]
            if told["ExportStatus"] == "COMPLETED":
                return
            if told["ExportStatus"] == "FAILED":
                raise SourceError(
                    f"DynamoDB could not export {table}: {told.get('FailureCode', 'it does not say why')}.",
                    "See that the bucket is there and that the table's account may write to it.",
                )
            say(f"DynamoDB exports {table}: {waited // 60} minutes so far")
            sleep(_POLL_SECONDS)
        raise SourceError(
            f"The export of {table} is not complete after {_WAIT_SECONDS // 3600} hours.",
            "It goes on at DynamoDB's: a run after its end lands it.",
        )


def _time(micros: int) -> datetime:
    return datetime.fromtimestamp(micros // 1_000_000, UTC)


@contextmanager
def _our_errors(table: str) -> Iterator[None]:
    """Errors of boto3 as ours, without their text, which may hold an access key."""
    try:
        yield
    except failures.ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _REFUSED:
            raise LoginRefused(
                f"DynamoDB refused our credentials for the table {table}.",
                "They need dynamodb:DescribeTable, ExportTableToPointInTime and DescribeExport on it, and "
                "s3:PutObject on the bucket.",
            ) from None
        said = _SAID_BY_CODE.get(code, f"cannot be exported ({code})")
        raise SourceError(
            f"The table {table} {said}.", "See operations.md, reading app, for what an export needs."
        ) from None
    except (failures.NoCredentialsError, failures.PartialCredentialsError, failures.ProfileNotFound):
        raise LoginRefused(
            "There are no usable credentials for DynamoDB.",
            "Set …__AWS__ACCESS_KEY_ID and …__AWS__SECRET_ACCESS_KEY, or …__AWS__PROFILE.",
        ) from None
    except failures.BotoCoreError:
        raise SourceUnreachable(
            "DynamoDB does not answer as it should.", "Check the network, the region and the endpoint."
        ) from None
