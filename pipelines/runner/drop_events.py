"""The other way to start a landing: S3 says that a file was dropped. Entry point of a Lambda function.

`handler` takes what AWS hands over (a batch of SQS, with S3's events as they are or wrapped by SNS; an event
of S3 or of EventBridge itself) and lands the files it names, and nothing else. Events come twice, late and in
any order: what has left the drop is done. What was not landed is handed back, to come again and to end in the
queue for dead letters; the scheduled `warehouse land drops` takes it, too.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, unquote_plus, urlsplit

from pipelines.errors import UsageError, WarehouseError
from pipelines.runner.progress import Progress
from pipelines.runner.run import Run
from pipelines.settings import Settings, load_settings
from pipelines.sources.config import config_path, known_platforms
from pipelines.sources.csv_drop import DROP, open_place
from pipelines.yaml_file import read_yaml

Event = Mapping[str, Any]
Answer = dict[str, list[dict[str, str]]]


@dataclass(frozen=True)
class Named:
    """A file that an event names, as the settings know it."""

    platform: str
    instance: str
    key: str


def handler(event: Event, context: object = None) -> Answer:  # noqa: ARG001 - AWS passes it
    """Lands what the messages name. `batchItemFailures` are those to be sent again; an event without messages
    raises WarehouseError instead. Raises SettingsError.
    """
    settings = load_settings()
    named: dict[str, list[Named]] = {}
    failed: list[str] = []
    for message, body in _messages(event):
        try:
            named[message] = list(_named(settings, body))
        except (UsageError, ValueError):
            failed.append(message)  # no event of ours: the queue for dead letters shows it to somebody
    left = _land(settings, {one for files in named.values() for one in files})
    failed += [message for message, files in named.items() if left & set(files)]
    if "" in failed:
        raise WarehouseError("An event's file was not landed.", "See the log; the event may be sent again.")
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def _messages(event: Event) -> Iterator[tuple[str, Event | str]]:
    """Id and body of each message of a batch; the event itself, without an id, where it is none of SQS."""
    records = event.get("Records", [])
    if records and all("messageId" in record for record in records):
        yield from ((record["messageId"], record["body"]) for record in records)
    else:
        yield "", event


def _named(settings: Settings, body: Event | str) -> Iterator[Named]:
    """The files below a drop that an event says were made. Raises UsageError, ValueError where it is none."""
    event = json.loads(body) if isinstance(body, str) else body
    if not isinstance(event, Mapping):
        raise UsageError("A message holds no event.")
    if event.get("Type") == "Notification":
        yield from _named(settings, str(event.get("Message")))
    elif event.get("Event") == "s3:TestEvent":
        return
    elif "detail" in event:  # EventBridge, which leaves the key as it is
        detail = event["detail"]
        yield from _below_drops(settings, detail["bucket"]["name"], detail["object"]["key"])
    elif "Records" in event:
        for record in event["Records"]:
            if str(record.get("eventName", "")).startswith("ObjectCreated"):
                found = record["s3"]
                key = unquote_plus(found["object"]["key"])
                yield from _below_drops(settings, found["bucket"]["name"], key)
    else:
        raise UsageError("A message is no event of S3.")


def _below_drops(settings: Settings, bucket: str, key: str) -> Iterator[Named]:
    """The instance whose drop it is in; nothing for another folder of its bucket, our own archive say."""
    known = False
    for platform, instance, place in _places(settings):
        url = urlsplit(place)
        if url.scheme != "s3" or url.netloc != bucket:
            continue
        known = True
        prefix = unquote(url.path).strip("/")
        below = f"{prefix}/" if prefix else ""
        if key.startswith(f"{below}{DROP}"):
            yield Named(platform, instance, key.removeprefix(below))
    if not known:
        raise UsageError(f"No drop is set in the bucket {bucket}.")


def _places(settings: Settings) -> Iterator[tuple[str, str, str]]:
    for platform in known_platforms():
        if settings.sources.get(platform) and read_yaml(config_path(platform), "").get("kind") == "csv_drop":
            for instance, where in settings.sources[platform].items():
                yield platform, instance, where.url.get_secret_value()


def _land(settings: Settings, files: set[Named]) -> set[Named]:
    """Lands them in one run; those that are still in the drop afterwards."""
    if not files:
        return set()
    only: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in files:
        only[one.platform][one.instance].add(one.key)
    try:
        running = Run(settings, Progress())
        with running.recorded():
            running.land(
                sorted(only),
                {
                    platform: {instance: frozenset(keys) for instance, keys in instances.items()}
                    for platform, instances in only.items()
                },
            )
        if running.report.outcome == "failed":
            return files
        return {one for one in files if one.key in _waiting(settings, one)}
    except WarehouseError:
        return files  # another run has the warehouse, say


def _waiting(settings: Settings, one: Named) -> set[str]:
    place = open_place(settings.sources[one.platform][one.instance], settings)
    return {stored.key for stored in place.waiting()}
