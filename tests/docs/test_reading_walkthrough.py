"""docs/reading-walkthrough.md, done as it says: two accounts, exports, a delete, a re-insert, the marts."""

from __future__ import annotations

import os
import secrets
import shlex
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.docs.pages import DOCS, PROJECT_ROOT, blocks, text
from tests.end_to_end.homes import Home, Said
from tests.servers.s3 import S3Server

PAGE = DOCS / "reading-walkthrough.md"
PLACE = "WAREHOUSE_SOURCES__READING__MAIN"
ADDRESS = "http://127.0.0.1:5556"


class Walk:
    """The page's scripts and commands, on a server of this test."""

    def __init__(self, folder, server: S3Server) -> None:
        self._folder = folder / "scripts"
        self._folder.mkdir()
        for block in blocks(PAGE, "python"):
            name = block.first_line.removeprefix("# ")
            (self._folder / name).write_text(block.rest.replace(ADDRESS, server.url), encoding="utf-8")
        self.home = Home(folder, {
            "WAREHOUSE_HOME": str(folder), "WAREHOUSE_AS_OF": "2026-07-31T06:00:00",
            "WAREHOUSE_PSEUDONYM_KEY": secrets.token_hex(32), "WAREHOUSE_SEALING_KEY": secrets.token_hex(32),
            f"{PLACE}__URL": "s3://warehouse-exports/nightly", f"{PLACE}__AWS__ACCESS_KEY_ID": "walk",
            f"{PLACE}__AWS__SECRET_ACCESS_KEY": "through", f"{PLACE}__AWS__REGION": "us-east-1",
            f"{PLACE}__AWS__ENDPOINT_URL": server.url,
        })  # fmt: skip

    def script(self, name: str) -> None:
        environment = os.environ | {"PYTHONPATH": str(PROJECT_ROOT)}
        subprocess.run([sys.executable, str(self._folder / name)], check=True, env=environment)

    def command(self, *words: str) -> Said:
        said = self.home.command(*words)
        assert said.code == 0, said.everything
        return said

    def asked(self, words: str) -> list[list[str]]:
        """The answer to the page's query with these words."""
        shell = next(
            line for block in blocks(PAGE, "sh") for line in block.text.splitlines() if words in line
        )
        lines = self.command(*shlex.split(shell)[1:], "--format", "csv").out.splitlines()
        return [line.split(",") for line in lines]


def shown() -> Iterator[list[list[str]]]:
    """The tables that the page shows, in order."""
    table: list[list[str]] = []
    for line in [*text(PAGE).splitlines(), ""]:
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            table += [cells] if set("".join(cells)) != {"-"} else []
        elif table:
            yield table
            table = []


@pytest.fixture
def walk(tmp_path) -> Iterator[Walk]:
    server = S3Server.start()
    yield Walk(tmp_path, server)
    server.stop()


def test_an_item_reaches_the_marts_of_another_account_goes_and_comes_back(walk):
    said = {line.partition("=")[0] for line in text(PAGE).splitlines()}
    assert set(walk.home.settings) <= said, "the page sets other variables"
    versions, days = shown()
    for script in "first.py", "gone.py":
        walk.script(script)
        walk.command("land", "reading")
    assert walk.asked("_change, pages_read") == versions
    walk.script("back.py")
    walk.command("run", "reading")
    assert walk.asked("fct_course_activity_daily") == days
