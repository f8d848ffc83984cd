"""The same in a bucket: encrypted and verified copies, one version removed, others' rules left alone."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from pipelines.sources.csv_drop import open_place
from pipelines.sources.csv_drop.lifecycle import merged_rules
from tests.landing.drops.desk import COSTS, Desk
from tests.servers.s3 import LOGIN, S3Server

JANUARY = COSTS + "Fair,fair,2026-01-01,10.00,GBP\n"
OTHERS = {"ID": "logs", "Filter": {"Prefix": "logs/"}, "Status": "Enabled", "Expiration": {"Days": 400}}


class Bucket:
    """A bucket of its own with a prefix, from which the desk lands from now on."""

    def __init__(self, s3: S3Server, desk: Desk, name: str, **aws: str) -> None:
        self.s3, self.name = s3, name
        desk.sources["main"] = s3.instance(f"{name}/team", **aws)
        s3.client.create_bucket(Bucket=name)

    def drop(self, name: str, content: str, **more: Any) -> None:
        self.s3.client.put_object(Bucket=self.name, Key=f"team/drop/{name}", Body=content.encode(), **more)

    def keys(self) -> list[str]:
        listed = self.s3.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return [item["Key"] for item in listed]

    def head(self, key: str) -> Any:
        return self.s3.client.head_object(Bucket=self.name, Key=key, ChecksumMode="ENABLED")

    def rules(self) -> list[Any]:
        return self.s3.client.get_bucket_lifecycle_configuration(Bucket=self.name)["Rules"]


def test_a_file_is_copied_under_encryption_and_verified_before_it_goes(s3, desk):
    bucket = Bucket(s3, desk, "plain-drops")
    bucket.drop("campaigns.csv", JANUARY)
    bucket.drop("minutes.csv", "a\n")
    bucket.drop("", "")
    desk.landed()
    archived, refused, reason, folder = sorted(bucket.keys(), key=lambda key: key.replace("drop/", "z"))
    assert (folder, archived[:13], refused[:16]) == ("team/drop/", "team/archive/", "team/quarantine/")
    assert reason == f"{refused}.reason.txt"
    assert desk.costs() == [("Fair", "2026-01", "10.00")]
    for key in (archived, refused, reason):
        assert bucket.head(key)["ServerSideEncryption"] == "AES256"
    assert bucket.head(archived)["ChecksumSHA256"]
    assert desk.landed().tables == []


def test_a_kms_key_encrypts_every_write_where_one_is_named(s3, desk):
    key = boto3.client("kms", endpoint_url=s3.url, region_name="us-east-1", aws_access_key_id="x",
                       aws_secret_access_key="y").create_key()["KeyMetadata"]["Arn"]  # fmt: skip
    bucket = Bucket(s3, desk, "kms-drops", kms_key_id=key)
    bucket.drop("campaigns.csv", JANUARY)
    desk.landed()
    head = bucket.head(bucket.keys()[0])
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key)


def test_every_call_names_the_buckets_owner(s3, desk):
    bucket = Bucket(s3, desk, "owned-drops", bucket_owner="123456789012")
    bucket.drop("campaigns.csv", JANUARY)
    place = open_place(desk.sources["main"], desk.settings)
    asked: dict[str, Any] = {}

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        asked[model.name] = {name for name in params["headers"] if "owner" in name.lower()}

    for client in (place.mover._client, place._store._client):  # type: ignore[attr-defined]
        client.meta.events.register("before-call.s3", note)
    (stored,) = place.waiting()
    assert b"".join(place.blocks(stored)).decode() == JANUARY
    place.mover.copy(stored, "archive/x.csv", None)
    place.mover.write("quarantine/x.txt", "x")
    place.mover.remove(stored)
    place.mover.expire({"archive/": 3})
    place.mover.kept("archive/")
    assert {"ListObjectsV2", "GetObject", "CopyObject", "PutObject", "DeleteObject", "HeadObject",
            "PutBucketLifecycleConfiguration", "ListObjectVersions"} <= set(asked)  # fmt: skip
    assert all(len(owners) >= 1 for owners in asked.values()), asked
    assert len(asked["CopyObject"]) == 2


def test_in_a_bucket_with_versions_only_the_landed_one_goes_for_good(s3, desk, monkeypatch):
    bucket = Bucket(s3, desk, "kept-drops")
    s3.client.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
    bucket.drop("campaigns.csv", JANUARY)
    desk.landed()
    answer = s3.client.list_object_versions(Bucket=bucket.name, Prefix="team/drop/")
    assert "Versions" not in answer
    assert "DeleteMarkers" not in answer


def test_a_file_replaced_before_it_is_removed_stays_and_lands_next(s3, desk, monkeypatch):
    bucket = Bucket(s3, desk, "busy-drops")
    bucket.drop("campaigns.csv", JANUARY)
    from pipelines.sources.csv_drop.bucket import BucketMover

    remove = BucketMover.remove

    def late(mover: BucketMover, stored: Any) -> None:
        bucket.drop("campaigns.csv", JANUARY.replace("10.00", "99.00"))
        remove(mover, stored)

    with monkeypatch.context() as patched:
        patched.setattr(BucketMover, "remove", late)
        (error,) = desk.land().errors
    assert "drop/campaigns.csv was replaced before it was put away" in str(error)
    desk.landed()
    assert desk.costs() == [("Fair", "2026-01", "99.00")]
    assert len(bucket.keys()) == 2


def test_rules_of_others_stay_and_ours_follow_the_settings(s3, desk):
    bucket = Bucket(s3, desk, "ruled-drops")
    s3.client.put_bucket_lifecycle_configuration(
        Bucket=bucket.name, LifecycleConfiguration={"Rules": [OTHERS]}
    )
    desk.landed()
    assert {rule["ID"]: rule["Expiration"]["Days"] for rule in bucket.rules()} == {
        "logs": 400, "warehouse: team/archive/": 90, "warehouse: team/quarantine/": 30,
    }  # fmt: skip
    desk.sources["main"] = desk.sources["main"].model_copy(update={"archive_days": 7})
    desk.landed()
    assert {rule["ID"]: rule["Expiration"]["Days"] for rule in bucket.rules()} == {
        "logs": 400, "warehouse: team/archive/": 7, "warehouse: team/quarantine/": 30,
    }  # fmt: skip
    before = bucket.rules()
    assert merged_rules(before, {"team/archive/": 7, "team/quarantine/": 30}) is before


def test_a_login_that_may_not_set_rules_is_told_which_to_ask_for(s3, desk, monkeypatch):
    Bucket(s3, desk, "strict-drops")
    from pipelines.sources.csv_drop.bucket import BucketMover

    def refused(_: BucketMover) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetBucketLifecycleConfiguration")

    monkeypatch.setattr(BucketMover, "_lifecycle", refused)
    (warning,) = desk.landed().warnings
    assert "team/archive/ after 90 days, team/quarantine/ after 30 days" in warning


@pytest.mark.parametrize("place", ["nowhere-at-all/team"])
def test_a_bucket_that_is_not_there_is_one_sentence_without_a_secret(s3, desk, place):
    Bucket(s3, desk, "some-drops")
    desk.sources["main"] = s3.instance(place)
    (error,) = desk.land().errors
    assert str(error) == "drops/main: There is no bucket nowhere-at-all. Correct the URL."
    assert LOGIN["secret_access_key"] not in json.dumps(str(error))
