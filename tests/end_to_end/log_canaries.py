"""Lines of a log in which somebody is named in every place there is, for every family of events."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from pipelines.contracts import contract_path, load_contract
from pipelines.sources.config import config_path, load_source_config

USERNAME, EMAIL = "Zinfandel_Quokka77", "zinfandel.quokka@canary.example"
FULL_NAME, ADDRESS = "Zinfandel Quokkaby", "203.0.113.77"
CANARIES = (USERNAME, EMAIL, FULL_NAME, ADDRESS)
DAY = "2026-07-01"
Path = tuple[str, ...]
Event = dict[str, Any]

_LOADED = load_contract(contract_path("edx"))
_TABLE = _LOADED.tables["tracking_events"]
_FETCH = load_source_config(config_path("edx"), _LOADED).files["tracking_events"]
# what events of every family have besides, wherever the contract asks for it or not
_MORE = (
    "body", "title", "query", "corrected_text", "username", "user_id", "email", "target_username", "team_id",
    "answer", "note_text", "certificate_url", "bookmark_id", "target_url", "current_url", "label", "feedback",
    "truncated", "url", "requesting_student_id", "hint_text", "state.student_answers.x_2_1",
)  # fmt: skip
_TOP = (
    "username", "name", "event_source", "page", "session", "ip", "host", "agent", "referer",
    "accept_language", "time", "label", "nonInteraction", "_id", "asides.a.b",
)  # fmt: skip
_CONTEXT = (
    "user_id", "course_id", "org_id", "path", "received_at", "enterprise_uuid", "client.ip",
    "client.device.id", "client.network.carrier", "application.name", "application.version",
    "module.display_name", "command", "module.usage_key", "course_user_tags.x", "session", "host", "mode",
    "asides.tagging_aside.saved_tags.difficulty", "asides.tagging_aside.saved_tags.list",
)  # fmt: skip
_OF_A_PART = {
    "submission": ("question", "answer", "response_type", "correct", "input_type", "variant"),
    "correct_map": ("correctness", "msg", "hint", "npoints"),
    "answers": (),
}
_KINDS_OF_ANSWER = ("choiceresponse", "optionresponse", "stringresponse", "x", None)


def acts() -> dict[str, str]:
    """Family → the name of one of its events; requests and what is of no family among them."""
    found = {kind: (*family.names, *family.prefixes)[0] for kind, family in _FETCH.families.items()}
    named = {kind: name + "acted" if name.endswith(".") else name for kind, name in found.items()}
    return {"request": "/courses/course-v1:UniX+Demo1x+1T2026/courseware/", "other": "an.act", **named}


def payload_paths(family: str) -> list[Path]:
    """Every place below `event` that the contract reads in this family, and others."""
    columns = [column.payload for column in _TABLE.columns if column.payload and not column.derive]
    kinds = (family, "any")
    read = {path for payload in columns for kind in kinds for path in payload.paths.get(kind, ())}
    inner = [path for path in sorted(read) if not path.startswith("$")]
    parts = [f"{whole}.x_2_1" for whole in _OF_A_PART]
    parts += [f"{whole}.x_2_1.{field}" for whole, fields in _OF_A_PART.items() for field in fields]
    every = [*inner, *_MORE, *(parts if family == "problem" else ())]
    return [tuple(path.split(".")) for path in dict.fromkeys(every)]


def places(family: str) -> list[Path]:
    """Every place of an event of this family."""
    top = [tuple(path.split(".")) for path in _TOP]
    context = [("context", *path.split(".")) for path in _CONTEXT]
    return [*top, *context, *(("event", *path) for path in payload_paths(family))]


def usual(family: str) -> Event:
    return {
        "username": "heron", "time": f"{DAY}T10:00:00.5+00:00", "event_type": acts()[family],
        "event_source": "server", "page": None, "event": {}, "context": {"user_id": 7, "path": "/event"},
    }  # fmt: skip


def lines() -> Iterator[bytes]:
    """Each canary in each place alone, in all of them at once, as keys, in texts, in JSON once and twice."""
    for family in acts():
        for canary in CANARIES:
            for place in places(family):
                for form in _forms(canary):
                    yield _line(put(usual(family), place, form))
            whole = everywhere(family, canary)
            for event in (whole, *_in_text(whole)):
                yield _line(event)
    for canary in CANARIES:
        yield from (_line(event) for event in _answered(canary))
        yield from _of_no_event(canary)


def put(event: Event, place: Path, value: Any) -> Event:
    """The event with a value at one place; what stands in the way of it goes."""
    changed = copy.deepcopy(event)
    inner = changed
    for name in place[:-1]:
        if not isinstance(inner.get(name), dict):
            inner[name] = {}
        inner = inner[name]
    inner[place[-1]] = value
    return changed


def everywhere(family: str, canary: str) -> Event:
    """Everybody's place at once but for the time, without which nothing would land."""
    event = usual(family)
    for place in places(family):
        if place not in (("time",), ("event_source",)):
            event = put(event, place, canary)
    for within in ("submission", "correct_map", "answers", "tags", canary):
        event["event"].setdefault(within, {})
        if isinstance(event["event"][within], dict):
            event["event"][within][canary] = {"answer": canary, "correctness": canary, canary: canary}
    event["context"]["asides"]["tagging_aside"]["saved_tags"][canary] = [canary]
    return event | {canary: canary}


def _forms(canary: str) -> list[Any]:
    """As it is, in a list, as a key, in an address, in a sentence."""
    return [canary, [canary], {canary: canary}, f"https://courses.edx.org/u/{canary}?next={canary}#{canary}",
            f"It is {canary}, I think"]  # fmt: skip


def _answered(canary: str) -> Iterator[Event]:
    """As the answer to a question of each kind, chosen and written."""
    for kind in _KINDS_OF_ANSWER:
        for answer in (canary, [canary], ["choice_1", canary], {canary: canary}):
            part = {"response_type": kind, "answer": answer, "correct": canary, "question": canary}
            for part_id in ("0" * 32 + "_2_1", canary, f'"{canary}', f"{canary}'"):
                yield usual("problem") | {"event": {"submission": {part_id: part}}}
                yield usual("problem") | {
                    "event": {"answers": {part_id: answer}, "correct_map": {part_id: part}}
                }


def _in_text(event: Event) -> list[Event]:
    once = json.dumps(event["event"])
    twice = json.dumps(once)
    return [
        event | {"event": form}
        for form in (once, twice, json.dumps(twice), once[:300], [once], once + "&a=1")
    ]


def _line(event: Event) -> bytes:
    return json.dumps(event).encode()


def _of_no_event(canary: str) -> Iterator[bytes]:
    """What ends in quarantine, or nowhere."""
    text = canary.encode()
    yield from (text, b"{" + text + b"}", b'{"time": "' + text + b'"}', b'["' + text + b'"]', b"# " + text)
    yield from (b"Jun  3 " + text + b' {"time": "2026-07-01"}', b'{"time": "2026-07-01\xff' + text + b'"}')
    yield b'{"time": "2026-07-01", "event_source": "task", "username": "' + text + b'"}'
    yield b'{"time": "2026-07-01", "event_type": "' + text + b'", "name": "' + text + b'"}'
    yield b'{"time": "2026-07-01", "event_type": "/u/' + text + b'", "event": "' + text + b'"}'
