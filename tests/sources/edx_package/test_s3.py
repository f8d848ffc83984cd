"""A bucket as a store: listed by prefix, read in ranges, and every failure one sentence without a secret."""

from __future__ import annotations

import io
import os
import zipfile
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from moto.core import set_initial_no_auth_action_count

from pipelines.errors import LoginRefused, SettingsError, SourceInterrupted, SourceUnreachable
from pipelines.settings import AwsSettings, InstanceSettings, Settings
from pipelines.sources.edx_package import StoredObject, members, open_member, open_store
from pipelines.sources.edx_package import s3 as bucket_store
from tests.servers.s3 import LOGIN, S3Server

BUCKET = "course-data-listed"  # other files put packages into buckets of the same server
KEY = "unix-2024-03-10.zip"
SETTINGS = Settings(connect_timeout=2, connect_attempts=1)
NOISE = os.urandom(300_000)


@pytest.fixture(scope="module")
def bucket(s3):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(3):
            archive.writestr(f"unix-2024-03-10/{number}.gpg", NOISE)
    s3.put(BUCKET, KEY, packed.getvalue())
    for key in ("other-2024-03-10.zip", "email-opt-in/unix-2024-03-10.zip", "below/unix-2024-03-17.zip"):
        s3.put(BUCKET, key, key.encode())
    return s3


def store(s3: S3Server, place: str = BUCKET, **aws: str) -> Any:
    return open_store(s3.instance(place, **aws), SETTINGS)


def says(error: pytest.ExceptionInfo[Exception]) -> str:
    text = str(error.value)
    assert LOGIN["access_key_id"] not in text
    assert LOGIN["secret_access_key"] not in text
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__
    return text


def test_only_prefixes_are_listed_and_each_key_comes_once(bucket):
    here = store(bucket)
    asked = []
    here._client.meta.events.register(
        "before-send.s3.ListObjectsV2", lambda request, **_: asked.append(request.url)
    )
    keys = [stored.key for stored in here.objects(["unix-", "email-opt-in/unix-", "unix-2024"])]
    assert keys == ["email-opt-in/unix-2024-03-10.zip", KEY]
    assert [parse_qs(urlsplit(url).query)["prefix"] for url in asked] == [
        ["unix-"], ["email-opt-in/unix-"], ["unix-2024"],
    ]  # fmt: skip


def test_a_prefix_of_the_url_is_no_part_of_keys(bucket):
    here = store(bucket, f"{BUCKET}/below")
    (listed,) = here.objects(["unix-"])
    assert listed.key == "unix-2024-03-17.zip"
    assert here.open(listed).read() == b"below/unix-2024-03-17.zip"


@pytest.mark.parametrize("window", [20_000, 16 << 20])
def test_an_archive_is_read_in_ranges(bucket, window, monkeypatch):
    monkeypatch.setattr(bucket_store, "WINDOW_BYTES", window)
    here = store(bucket)
    listed = here.objects([KEY])[0]
    with here.open(listed) as file:
        assert [open_member(member).read(100_000) for member in members(file)] == [NOISE[:100_000]] * 3
        file.seek(-4, io.SEEK_END)
        assert len(file.read()) == 4
        assert file.read() == b""


def test_a_long_list_comes_in_pages(bucket):
    for number in range(7):
        bucket.client.put_object(Bucket=BUCKET, Key=f"many-{number}", Body=b"")
    here = store(bucket)
    asked = "provide-client-params.s3.ListObjectsV2"
    here._client.meta.events.register(asked, lambda params, **_: {**params, "MaxKeys": 2})
    assert len(here.objects(["many-"])) == 7


# ---------------------------------------------------------------- what goes wrong


@pytest.fixture
def changing(bucket, monkeypatch):
    """An archive that is being read in small ranges."""
    monkeypatch.setattr(bucket_store, "WINDOW_BYTES", 1_000)
    bucket.put(BUCKET, "changing.zip", b"1" * 5_000)
    here = store(bucket)
    file = here.open(here.objects(["changing"])[0])
    assert file.read(1_000) == b"1" * 1_000
    return file


def test_an_archive_replaced_while_it_is_read_is_told(bucket, changing):
    bucket.put(BUCKET, "changing.zip", b"2" * 5_000)
    with pytest.raises(SourceInterrupted) as error:
        changing.read()
    assert "changing.zip was replaced while it was read" in says(error)


def test_an_archive_gone_while_it_is_read_is_told(bucket, changing):
    bucket.client.delete_object(Bucket=BUCKET, Key="changing.zip")
    with pytest.raises(SourceInterrupted) as error:
        changing.read()
    assert "changing.zip was listed but is gone" in says(error)


def test_credentials_that_end_half_way_are_told(changing):
    from_now_on_moto_checks_them = set_initial_no_auth_action_count(0)
    with pytest.raises(LoginRefused) as error:
        from_now_on_moto_checks_them(changing.read)()
    assert "refused our credentials while changing.zip was read" in says(error)


def test_a_token_that_expires_half_way_is_told(bucket):
    here = store(bucket)
    answers = _answers(403, "ExpiredToken")
    here._client.meta.events.register("before-send.s3.GetObject", answers)
    with pytest.raises(LoginRefused) as error:
        here.open(here.objects([KEY])[0]).read()
    assert "they have expired" in says(error)


def _answers(status: int, code: str):
    from botocore.awsrequest import AWSResponse

    class Raw(io.BytesIO):
        def stream(self, **_):
            yield self.read()

    def answer(request, **_):
        body = f"<Error><Code>{code}</Code><Message>{LOGIN['access_key_id']}</Message></Error>".encode()
        return AWSResponse(request.url, status, {}, Raw(body))

    return answer


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "AccessDenied", LoginRefused), (400, "ExpiredToken", LoginRefused), (500, "InternalError",
        SourceUnreachable),
        (503, "SlowDown", SourceUnreachable), (404, "NoSuchBucket", SourceUnreachable), (418, "Odd",
        SourceUnreachable),
    ],
)  # fmt: skip
def test_each_refusal_has_its_kind(bucket, status, code, kind):
    here = store(bucket)
    here._client.meta.events.register("before-send.s3.ListObjectsV2", _answers(status, code))
    with pytest.raises(kind) as error:
        here.objects(["unix-"])
    says(error)


def test_a_connection_that_is_cut_is_asked_again_and_then_told(bucket, monkeypatch):
    here = store(bucket)
    listed = here.objects([KEY])[0]
    whole, cuts = here._client.get_object, [1, 1]

    def cut(**asked):
        answer = whole(**asked)
        if cuts and cuts.pop():
            answer["Body"]._raw_stream = io.BytesIO(answer["Body"].read()[:-1])  # its length was promised
            answer["Body"]._amount_read = 0
        return answer

    monkeypatch.setattr(here._client, "get_object", cut)
    assert len(here.open(listed).read()) == listed.size
    assert not cuts
    cuts[:] = [1] * 10
    with pytest.raises(SourceInterrupted) as error:
        here.open(listed).read()
    assert "was cut while unix-2024-03-10.zip was read" in says(error)


def test_a_bucket_that_does_not_answer_is_unreachable(bucket):
    with pytest.raises(SourceUnreachable) as error:
        store(bucket, endpoint_url="http://127.0.0.1:9").objects(["unix-"])
    assert f"{BUCKET} does not answer" in says(error)


def test_a_bucket_that_is_not_there_is_told(bucket):
    with pytest.raises(SourceUnreachable) as error:
        store(bucket, "nowhere").objects(["unix-"])
    assert "There is no bucket nowhere" in says(error)


@pytest.mark.parametrize("given", [{"profile": "nobody"}, {}])
def test_credentials_that_are_not_there_are_told(given, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    where = InstanceSettings.model_validate({"url": "s3://course-data", "aws": given})
    with pytest.raises(LoginRefused) as error:
        open_store(where, SETTINGS).objects(["unix-"])
    assert "no usable credentials" in says(error)


def test_a_role_is_taken(bucket):
    here = store(bucket, role_arn="arn:aws:iam::123456789012:role/reader", external_id="unix")
    (listed,) = here.objects([KEY])
    assert isinstance(listed, StoredObject)
    assert here.open(listed).read(2) == b"PK"


def test_an_endpoint_in_plain_text_is_refused(bucket):
    with pytest.raises(SettingsError, match="not encrypted"):
        store(bucket, endpoint_url="http://s3.example")


def test_half_a_login_is_refused_with_the_settings():
    with pytest.raises(ValueError, match="go together"):
        AwsSettings.model_validate({"access_key_id": "AKIATESTTESTTEST"})
