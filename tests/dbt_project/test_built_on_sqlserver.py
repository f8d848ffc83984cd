"""What dbt sends to SQL Server while it builds is what was reviewed: a node of each kind, first and later.

The files in `sqlserver/` are read by people; the catalogue's questions of dbt-sqlserver are left out. When a
statement changes on purpose, the failing test prints what to put there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.settings import PROJECT_ROOT
from scripts.lint_tsql.built import Build, recorded, statements_of

REVIEWED = Path(__file__).parent / "sqlserver"
NODES = (
    "product_platforms", "stg_subscriptions__products", "dim_products", "int_course_activity__moodle_days",
    "organisation_versions", "no_day_is_in_two_school_holidays",
)  # fmt: skip
WORDS = ("--indirect-selection", "empty", "--select", *NODES)
VERSIONS = {"dbt_scd_id": "varchar(32)"} | dict.fromkeys(
    ("dbt_updated_at", "dbt_valid_from", "dbt_valid_to"), "datetime2(6)"
)
THERE = {
    "intermediate": {
        "product_platforms": {"kind": "table", "columns": {"product_code": "nvarchar(40)"}},
        "int_course_activity__moodle_days": {
            "kind": "table", "columns": {"instance": "nvarchar(60)", "activity_date": "date"},
        },
    },
    "staging": {"stg_subscriptions__products": {"kind": "view", "columns": {"product_id": "bigint"}}},
    "build_core": {"dim_products": {"kind": "table", "columns": {"product_key": "nvarchar(120)"}}},
    "history": {
        "organisation_versions": {
            "kind": "table", "columns": {"organisation_key": "nvarchar(120)"} | VERSIONS,
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is sent, by build and node."""
    builds = tuple(Build(name, WORDS, there=name == "later_build") for name in ("first_build", "later_build"))
    folder = tmp_path_factory.mktemp("recorded")
    batches = recorded(PROJECT_ROOT / "dbt_project", folder, THERE, builds)
    return {
        f"{build.name}/{node}.sql": as_text(found, node)
        for build, found in zip(builds, batches, strict=True)
        for node in NODES
    }


def as_text(batches: list[tuple[str, str]], node: str) -> str:
    """The statements for one node, in order."""
    statements = [text for key, batch in batches if key.split(".")[2:3] == [node] for text in said(batch)]
    return re.sub(r"(testview_[0-9a-f]{32})_\d+", r"\1", "\n".join(statements)) + "\n"


def said(batch: str) -> Iterator[str]:
    """Ends and beginnings of transactions, renames, and everything of ours; not what dbt cleans up."""
    if re.fullmatch(r"(BEGIN|IF @@TRANCOUNT > 0 \w+) TRANSACTION", batch):
        yield batch
    elif rename := re.search(r"EXEC sp_rename .*", batch):
        yield rename[0]
    else:
        for piece in statements_of(batch):
            if not re.match(r"drop (view|table) if exists .*__dbt_|drop view", piece, re.IGNORECASE):
                yield re.sub(r"\s*;?$", ";", "\n".join(line.rstrip() for line in piece.splitlines()), count=1)


@pytest.mark.parametrize("node", NODES)
@pytest.mark.parametrize("build", ["first_build", "later_build"])
def test_dbt_sends_what_was_reviewed(sent, build, node):
    name = f"{build}/{node}.sql"
    assert sent[name] == (REVIEWED / name).read_text(encoding="utf-8"), sent[name]


def test_the_delete_the_insert_and_the_memory_of_a_later_build_are_one_transaction(sent):
    model = sent["later_build/int_course_activity__moodle_days.sql"]
    deleted = model.index('delete from "warehouse"."intermediate"."int_course_activity__moodle_days"')
    remembered = model.index('int_course_activity__moodle_days__built" from (select')
    begun = model.rindex("BEGIN TRANSACTION", 0, deleted)
    assert begun < deleted < model.index('insert into "warehouse"') < remembered
    assert "TRANSACTION" not in model[begun + len("BEGIN TRANSACTION") : remembered]
    assert "COMMIT TRANSACTION" in model[remembered:]
