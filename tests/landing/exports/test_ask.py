"""`warehouse land reading --export`: what is asked of a DynamoDB on loopback, and what is said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from pipelines.errors import SourceError, UsageError
from pipelines.landing.exports.ask import ask_for_exports
from pipelines.sources.dynamodb_export.request import Exporter, Wanted
from pipelines.sources.replica import Timekeeper
from scripts.sample_sources.dynamodb_layout import micros
from tests.landing.exports.reading_app import HOUR, ReadingApp, reading
from tests.servers.s3 import LOGIN, S3Server

TABLES = {"reading_progress": "readingId", "quiz_results": "attemptId"}


@pytest.fixture(scope="module")
def aws() -> Iterator[S3Server]:
    server = S3Server.start()
    server.client.create_bucket(Bucket="exports")
    yield server
    server.stop()


@pytest.fixture
def asked(app: ReadingApp, aws: S3Server, monkeypatch) -> list[dict[str, Any]]:
    """The app with its instance on that server; what it asks of DynamoDB is written down."""
    app.sources["main"] = aws.instance("exports/nightly").model_dump()
    app.put = lambda key, content: aws.client.put_object(Bucket="exports", Key=key, Body=content)  # type: ignore[method-assign]
    app.progress, app.quizzes = app.table("reading_progress"), app.table("quiz_results")
    found: list[dict[str, Any]] = []

    def ask(self: Exporter, wanted: Wanted) -> str:
        found.append({"table": wanted.table, "start": wanted.start, "end": wanted.end})
        return "arn"

    monkeypatch.setattr(Exporter, "ask", ask)
    monkeypatch.setattr(Exporter, "wait", lambda *_: None)
    return found


def request(app: ReadingApp) -> list[str]:
    return [str(error) for error in ask_for_exports(
        app.settings, app.warehouse, "reading", Timekeeper(), lambda _: None
    )]  # fmt: skip


def test_the_whole_table_first_then_the_changes_since_and_again_the_whole_after_a_day(app, asked):
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    assert request(app) == []
    assert [(one["table"], one["start"]) for one in asked] == [(name, None) for name in TABLES]
    app.progress.export_full(now - 2 * HOUR, [reading("b1")])
    app.quizzes.export_full(now - 30 * HOUR, [])
    app.landed()
    asked.clear()
    assert request(app) == []
    assert [one["start"] for one in asked] == [micros(now - 2 * HOUR), None]
    app.progress.export_changes(now - 2 * HOUR, now - timedelta(minutes=5), [])
    app.landed()
    (said,) = request(app)
    assert "The newest export of reading_progress is 5 minutes old" in said


def test_dynamodb_itself_is_asked_and_what_it_refuses_is_one_sentence(app, aws):
    app.sources["main"] = aws.instance("exports/asked").model_dump()
    said = request(app)
    assert ["is not there" in sentence for sentence in said] == [True, True]
    client = boto3.client("dynamodb", endpoint_url=aws.url, region_name="us-east-1",
                          aws_access_key_id=LOGIN["access_key_id"],
                          aws_secret_access_key=LOGIN["secret_access_key"])  # fmt: skip
    for name, key in TABLES.items():
        keys = [("userId", "HASH"), (key, "RANGE")]
        client.create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": part, "KeyType": kind} for part, kind in keys],
            AttributeDefinitions=[{"AttributeName": part, "AttributeType": "S"} for part, _ in keys],
        )  # fmt: skip
    client.put_item(TableName="reading_progress", Item=reading("b1"))
    for name in TABLES:
        client.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
    assert request(app) == []
    written = aws.client.list_objects_v2(Bucket="exports", Prefix="asked/AWSDynamoDB/")["Contents"]
    assert len(written) == 2


def test_an_export_that_fails_or_takes_too_long_is_said(app, aws, monkeypatch):
    where = aws.instance("exports/nightly")
    exporter, told = Exporter(where, app.settings), {"ExportStatus": "IN_PROGRESS"}
    slept: list[float] = []

    class Client:
        def describe_export(self, **_: Any) -> dict[str, Any]:
            return {"ExportDescription": told}

    monkeypatch.setattr(exporter, "_client", Client())
    with pytest.raises(SourceError, match="is not complete after 4 hours"):
        exporter.wait("t", "arn", slept.append, lambda _: None)
    assert sum(slept) == 4 * 3600
    told |= {"ExportStatus": "FAILED", "FailureCode": "S3NoSuchBucket"}
    with pytest.raises(SourceError, match="could not export t: S3NoSuchBucket"):
        exporter.wait("t", "arn", slept.append, lambda _: None)


def test_a_folder_has_nobody_to_ask_and_a_replica_no_exports(app):
    (said,) = request(app)
    assert "can only be asked for where the URL" in said
    with pytest.raises(UsageError, match="has no exports to ask for"):
        ask_for_exports(app.settings, app.warehouse, "bookshelf", Timekeeper(), lambda _: None)


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ({}, {"S3SseAlgorithm": "AES256"}),
        ({"bucket_owner": "111122223333"}, {"S3BucketOwner": "111122223333", "S3SseAlgorithm": "AES256"}),
        ({"kms_key_id": "alias/learning"}, {"S3SseAlgorithm": "KMS", "S3SseKmsKeyId": "alias/learning"}),
    ],
)
def test_what_dynamodb_writes_is_encrypted_and_in_the_bucket_of_that_owner(
    app, aws, monkeypatch, settings, asked
):
    where = aws.instance("exports/asked").model_dump()
    app.sources["main"] = where | {"aws": {**where["aws"], **settings}}
    exporter = Exporter(app.settings.sources["reading"]["main"], app.settings)
    told: list[dict[str, Any]] = []

    class DynamoDb:
        def describe_table(self, **_: str) -> dict[str, Any]:
            return {"Table": {"TableArn": "arn"}}

        def export_table_to_point_in_time(self, **words: Any) -> dict[str, Any]:
            told.append(words)
            return {"ExportDescription": {"ExportArn": "arn"}}

    monkeypatch.setattr(exporter, "_client", DynamoDb())
    exporter.ask(Wanted("reading_progress", None, 0))
    kept = {name: word for name, word in told[0].items() if name.startswith(("S3Sse", "S3BucketOwner"))}
    assert kept == asked
