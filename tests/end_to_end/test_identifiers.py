"""No name, address, login or free text of the sources is anywhere outside them, sealed payloads apart."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from scripts.sample_sources import classroom, moodle, reading_items
from tests.end_to_end.edx_identifiers import edx_identifiers
from tests.end_to_end.homes import Home

# A pseudonym of the sample, or a key that a model made of others.
_KEYS = "sample:[0-9a-f]{64}|[0-9a-f]{32}"
# Logins that are also words of ours: kinds of accounts, and every installation's administrator.
WORDS = {"guest", "admin"}
PERSONS: dict[str, dict[str, tuple[str, ...]]] = {
    "subscriptions": {"contacts": ("email",)},
    "moodle": {
        "mdl_user": (
            "username", "email", "idnumber", "firstname", "lastname", "phone1", "address", "institution",
            "lastip", "description", "password", "secret",
        ),
        "mdl_forum_posts": ("message", "subject"),
        "mdl_logstore_standard_log": ("ip",),
        "mdl_grade_grades": ("feedback",),
    },
    "classroom": {"users": ("username", "email")},
    "bookshelf": {"Accounts": ("Email", "DisplayName")},
}  # fmt: skip


def identifiers(home: Home) -> set[str]:
    """Every distinct value of the sources' personal columns, lower-cased, but for the shortest."""
    found = {
        text.lower() for text in (*moodle.NEVER_LANDS, *classroom.NEVER_LANDS, *reading_items.NEVER_LANDS)
    }
    for platform, tables in PERSONS.items():
        with closing(sqlite3.connect(home.source(platform))) as source:
            for table, columns in tables.items():
                offered = {row[1] for row in source.execute(f"pragma table_info({table})")}
                for column in offered.intersection(columns):
                    rows = source.execute(f'select distinct "{column}" from "{table}"')
                    found |= {str(row[0]).lower() for row in rows if row[0]}
    found |= full_names(home) | edx_identifiers(home.folder / "sample" / "edx")
    return {text for text in found if len(text) > 4} - WORDS


def full_names(home: Home) -> set[str]:
    """A person's first or last name alone is a word that a school's name may hold."""
    found: set[str] = set()
    for platform, table in (("subscriptions", "contacts"), ("classroom", "users")):
        with closing(sqlite3.connect(home.source(platform))) as source:
            names = source.execute(f"select first_name || ' ' || last_name from {table}")
            found |= {name.lower() for (name,) in names}
    return found


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """Each column of a DuckDB or Parquet file as one lower-cased text, a value a line, without keys."""
    is_parquet = path.suffix == ".parquet"
    with closing(duckdb.connect(":memory:" if is_parquet else path, read_only=not is_parquet)) as connection:
        if is_parquet:
            connection.execute(f"create table rows as select * from read_parquet('{path}')")
        columns = connection.execute(
            "select table_schema, table_name, list(column_name order by column_name) "
            "from information_schema.columns where data_type in ('VARCHAR', 'JSON', 'BLOB') group by all"
        ).fetchall()
        for schema, table, names in columns:
            # a view is worked out once, not once for each of its columns
            listed = ", ".join(f'"{name}"' for name in names)
            connection.execute(f'create temp table seen as select {listed} from "{schema}"."{table}"')
            for name in names:
                # keys are made of pseudonyms, too many of them to look for thousands of names in
                plain = f"""regexp_replace(lower(cast("{name}" as varchar)), '{_KEYS}', '', 'g')"""
                rows = connection.execute(f'select distinct {plain} from seen where "{name}" is not null')
                yield f"{schema}.{table}.{name}", "\n".join(row[0] for row in rows.fetchall())
            connection.execute("drop table seen")


class Needles:
    """Thousands of texts to look for at once, none shorter than `_START` characters."""

    _START = 5

    def __init__(self, wanted: set[str]) -> None:
        self.by_start: dict[str, list[str]] = {}
        for needle in wanted:
            assert len(needle) >= self._START
            self.by_start.setdefault(needle[: self._START], []).append(needle)

    def found_in(self, text: str) -> list[str]:
        """Every one that is in the text; only those are searched for whose first letters are in it."""
        starts = {text[place : place + self._START] for place in range(len(text) - self._START + 1)}
        return [
            needle
            for start in starts.intersection(self.by_start)
            for needle in self.by_start[start]
            if needle in text
        ]


@pytest.fixture(scope="module")
def needles(first) -> Needles:
    wanted = identifiers(first[0])
    assert {"pupil00010", "quillfeather", "zinnober lane"} <= wanted
    assert len(wanted) > 1000
    if first[0].rows("select 1 from ops.packages limit 1"):
        assert {"quincunx terrace", "i want to lead like a heron", "perpetua quincunx"} <= wanted
        assert first[0].value("select count(*) from staging_edx.tracking_events") > 20_000
        assert len([word for word in wanted if word.endswith("@learners.example")]) > 100
    return Needles(wanted)


@pytest.mark.parametrize("file", ["warehouse.duckdb", "published/marts.duckdb"])
def test_no_column_of_any_schema_holds_an_identifier(first, needles, file):
    searched = {}
    for column, text in texts(first[0].folder / file):
        searched[column] = len(text)
        assert needles.found_in(text) == [], column
    assert len(searched) > (150 if file.startswith("warehouse") else 20)


def test_the_search_finds_what_is_there(first, needles, tmp_path):
    path = tmp_path / "leak.duckdb"
    with closing(duckdb.connect(path)) as connection:
        connection.execute(
            "create table t as select 'sample:' || repeat('a', 64) as p, 'Mx Quillfeather' as x"
        )
    assert [column for column, text in texts(path) if needles.found_in(text)] == ["main.t.x"]


def test_nothing_left_beside_the_warehouse_holds_an_identifier(first, needles):
    """Logs, dbt's target folder, work files of the landing, dlt's folder."""
    home, searched = first[0], []
    for path in home.folder.rglob("*"):
        if not path.is_file() or path.suffix == ".duckdb" or path.is_relative_to(home.folder / "sample"):
            continue
        searched.append(path.name)
        if path.suffix == ".parquet":
            assert [column for column, text in texts(path) if needles.found_in(text)] == [], path
        else:
            text = path.read_bytes().decode("utf-8", "replace").lower()
            assert needles.found_in(text) == [], path
    assert "dbt.log" in searched
    assert "manifest.json" in searched


def test_no_message_holds_an_identifier_or_a_key(first, needles):
    home, said = first
    assert needles.found_in(said.everything.lower()) == []
    keys = {home.settings[name] for name in ("WAREHOUSE_PSEUDONYM_KEY", "WAREHOUSE_SEALING_KEY")}
    assert Needles(keys).found_in(said.everything) == []
    for path in (home.folder / "logs").rglob("*"):
        assert Needles(keys).found_in(path.read_text()) == []


def test_published_people_are_pseudonyms(first):
    keys = [row[0] for row in first[0].marts("select person_key from core.dim_people")]
    assert len(keys) > 300
    assert all(len(key.rsplit(":", 1)[1]) == 64 for key in keys)
