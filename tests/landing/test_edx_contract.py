"""The contract of edX's packages on rows as edX writes them: what lands of a person, what is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.contracts import TableContract, contract_path, load_contract
from pipelines.landing.classify import Classified
from tests.landing.tables import KEY_ID, classify, in_memory

CONTRACT = load_contract(contract_path("edx"))
STATE = Path("edx/edx-analytics-pipeline/input/obfuscation/state")
PREFIX = "edX-DemoX-Demo_Course"
ACCOUNT = {"is_staff": "0", "is_active": "1", "is_superuser": "0", "date_joined": "2015-08-12 23:13:03"}


def classified(table: TableContract, rows: Sequence[Mapping[str, str | None]]) -> Classified:
    """Rows as the reader gives them: the fetched columns as text, NULL where a file has none."""
    names = [column.name for column in table.fetched]
    batch = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}
    return classify(in_memory(), table, pa.table(batch))


def accounts(*usernames: str) -> list[dict[str, object]]:
    rows = [
        {"_entity": "U-D-1", "id": str(number), "username": name, "email": f"{name}@uni.edu", **ACCOUNT}
        for number, name in enumerate(usernames)
    ]
    return classified(CONTRACT.table("auth_user"), rows).landed.to_pylist()


def test_every_table_is_keyed_by_the_file_it_is_of():
    for table in CONTRACT.tables.values():
        file = "_file_key" if table.name == "tracking_events" else "_entity"  # one of all entities
        assert table.columns[0].name == table.key[0] == file, table.name
        assert len(table.key) > 1, table.name


@pytest.mark.parametrize(
    ("username", "kind"),
    [
        ("retired__user_0123456789abcdef0123456789abcdef01234567", "retired"),
        ("course_discovery_worker", "bot"),
        ("socialworker", "learner"),
        ("ada", "learner"),
    ],
)
def test_what_an_account_is_for_is_told_by_its_username(username, kind):
    (row,) = accounts(username)
    assert row["account_kind"] == kind


def test_nothing_of_a_person_lands_but_pseudonyms():
    (row,) = accounts("ada")
    assert {name for name, value in row.items() if str(value).startswith(f"{KEY_ID}:")} == {
        "id", "username", "email",
    }  # fmt: skip
    assert not any(str(value).startswith("ada") for value in row.values())
    assert row["email_domain_class"] == "education"


def test_anonymous_ids_meet_across_the_tables_of_assessments():
    anonymous = "5afe5d9bb03796557ee2614f5c9611fb"
    links = {
        "student_anonymoususerid": ("anonymous_user_id", {"id": "1", "user_id": "7"}),
        "submissions_studentitem": ("student_id", {"id": "1"}),
        "assessment_assessment": ("scorer_id", {"id": "1"}),
    }
    found = set()
    for name, (column, row) in links.items():
        done = classified(CONTRACT.table(name), [{"_entity": "U-D-1", column: anonymous, **row}])
        found |= set(done.landed[column].to_pylist())
    assert len(found) == 1


@pytest.mark.parametrize(
    ("table", "refused"),
    [
        ("auth_user", []),
        ("student_courseenrollment", []),
        ("student_languageproficiency", []),
        ("teams", [("not_a_timestamp", "last_activity_at")]),  # 31 September
    ],
)
def test_files_that_others_made_land(real_data, table, refused):
    path = real_data / STATE / f"{PREFIX}-{table}-acceptance.sql"
    header, *lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    names = header.split("\t")
    rows = [
        {"_entity": PREFIX, **{name: None if value == "NULL" else value
                               for name, value in zip(names, line.split("\t"), strict=True)}}
        for line in lines
    ]  # fmt: skip
    assert set(names) <= {column.name for column in CONTRACT.table(table).columns}

    done = classified(CONTRACT.table(table), rows)

    assert sorted({(row.reason, row.column) for row in done.refused}) == refused
    assert done.landed.num_rows + len(done.refused) == len(rows) > 0
