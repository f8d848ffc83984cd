"""What the names of archives and of their members say; nothing is looked up, nothing opened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import md5
from typing import Literal

_DATE = r"(?P<date>\d{4}-\d{2}-\d{2})"
_ARCHIVES: tuple[tuple[Literal["snapshot", "opt_in"], re.Pattern[str]], ...] = (
    ("opt_in", re.compile(rf"email-opt-in/email-opt-in-(?P<org>[^/]+)-{_DATE}\.zip")),
    ("opt_in", re.compile(rf"email-opt-in/(?P<org>[^/]+)-{_DATE}\.zip")),
    ("snapshot", re.compile(rf"(?P<org>[^/]+)-{_DATE}\.zip")),
)
_EXTENSION = re.compile(r"\.(sql|json|csv|mongo|xml\.tar\.gz|tar\.gz|xml)$")
_FORUM_SITE = re.compile(r"-(prod-edge|prod|edx|edge|patches)$")
# what stands for the site at a file name's end, longest first; `prod` is edx.org
_WRITERS = (
    "prod-edge-analytics", "acceptance-analytics", "patches-analytics", "prod-analytics", "edge-analytics",
    "edx-analytics", "acceptance", "analytics",
)  # fmt: skip
_MD5 = re.compile(r"-(?P<md5>[0-9a-f]{32})$")

Site = Literal["edx", "edge"]


@dataclass(frozen=True)
class ArchiveName:
    """`organisation` in lower case. False in a condition when the key is no archive of ours (`kind` None)."""

    kind: Literal["snapshot", "opt_in"] | None = None
    organisation: str = ""
    snapshot_date: date | None = None

    def __bool__(self) -> bool:
        return self.kind is not None


@dataclass(frozen=True)
class MemberName:
    """`entity` is a course run as file names write it (or the organisation); it is not taken apart, since
    each of its parts may hold a dash. `task` None: no known task; `table` None: known, but not read.
    """

    entity: str
    task: str | None
    table: str | None
    site: Site
    failed: bool
    encrypted: bool


def archive_prefixes(organisation: str) -> list[str]:
    """What the keys of an organisation's archives begin with (so do those of `unix-press` for `unix`)."""
    return [f"{organisation}-", f"email-opt-in/email-opt-in-{organisation}-", f"email-opt-in/{organisation}-"]


def read_archive_name(key: str) -> ArchiveName:
    """The archive a key names: `{org}-{date}.zip`, `email-opt-in/[email-opt-in-]{org}-{date}.zip`."""
    for kind, pattern in _ARCHIVES:
        if match := pattern.fullmatch(key):
            try:
                day = date.fromisoformat(match["date"])
            except ValueError:
                break
            return ArchiveName(kind, match["org"].lower(), day)
    return ArchiveName()


def read_member_name(path: str, tasks: Mapping[str, str | None]) -> MemberName:
    """Reads a member's name from the right; `tasks` maps each known task to its table (None: not read)."""
    name = path.rsplit("/", 1)[-1]
    encrypted = failed = False
    while name.endswith((".gpg", ".pgp", ".failed")):
        encrypted |= not name.endswith(".failed")
        failed |= name.endswith(".failed")
        name = name.rpartition(".")[0]
    extension = _EXTENSION.search(name)
    name = name[: extension.start()] if extension else name
    if extension and extension[1] == "mongo":
        entity, site = _forum(name)
        return MemberName(entity, "forum", tasks.get("forum"), site, failed, encrypted)
    entity, task, site = _entity_and_task(name, tasks)
    return MemberName(entity, task, tasks.get(task) if task else None, site, failed, encrypted)


def _forum(name: str) -> tuple[str, Site]:
    """`{entity}-{prod|edge}`, and the older `{entity}` alone."""
    match = _FORUM_SITE.search(name)
    site = match[1] if match else ""
    return (name[: match.start()] if match else name), _site(site)


def _entity_and_task(name: str, tasks: Mapping[str, str | None]) -> tuple[str, str | None, Site]:
    for writer in _WRITERS:
        if name.endswith(f"-{writer}"):
            entity, task = _known_task(name[: -len(writer) - 1], tasks)
            return entity, task, _site(writer)
    if cut := _MD5.search(name):
        return _cut(name[: cut.start()], cut["md5"], tasks)
    entity, task = _known_task(name, tasks)
    return entity, task, "edx"


def _known_task(name: str, tasks: Mapping[str, str | None]) -> tuple[str, str | None]:
    """The longest known task that ends the name, and what is before it."""
    for task in sorted(tasks, key=len, reverse=True):
        if name == task:
            return "", task
        if name.endswith(f"-{task}"):
            return name[: -len(task) - 1], task
    return name, None


def _cut(name: str, digest: str, tasks: Mapping[str, str | None]) -> tuple[str, str | None, Site]:
    """A name of 235 characters or more: its end is replaced by the md5 of the writer's part.

    The task is found when it was left whole, with as much of the writer's part as was left behind it.
    """
    hashed = {md5(writer.encode(), usedforsecurity=False).hexdigest(): writer for writer in _WRITERS}
    writers = [hashed[digest]] if digest in hashed else list(_WRITERS)
    for writer in writers:
        for length in range(len(writer) + 1, -1, -1):
            left = f"-{writer}"[:length]
            entity, task = _known_task(name.removesuffix(left), tasks)
            if name.endswith(left) and task:
                return entity, task, _site(writer)
    return name, None, _site(hashed.get(digest, ""))


def _site(writer: str) -> Site:
    return "edge" if "edge" in writer.split("-") else "edx"
