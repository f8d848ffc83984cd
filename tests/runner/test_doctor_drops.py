"""What `doctor` says of a drop: in a folder, and in a bucket as it should and as it should not be."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipelines.runner.doctor.buckets import examine_bucket
from pipelines.runner.doctor.drops import examine_drops
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources import bucket_state
from pipelines.sources.bucket_state import BucketState
from tests.servers.s3 import S3Server


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    server = S3Server.start()
    yield server
    server.stop()


def findings(where: InstanceSettings, home: Path) -> set[tuple[str, str, str]]:
    settings = Settings(home=home, sources={"drops": {"main": where}})
    return {(it.check, it.level, it.said) for it in examine_drops(settings, "drops", "main")}


def file(path: Path, days: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    os.utime(path, (time.time() - days * 86400,) * 2)


def test_a_folder_with_files_that_wait_or_are_too_old(tmp_path):
    place = tmp_path / "place"
    where = InstanceSettings(url=place.as_uri(), archive_days=10)
    file(place / "archive" / "a.csv", 11)
    assert findings(where, tmp_path) == {
        ("source", "ok", "answers: 0 files wait"),
        ("retention", "ok", "1 files in archive/, none older than agreed"),
        ("retention", "ok", "0 files in quarantine/, none older than agreed"),
    }
    file(place / "drop" / "b.csv", 2)
    file(place / "archive" / "a.csv", 13)
    file(place / "quarantine" / "c.csv", 1)
    assert findings(where, tmp_path) == {
        ("source", "warning", "answers; drop/b.csv waits for more than a day"),
        ("retention", "failure", "1 files in archive/ are older than agreed, such as archive/a.csv"),
        ("quarantine", "warning", "quarantine/c.csv could not be used"),
    }


def test_a_folder_that_is_not_there(tmp_path):
    where = InstanceSettings(url=(tmp_path / "nowhere").as_uri())
    ((check, level, said),) = findings(where, tmp_path)
    assert (check, level) == ("source", "failure")
    assert "is not there" in said


def test_a_bucket_without_any_care_and_with_all(s3, tmp_path):
    s3.client.create_bucket(Bucket="cared-for")
    where = s3.instance("cared-for/team")
    said = {(check, level) for check, level, _ in findings(where, tmp_path)}
    assert said >= {("public access", "warning"), ("versions", "warning"), ("lifecycle", "warning")}
    care(s3, "cared-for")
    found = findings(where, tmp_path)
    assert {level for _, level, _ in found} == {"ok"}
    assert {said for check, _, said in found if check in ("lifecycle", "encryption")} == {
        "archive/ expires after 90 days", "quarantine/ expires after 30 days",
        "new files are encrypted (aws:kms)",
    }  # fmt: skip


def test_a_policy_that_opens_the_bucket_is_a_failure(tmp_path, monkeypatch):
    state = BucketState("open", "", "AES256", True, True, True, [])
    monkeypatch.setattr("pipelines.runner.doctor.buckets.bucket_state", lambda *_: state)
    where = InstanceSettings(url="s3://open")
    found = examine_bucket(Settings(home=tmp_path), where, "edx/unix", ours=False)
    assert [it.said for it in found if it.level != "ok"] == ["the bucket's policy opens it to everybody"]


def care(s3: S3Server, bucket: str) -> None:
    client = s3.client
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    client.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(names, True))
    client.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={
        "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
    })  # fmt: skip
    rules = [
        {
            "ID": prefix,
            "Filter": {"Prefix": f"team/{prefix}/"},
            "Status": "Enabled",
            "Expiration": {"Days": days},
        }
        for prefix, days in (("archive", 90), ("quarantine", 30))
    ]
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


@pytest.mark.parametrize(("ours", "level"), [(True, "warning"), (False, "ok")])
def test_a_bucket_that_may_not_be_asked_is_a_fault_of_ours_only(s3, tmp_path, monkeypatch, ours, level):
    s3.client.create_bucket(Bucket="silent")

    def refused(question: Any, bucket: str) -> None:
        return None

    monkeypatch.setattr(bucket_state, "_asked", refused)
    (found,) = examine_bucket(Settings(home=tmp_path), s3.instance("silent"), "edx/unix", ours=ours)
    assert (found.check, found.level) == ("bucket", level)


def test_what_may_not_be_asked_is_told_from_what_is_not_set():
    def fails(code: str) -> Any:
        def question(**_: Any) -> Any:
            raise ClientError({"Error": {"Code": code}}, "Get")

        return question

    assert bucket_state._asked(fails("NoSuchLifecycleConfiguration"), "b") == {}
    assert bucket_state._asked(fails("AccessDenied"), "b") is None
    with pytest.raises(ClientError):
        bucket_state._asked(fails("SlowDown"), "b")
