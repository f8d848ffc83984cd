"""Events of S3, as SQS, SNS and EventBridge hand them over, from a queue on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import boto3
import pytest

from pipelines.errors import WarehouseError
from pipelines.runner.drop_events import handler
from pipelines.runner.lock import run_lock
from pipelines.settings import load_settings
from tests.servers.s3 import LOGIN, S3Server

COSTS = b"campaign,channel,month,cost,currency\nFair,fair,2026-01-01,10.00,GBP\n"
BUCKET = "event-drops"


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    server = S3Server.start()
    server.client.create_bucket(Bucket=BUCKET)
    yield server
    server.stop()


@pytest.fixture
def drop(s3, tmp_path, monkeypatch) -> Any:
    """Settings in the environment, as a Lambda function has them; gives a function that drops a file."""
    source = "WAREHOUSE_SOURCES__DROPS__MAIN__"
    for name, value in {
        "WAREHOUSE_HOME": str(tmp_path), "WAREHOUSE_PSEUDONYM_KEY": "ab" * 32,
        "WAREHOUSE_SEALING_KEY": "cd" * 32,
        f"{source}URL": f"s3://{BUCKET}/team", f"{source}AWS__ENDPOINT_URL": s3.url,
        f"{source}AWS__ACCESS_KEY_ID": LOGIN["access_key_id"],
        f"{source}AWS__SECRET_ACCESS_KEY": LOGIN["secret_access_key"],
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    return lambda name, content=COSTS: s3.put(BUCKET, f"team/drop/{name}", content)


def waiting(s3: S3Server) -> list[str]:
    listed = s3.client.list_objects_v2(Bucket=BUCKET, Prefix="team/drop/").get("Contents", [])
    return [item["Key"].removeprefix("team/drop/") for item in listed]


def created(key: str, bucket: str = BUCKET) -> dict[str, Any]:
    named = {"bucket": {"name": bucket}, "object": {"key": quote_plus(key)}}
    return {"Records": [{"eventName": "ObjectCreated:Put", "s3": named}]}


def batch(*bodies: Any) -> dict[str, Any]:
    texts = [body if isinstance(body, str) else json.dumps(body) for body in bodies]
    return {"Records": [{"messageId": f"m{at}", "body": text} for at, text in enumerate(texts)]}


def failures(answer: dict[str, Any]) -> list[str]:
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def test_a_batch_lands_what_it_names_and_gives_back_what_it_could_not(drop, s3):
    for name in ("campaigns 2026+é.csv", "campaigns-b.csv", "campaigns-c.csv"):
        drop(name, COSTS.replace(b"Fair", name[:11].encode()))
    answer = handler(batch(
        created("team/drop/campaigns 2026+é.csv"),
        created("team/drop/campaigns 2026+é.csv"),  # a duplicate
        {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET},
        {"Type": "Notification", "Message": json.dumps(created("team/drop/campaigns-b.csv"))},
        created("team/archive/2026-01-01/campaigns.csv"),
        created("team/drop/landed-long-ago.csv"),
        created("team/drop/campaigns-c.csv", bucket="nobodys"),
        "no event",
        {"Records": [{"eventName": "ObjectRemoved:Delete"}]},
    ))  # fmt: skip
    assert failures(answer) == ["m6", "m7"]
    assert waiting(s3) == ["campaigns-c.csv"]
    assert handler(
        {"detail": {"bucket": {"name": BUCKET}, "object": {"key": "team/drop/campaigns-c.csv"}}}
    ) == {"batchItemFailures": []}
    assert waiting(s3) == []
    assert handler(created("team/drop/campaigns-c.csv")) == {"batchItemFailures": []}


def test_while_another_run_has_the_warehouse_all_messages_come_again(drop, s3):
    drop("campaigns.csv")
    with run_lock(load_settings()):
        assert failures(handler(batch(created("team/drop/campaigns.csv")))) == ["m0"]
        with pytest.raises(WarehouseError, match="was not landed"):
            handler(created("team/drop/campaigns.csv"))
    assert failures(handler(batch(created("team/drop/campaigns.csv")))) == []
    assert waiting(s3) == []


def test_what_s3_puts_into_a_queue_is_understood(drop, s3):
    queues = boto3.client("sqs", endpoint_url=s3.url, region_name="us-east-1", aws_access_key_id="x",
                          aws_secret_access_key="y")  # fmt: skip
    queue = queues.create_queue(QueueName="drops")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    s3.client.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={
        "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]
    })  # fmt: skip
    drop("campaigns 2027.csv")
    got = queues.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    answer = handler({"Records": [{"messageId": it["MessageId"], "body": it["Body"]} for it in got]})
    assert (len(got), failures(answer), waiting(s3)) == (2, [], [])
