"""A real Moodle on a real MariaDB, landed as in production: TLS, read-only, a login that may only SELECT."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from pipelines.landing.platform import land_platform
from pipelines.sources.config import config_path, load_source_config
from pipelines.warehouse import Warehouse

NAMED_COUNTS = {
    "mdl_user": 1_275,
    "mdl_user_enrolments": 2_853,
    "mdl_quiz_attempts": 2_516,
    "mdl_grade_grades": 7_488,
    "mdl_logstore_standard_log": 111_653,
}
PSEUDONYM = re.compile(r"^k1:[0-9a-f]{64}$")
# names every installation has, and our own words for kinds of accounts
WORDS = {"guest", "admin", "user", "admin user"}


# ---------------------------------------------------------------- counts


def test_every_table_lands_whole(landed, warehouse, contract, source):
    assert landed.errors == []
    assert [str(table.error) for table in landed.tables if table.error] == []
    config = load_source_config(config_path("moodle"), contract)
    for outcome in landed.tables:
        name = outcome.contract.name
        where = config.tables[name].row_filter or "1 = 1"
        [(there,)] = source(f"select count(*) from {name} where {where}")
        [(here,)] = warehouse.rows(f"select count(*) from staging_moodle.{name}")
        assert (there, there, there) == (here, outcome.rows_read, outcome.rows_landed), name
        assert (outcome.rows_quarantined, outcome.rows_filtered, outcome.rows_deleted) == (0, 0, 0), name
    assert {table.contract.name for table in landed.tables} == set(contract.tables)


@pytest.mark.parametrize(("table", "rows"), NAMED_COUNTS.items())
def test_the_named_counts(landed, warehouse, table, rows):
    assert warehouse.value(f"select count(*) from staging_moodle.{table}") == rows


def test_a_second_look_changes_nothing(landed, settings, warehouse):
    again = land_platform(settings, warehouse, "second", "moodle", lambda _: None)
    assert [str(table.error) for table in again.tables if table.error] == []
    moved = [
        (table.contract.name, table.rows_landed, table.rows_deleted)
        for table in again.tables
        if table.changed
    ]
    assert moved == []
    load_ids = {table.load_id for table in again.tables}
    touched = warehouse.rows("select distinct load_id from ops.touched_partitions")
    assert not load_ids & {load_id for (load_id,) in touched}


# ---------------------------------------------------------------- nobody is named


@pytest.fixture(scope="module")
def texts(landed, warehouse, contract) -> str:
    """Every distinct text in every staging table, lower-cased, a value a line, pseudonyms left out."""
    found: set[str] = set()
    columns = warehouse.rows(
        "select table_name, column_name from information_schema.columns "
        "where table_schema = 'staging_moodle' and data_type = 'VARCHAR' and table_name like 'mdl%'"
    )
    assert len({table for table, _ in columns}) == len(contract.tables)
    for table, column in columns:
        values = warehouse.rows(f'select distinct lower("{column}") from staging_moodle."{table}"')
        found |= {value for (value,) in values if value and not PSEUDONYM.match(value)}
    return "\n" + "\n".join(sorted(found)) + "\n"


def names_of(rows) -> set[str]:
    return {str(value).lower() for row in rows for value in row if value and len(str(value)) > 3} - WORDS


def test_no_address_login_or_name_of_anybody_is_in_staging(texts, source):
    people = source(
        "select username, email, idnumber, phone1, phone2, concat(firstname, ' ', lastname), lastip "
        "from mdl_user"
    )
    # a short number would be found within many others
    needles = {needle for needle in names_of(people) if len(needle) > 5}
    assert len(needles) > 3_000
    assert sorted(needle for needle in needles if needle in texts) == []


def test_no_value_is_a_first_or_last_name(texts, source):
    names = names_of(source("select distinct firstname, lastname from mdl_user"))
    assert sorted(name for name in names if f"\n{name}\n" in texts) == []


def test_soft_deleted_people_keep_nothing_but_their_number(landed, settings, warehouse, source):
    """Moodle moves a deleted account's address into its login name and leaves its names as they were."""
    [(deleted,)] = source("select count(*) from mdl_user where deleted = 1")
    rows = warehouse.rows(
        "select username, email, account_kind from staging_moodle.mdl_user where deleted = 1"
    )
    assert rows == [(None, None, "retired")] * deleted
    assert deleted == 6
    people = source(
        "select username, email, concat(firstname, ' ', lastname) from mdl_user where deleted = 1"
    )
    warehouse.execute("checkpoint")
    content = settings.warehouse_file.read_bytes()
    assert [name for row in people for name in row if name.encode() in content] == []


def test_the_search_would_find_a_name(texts, warehouse, source):
    """Otherwise the tests above could not fail: words that did land are found in the same way."""
    [(course,)] = source("select fullname from mdl_course where category > 0 order by id limit 1")
    assert f"\n{course.lower()}\n" in texts
    assert course.encode() in open_file(warehouse)


def open_file(warehouse: Warehouse) -> bytes:
    warehouse.execute("checkpoint")
    return warehouse.disk.read_bytes()


@pytest.mark.parametrize(
    ("table", "free"),
    [
        ("mdl_forum_posts", ("subject", "message")),
        ("mdl_forum_discussions", ("name",)),
        ("mdl_course", ("summary",)),
        ("mdl_quiz", ("intro",)),
        ("mdl_assign", ("intro",)),
        ("mdl_forum", ("intro",)),
        ("mdl_grade_grades", ("feedback", "information")),
        ("mdl_logstore_standard_log", ("other", "ip")),
        ("mdl_user", ("description", "password", "secret")),
    ],
)
def test_free_text_and_secrets_are_not_there(landed, warehouse, table, free):
    assert not set(free) & set(warehouse.columns("staging_moodle", table))


def test_no_sentence_of_a_post_is_in_staging(texts, source):
    messages = source("select distinct message from mdl_forum_posts where length(message) > 30")
    sentences = {re.sub(r"<[^>]*>", "", message).strip().lower()[:60] for (message,) in messages}
    assert len(sentences) > 10
    assert [sentence for sentence in sentences if len(sentence) > 20 and sentence in texts] == []


# ---------------------------------------------------------------- traps of the data


def test_overridden_and_all_other_grades_are_exactly_the_sources(landed, warehouse, source):
    columns = "id, rawgrade, rawgrademax, rawgrademin, finalgrade, overridden"
    there = {row[0]: row[1:] for row in source(f"select {columns} from mdl_grade_grades")}
    here = {
        row[0]: row[1:] for row in warehouse.rows(f"select {columns} from staging_moodle.mdl_grade_grades")
    }
    assert here == there
    overridden = [row for row in here.values() if row[4]]
    assert len(overridden) == 6
    assert all(isinstance(row[3], Decimal) for row in overridden)
    assert any(row[0] != row[3] for row in overridden)


def test_rows_of_one_role_of_one_person_in_one_place_all_land(landed, warehouse, source):
    grouped = (
        "select count(*), sum(n) from (select count(*) as n from {} "
        "group by userid, contextid, roleid having count(*) > 1) as g"
    )
    [(groups, rows)] = source(grouped.format("mdl_role_assignments"))
    assert warehouse.rows(grouped.format("staging_moodle.mdl_role_assignments")) == [(groups, int(rows))]
    assert groups == 62


def test_nobody_is_nobody(landed, warehouse, source):
    [(nobody,)] = source("select count(*) from mdl_logstore_standard_log where userid <= 0")
    sql = "select count(*) from staging_moodle.mdl_logstore_standard_log where userid is null"
    assert nobody > 5_000
    assert warehouse.value(sql) == nobody


def test_people_join_across_tables_by_their_pseudonym(landed, warehouse, source):
    join = "select count(*) from {0}mdl_user_enrolments e join {0}mdl_user u on u.id = e.userid"
    [(there,)] = source(join.format(""))
    assert warehouse.value(join.format("staging_moodle.")) == there > 2_000


def test_steps_back_in_time_are_there_and_no_row_after_them_is_lost(landed, warehouse, source):
    """The log's ids are handed out in another order than its times; a cursor by time would lose rows."""
    steps = (
        "select count(*) from (select timecreated, lag(timecreated) over (order by id) as before_it "
        "from {}mdl_logstore_standard_log) as l where timecreated < before_it"
    )
    [(there,)] = source(steps.format(""))
    assert there > 1_000
    assert warehouse.value(steps.format("staging_moodle.")) == there
