"""An S3 on loopback: moto's server, in a thread of the test process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

from pipelines.settings import AwsSettings, InstanceSettings
from tests.servers.processes import free_port

LOGIN = {"access_key_id": "AKIATESTTESTTEST", "secret_access_key": "not-a-secret-of-anyone"}


@dataclass
class S3Server:
    """Buckets are made with `put`; `instance` are the settings that read one."""

    port: int = field(default_factory=free_port)
    _server: Any = None

    @classmethod
    def start(cls) -> S3Server:
        made = cls()
        made._server = ThreadedMotoServer(ip_address="127.0.0.1", port=made.port, verbose=False)
        made._server.start()
        return made

    def stop(self) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def client(self) -> Any:
        return boto3.client(
            "s3", endpoint_url=self.url, region_name="us-east-1",
            aws_access_key_id=LOGIN["access_key_id"], aws_secret_access_key=LOGIN["secret_access_key"],
        )  # fmt: skip

    def put(self, bucket: str, key: str, content: bytes) -> None:
        self.client.create_bucket(Bucket=bucket)
        self.client.put_object(Bucket=bucket, Key=key, Body=content)

    def instance(self, place: str, **aws: str) -> InstanceSettings:
        """Settings for `s3://` + place; `aws` replaces what is given of them."""
        given = {**LOGIN, "region": "us-east-1", "endpoint_url": self.url, **aws}
        return InstanceSettings(url=f"s3://{place}", aws=AwsSettings.model_validate(given))
