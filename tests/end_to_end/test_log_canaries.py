"""Somebody who is named in every field of every family of events is named nowhere after the landing."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.edx_homes import edx_home
from tests.end_to_end.homes import Home, Said
from tests.end_to_end.log_canaries import CANARIES, DAY, acts, lines, places
from tests.end_to_end.test_identifiers import texts
from tests.servers.gpg_keys import NOT_INSTALLED, GpgKeys, installed

LOGS = Path("unix/edx/events/2026")
NEEDLES = {canary.lower() for canary in CANARIES}


@pytest.fixture(scope="module")
def landed(tmp_path_factory) -> Iterator[tuple[Home, Said]]:
    """A day of canaries, another one that was cut, and what the command said. To be looked at."""
    if not installed():
        pytest.skip(NOT_INSTALLED)
    keys, folder = GpgKeys(), tmp_path_factory.mktemp("canaries")
    store = folder / "store"
    (store / LOGS).mkdir(parents=True)
    packed = gzip.compress(b"".join(line + b"\n" for line in lines()), compresslevel=1)
    sealed = keys.encrypted(packed, "unix", more=("--compress-algo", "none"))
    (store / LOGS / f"unix-edx-events-{DAY}.log.gz.gpg").write_bytes(sealed)
    (store / LOGS / "unix-edx-events-2026-07-02.log.gz.gpg").write_bytes(sealed[:-100])
    (store / LOGS / "unix-edx-events-2026-07-03.log.gz.gpg").write_bytes(
        keys.encrypted(packed[:-100], "unix")
    )
    home = edx_home(folder, store.as_uri(), keys.settings("unix").key_file)
    yield home, home.command("land", "edx")
    keys.stop()


def named_in(home: Home) -> list[str]:
    """Files and columns below the home that hold a canary, but for the store."""
    found = []
    for path in home.folder.rglob("*"):
        if not path.is_file() or path.is_relative_to(home.folder / "store"):
            continue
        text = path.read_bytes().lower()
        if any(needle.encode() in text for needle in NEEDLES):
            found.append(path.name)
        if path.suffix in (".duckdb", ".parquet"):
            found += [f"{path.name}: {name}" for name, values in texts(path) if named(values)]
    return found


def named(text: str) -> list[str]:
    return [needle for needle in NEEDLES if needle in text.lower()]


def test_every_family_is_there_and_most_lines_landed(landed):
    home, said = landed
    assert said.code == 3, said.everything  # the two that were cut
    families = dict(home.rows("select family, count(*) from staging_edx.tracking_events group by all"))
    assert families.keys() == acts().keys()
    for family, count in families.items():
        assert count > 4 * len(places(family)) * len(CANARIES)
    [(read, lost)] = home.rows(
        "select rows_read, rows_quarantined + rows_filtered from ops.landings where outcome = 'closed'"
    )
    assert read == sum(1 for _ in lines())
    assert lost < read / 20


def test_no_column_of_any_table_and_no_file_names_a_canary(landed):
    assert named_in(landed[0]) == []


def test_no_message_names_a_canary(landed):
    home, said = landed
    assert len(said.sentences) == 2
    assert named(said.everything) == []
    for path in (home.folder / "logs").rglob("*"):
        assert named(path.read_text()) == []


def test_the_search_finds_what_is_there(landed, tmp_path):
    """The lines have the canaries, and a column with one would be seen."""
    home = landed[0]
    whole = b"\n".join(lines()).lower()
    assert all(needle.encode() in whole for needle in NEEDLES)
    copied = Home(tmp_path, {})
    (tmp_path / "left.tmp").write_bytes(next(lines()))
    assert named_in(copied) == ["left.tmp"]
    searched = [name for name, _ in texts(home.folder / "warehouse.duckdb")]
    assert "staging_edx.tracking_events.block_id" in searched
    assert "ops.quarantine.sealed_payload" in searched
