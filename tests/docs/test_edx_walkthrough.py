"""docs/edx-walkthrough.md, done as it says: a key, files encrypted for it, an S3, the run, the list."""

from __future__ import annotations

import secrets
import shlex

import pytest

from scripts.sample_sources.edx import plain_packages, told
from scripts.sample_sources.edx_logs import plain_logs, write_logs
from scripts.sample_sources.edx_packages import write_packages
from tests.docs.pages import DOCS, blocks, text
from tests.docs.test_readme import rows
from tests.end_to_end.homes import Home
from tests.servers.gpg_keys import NOT_INSTALLED, GpgKeys, installed
from tests.servers.s3 import LOGIN, S3Server

PAGE = DOCS / "edx-walkthrough.md"
PLACE = "WAREHOUSE_SOURCES__EDX__UNIX"


@pytest.fixture(scope="module")
def landed(tmp_path_factory):
    """A home with the page's settings after `warehouse run edx`, and what that said."""
    if not installed():
        pytest.skip(NOT_INSTALLED)
    folder, keys, server = tmp_path_factory.mktemp("edx"), GpgKeys(), S3Server.start()
    key_file = keys.settings("data@unix.example").key_file
    write_packages(folder / "delivered", key_file, plain_packages(1, []))
    for path in (folder / "delivered").rglob("*.zip"):
        server.put("course-data", str(path.relative_to(folder / "delivered")), path.read_bytes())
    write_logs(folder / "logged", key_file, plain_logs(told(1, []), 1))
    for path in (folder / "logged").rglob("*.gpg"):
        server.put("edx-course-data", str(path.relative_to(folder / "logged")), path.read_bytes())
    settings = {
        "WAREHOUSE_HOME": str(folder), "WAREHOUSE_AS_OF": "2026-07-31T06:00:00",
        "WAREHOUSE_PSEUDONYM_KEY": secrets.token_hex(32), "WAREHOUSE_SEALING_KEY": secrets.token_hex(32),
        f"{PLACE}__URL": "s3://course-data", f"{PLACE}__EVENTS_URL": "s3://edx-course-data",
        f"{PLACE}__GPG__KEY_FILE": str(key_file),
        f"{PLACE}__AWS__ACCESS_KEY_ID": LOGIN["access_key_id"],
        f"{PLACE}__AWS__SECRET_ACCESS_KEY": LOGIN["secret_access_key"],
        f"{PLACE}__AWS__REGION": "us-east-1", f"{PLACE}__AWS__ENDPOINT_URL": server.url,
    }  # fmt: skip
    assert set(settings) <= set(text(PAGE).replace("=", "\n").splitlines()), "the page sets other variables"
    home = Home(folder, settings)
    yield home, home.command("run", "edx")
    server.stop()
    keys.stop()


def shown_after(words: str) -> tuple[list[str], str]:
    """The command with these words, and the answer the page shows for it."""
    found = blocks(PAGE)
    number = next(number for number, block in enumerate(found) if words in block.text)
    return shlex.split(found[number].text)[1:], found[number + 1].text


def test_the_run_is_as_shown(landed):
    _, said = landed
    assert said.code == 0, said.everything
    _, shown = shown_after("warehouse run edx")
    assert [row[:-1] for row in rows(said.out[: said.out.index("└")])] == [row[:-1] for row in rows(shown)]
    lines = [line for line in shown.splitlines() if line.startswith("!")]
    assert lines and set(lines) <= set(said.out.splitlines())
    assert "Published 24,829 rows" in shown
    assert "Published 24,829 rows" in said.out


@pytest.mark.parametrize(
    "words",
    [
        "from ops.package_members",
        "from ops.quarantine",
        "from staging.stg_edx__events",
        "count(*) as learners",
    ],
)
def test_the_answers_are_as_shown(landed, words):
    home, _ = landed
    command, shown = shown_after(words)
    said = home.command(*command)
    assert said.code == 0, said.err
    assert rows(said.out) == rows(shown)
    assert len(rows(shown)) > 6


def test_a_second_run_opens_no_file(landed):
    home, _ = landed
    said = home.command("run", "edx")
    assert said.code == 0, said.everything
    assert said.counts("edx")["read"] == 0
    assert "Nothing changed since the last published run" in said.out


def test_the_list_itself_has_a_reason_for_everybody_who_is_not_on_it(landed):
    home, _ = landed
    command = next(
        shlex.split(block.text)[1:] for block in blocks(PAGE) if "why_not_eligible" in block.text
    )  # fmt: skip
    said = home.command(*command, "--format", "csv")
    assert said.code == 0, said.err
    listed = said.out.splitlines()[1:]
    assert len(listed) == 21 + 81 + 13 + 79
    assert not [line for line in listed if line.endswith(",,")]
