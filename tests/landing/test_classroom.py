"""The e-learning platform lands by its two YAML files alone, and what becomes of the sample's dirt."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from expectations.checkpoint import check
from expectations.suite import Scope
from scripts.sample_sources import AS_OF
from scripts.sample_sources.classroom import write_classroom
from scripts.sample_sources.subscriptions import write_subscriptions
from tests.landing.classroom_sample import TABLES, copy_to_mariadb
from tests.landing.own_warehouse import Landed

PSEUDONYM = re.compile(r"k1:[0-9a-f]{64}")
QUARANTINED = {"lessons": 2, "logins": 1, "points": 1, "scores": 3}
FILTERED = {"classes": 1, "logins": 1, "progress": 1, "scores": 1}


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("classroom")
    write_subscriptions(folder / "subscriptions.sqlite", 1, AS_OF)
    write_classroom(folder / "classroom.sqlite", 1, AS_OF, folder / "subscriptions.sqlite")
    return folder / "classroom.sqlite"


@pytest.fixture(scope="module")
def landed(sample) -> Iterator[Landed]:
    """From SQLite, as a run lands it."""
    with Landed(sample.parent, "classroom", {"url": f"sqlite:///{sample}"}, as_of=AS_OF) as done:
        yield done


def test_every_table_lands_balanced_as_many_rows_as_the_source_has(landed, sample):
    assert landed.outcome.errors == []
    assert [table.error for table in landed.outcome.tables] == [None] * 9
    with closing(sqlite3.connect(sample)) as source:
        for name in TABLES:
            ((offered,),) = source.execute(f"SELECT count(*) FROM {name}").fetchall()
            table = landed.table(name)
            assert table.balanced and table.rows_read == offered, name
            assert landed.rows(f"select count(*) from staging_classroom.{name}") == [(table.rows_landed,)]


def test_of_the_dirt_seven_rows_are_refused_and_four_filtered(landed):
    tables = landed.outcome.tables
    assert {t.contract.name: t.rows_quarantined for t in tables if t.rows_quarantined} == QUARANTINED
    assert {t.contract.name: t.rows_filtered for t in tables if t.rows_filtered} == FILTERED
    assert set(landed.rows("select table_name, column_name, reason from ops.quarantine")) == {
        ("lessons", "title", "text_too_long"),
        ("lessons", "duration_minutes", "number_not_lossless"),
        ("logins", "user_id", "value_missing"),
        ("points", "points", "number_not_lossless"),
        ("scores", "score", "number_not_lossless"),
        ("scores", "submitted_at", "not_a_timestamp"),
    }


def test_zero_dates_are_repaired_and_counted(landed):
    repairs = landed.rows("select table_name, column_name, reason, row_count from ops.value_repairs")
    assert set(repairs) == {
        ("users", "deleted_at", "zero_date", 3),
        ("classes", "ends_on", "zero_date", 1),
        ("scores", "graded_at", "zero_date", 1),
        ("progress", "completed_at", "zero_date", 1),
    }


def test_of_two_versions_the_newer_is_kept(landed):
    assert landed.rows("select count(*) from staging_classroom.classes where subject = 'Nothing yet'") == [
        (0,)
    ]
    [(score,)] = landed.rows(
        "select count(*) from staging_classroom.scores where score = 0 and updated_at < submitted_at"
    )
    assert score == 0


def test_emoji_and_a_nul_land_unharmed(landed):
    titles = {title for (title,) in landed.rows("select title from staging_classroom.lessons")}
    assert {"Stars and planets 🪐✨", "Nul\0Island"} <= titles


def test_kinds_of_account_are_told_before_the_username_is_hashed(landed):
    kinds = dict(landed.rows("select account_kind, count(*) from staging_classroom.users group by all"))
    assert {kind: kinds[kind] for kind in ("guest", "staff", "bot", "generator")} == {
        "guest": 2, "staff": 2, "bot": 1, "generator": 2,
    }  # fmt: skip
    [(deleted,)] = landed.rows("select count(*) from staging_classroom.users where status = 'deleted'")
    assert kinds["retired"] == deleted > 50
    assert kinds["learner"] > 500


def test_addresses_that_are_equal_have_one_pseudonym_and_those_of_nobody_none(landed):
    shared = landed.rows(
        "select count(*) as n from staging_classroom.users where email is not null "
        "group by email having n > 1 order by n"
    )
    assert shared == [(2,), (2,), (3,)]  # siblings, an address given again, a mailbox
    [(without,)] = landed.rows("select count(*) from staging_classroom.users where email is null")
    assert without > 100


def test_a_person_has_one_pseudonym_in_every_table(landed):
    for table, column in (
        ("classes", "teacher_id"), ("class_members", "user_id"), ("logins", "user_id"),
        ("scores", "user_id"), ("points", "user_id"), ("progress", "user_id"), ("audit", "actor_id"),
    ):  # fmt: skip
        [(people, unknown)] = landed.rows(
            f"select count(distinct {column}), count(distinct {column}) filter (where u.id is null) "
            f"from staging_classroom.{table} as t left join staging_classroom.users as u on u.id = t.{column}"
        )
        assert people > 20 and unknown <= 1, table


def test_no_name_address_or_text_lands(landed, sample):
    """Every value of a personal column of the source is looked for in every landed text."""
    wanted: set[str] = set()
    found: set[str] = set()
    with closing(sqlite3.connect(sample)) as source:
        for table in TABLES.values():
            for column in table.columns:
                if column.personal != "none" and column.source_type not in ("bigint", "date"):
                    values = source.execute(f"SELECT DISTINCT {column.name} FROM {table.name}")
                    wanted |= {value.lower() for (value,) in values if value and len(value) > 6}
                if column.lands and column.kind == "text":
                    texts = f"select distinct {column.name} from staging_classroom.{table.name}"
                    found |= {text for (text,) in landed.rows(texts) if text}
    plain = "\n".join(text.lower() for text in found if not PSEUDONYM.fullmatch(text))
    assert len(wanted) > 3000 and len(plain) > 2000
    assert [value for value in wanted if value in plain] == []


def test_the_suites_find_the_dirt_and_nothing_else(landed):
    relations = [f"staging_classroom.{table}" for table in TABLES]
    found = [r for r in check(landed.warehouse, "staging", relations, Scope(AS_OF, ())) if not r.success]
    assert {r.severity for r in found} == {"warn"}
    failed = {(r.relation.partition(".")[2], r.expectation, r.column): r.unexpected_count for r in found}
    assert failed == {
        ("users", "expect_column_values_to_be_in_set", "role"): 1,
        ("users", "half_deleted", None): 2,
        ("classes", "academic_year_as_2025_26", None): 1,
        ("logins", "not_in_the_future", None): 1,
        ("scores", "expect_column_values_to_be_between", "score"): 1,
        ("scores", "score_above_the_highest_mark", None): 2,
        ("scores", "graded_before_handed_in", None): 1,
        ("points", "expect_column_values_to_be_between", "points"): 1,
        ("progress", "expect_column_values_to_be_between", "percent_complete"): 2,
        ("progress", "ends_before_it_begins", None): 1,
    }


def test_mysql_s_own_types_give_the_same_staging(landed, sample, mariadb, tmp_path):
    """datetime, timestamp, date, tinyint(1), decimal, zero dates: row by row and hash by hash."""
    copy_to_mariadb(sample, mariadb, "classroom")
    source = {"url": mariadb.url("classroom"), "ca_file": mariadb.ca_file}
    with Landed(tmp_path, "classroom", source, as_of=AS_OF) as copied:
        assert copied.outcome.errors == []
        assert all(table.error is None and table.balanced for table in copied.outcome.tables)
        refused = copied.rows("select table_name, column_name, reason from ops.quarantine order by all")
        assert refused == [
            ("logins", "user_id", "value_missing"),
            ("scores", "submitted_at", "not_a_timestamp"),
        ]
        repairs = "select table_name, column_name, row_count from ops.value_repairs order by all"
        assert copied.rows(repairs) == landed.rows(repairs)
        for name in TABLES:
            assert copied.staged(name) == landed.staged(name), name
            assert len(copied.staged(name)) == landed.table(name).rows_landed > 100
        later = copied.land()
        assert [table.rows_landed for table in later.tables] == [0] * 9
        assert later.errors == [] and all(table.balanced for table in later.tables)
