"""Sources that refuse, lie or hold odd values: one sentence each, the others land, build and are published.

One run meets all of them at once, each as an instance of its own beside good ones. Moodle's contract has an
error in it too, so that this is also the proof that subscriptions alone are enough for a run.
"""

from __future__ import annotations

import re
import socket
from contextlib import closing

import pytest

from tests.end_to_end.broken_contracts import BROKEN, broken_contracts
from tests.end_to_end.homes import Home, Said
from tests.end_to_end.mariadb_sources import copy_subscriptions

KEY = "6b65792074686174206e6f626f6479206b6e6f777320616e6420697320746573742e"[:64]
WRONG_PASSWORD = "not-the-password-7261"
# instance → the one sentence about it, and the table that stays away (None: all of them)
REFUSED = {
    "wrong_password": (r"127\.0\.0\.1:\d+ refused the login of user `reader` .* \(error 1045\)", None),
    "unreachable": (r"127\.0\.0\.1:\d+ did not answer \(error 2003\)", None),
    "no_table": (r"has no table leads \(contract: subscriptions\.leads\)", "leads"),
    "no_column": (r"plans lacks is_trial; it offers billing_period, currency, ", "plans"),
    "new_type": (r"trials changed the type of product_id \(contract bigint, now varchar\)", "trials"),
    "no_file": (r"there is no file .*/gone\.sqlite", None),
    "not_a_database": (r"could not be opened \(DatabaseError\)", None),
}  # fmt: skip

CLOSED = (
    "select table_name from ops.landings where outcome = 'closed' and instance = ? "
    "and rows_read = rows_landed + rows_quarantined + rows_filtered"
)


def set_instance(home: Home, name: str, **settings: str) -> None:
    for setting, value in settings.items():
        home.settings[f"WAREHOUSE_SOURCES__SUBSCRIPTIONS__{name.upper()}__{setting.upper()}"] = value


def own_keys(home: Home) -> None:
    """The sample's keys are for the sample only."""
    for name in ("WAREHOUSE_PSEUDONYM_KEY", "WAREHOUSE_SEALING_KEY"):
        home.settings[name], home.settings[f"{name}_ID"] = KEY, "test"
    del home.settings["WAREHOUSE_SAMPLE"]


def closed_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture(scope="module")
def met(sample, mariadb, tmp_path_factory) -> tuple[Home, Said]:
    """The run, after which nothing is changed."""
    home = sample.copy(tmp_path_factory.mktemp("bad") / "home")
    own_keys(home)
    home.settings["WAREHOUSE_CONNECT_ATTEMPTS"] = "1"
    home.only("subscriptions", "moodle")  # a run of all shows the same, and later
    for database in ("good", "no_table", "no_column", "new_type", "odd"):
        copy_subscriptions(home.source("subscriptions"), mariadb, database)
        set_instance(home, database, url=mariadb.url(database), ca_file=str(mariadb.ca_file))
    mariadb.execute("drop table leads", "no_table")
    mariadb.execute("alter table plans drop column is_trial", "no_column")
    mariadb.execute("alter table trials modify product_id varchar(20)", "new_type")
    put_odd_values(mariadb)
    wrong = mariadb.url("good").replace(mariadb.password(), WRONG_PASSWORD)
    set_instance(home, "wrong_password", url=wrong, ca_file=str(mariadb.ca_file))
    set_instance(home, "unreachable", url=f"mysql://reader:{WRONG_PASSWORD}@127.0.0.1:{closed_port()}/good")
    set_instance(home, "no_file", url=f"sqlite:///{home.folder}/gone.sqlite")
    set_instance(home, "not_a_database", url=f"sqlite:///{home.folder}/sample/warehouse.env")
    return home, home.launch(broken_contracts(home.folder / "contracts", "no class"), "run")


def put_odd_values(mariadb) -> None:
    mariadb.execute(
        "set sql_mode = '';"
        "update subscriptions set cancelled_at = '0000-00-00 00:00:00' where id in (7, 8);"
        "update organisations set updated_at = '0000-00-00 00:00:00' where id = 9;"
        "update organisations set name = 'Café 🌞📚 𝔖chool' where id = 10;"
        "update organisations set name = 'Nul\\0Hill' where id = 11;"
        "update contacts set email = 'zoë.secret@school.example' where id = 12;",
        "odd",
    )


def test_the_run_is_flagged_and_published(met):
    home, said = met
    assert said.code == 3, said.everything
    assert "Published" in said.out
    assert f"{len(REFUSED) + 1} problems" in said.out
    schemas = {row[0] for row in home.marts("select table_schema from information_schema.tables")}
    assert schemas == {"core", "customer_insight", "main"}
    assert home.marts("select count(*) > 100 from core.dim_schools") == [(True,)]
    assert "Traceback" not in said.everything


@pytest.mark.parametrize("instance", REFUSED)
def test_one_sentence_says_what_where_and_what_next(met, instance):
    about = [sentence for sentence in met[1].sentences if sentence.startswith(f"subscriptions/{instance}")]
    assert len(about) == 1, met[1].sentences
    assert re.search(REFUSED[instance][0], about[0])
    assert re.search(r"\. (Check|Change) .*\.$", about[0]), "it ends with what to do next"


def test_a_contract_with_an_error_stops_its_platform_with_file_and_line(met):
    home, said = met
    [sentence] = [sentence for sentence in said.sentences if not sentence.startswith("subscriptions/")]
    assert re.match("The contract is refused: .*" + BROKEN["no class"][2], sentence)
    assert home.rows("select distinct platform from ops.landings") == [("subscriptions",)]


@pytest.mark.parametrize("instance", REFUSED)
def test_nothing_of_what_was_refused_is_half_landed(met, instance):
    home, _ = met
    table = REFUSED[instance][1]
    landed = {row[0] for row in home.rows(CLOSED, instance)}
    failed = "select table_name, rows_landed from ops.landings where outcome = 'failed' and instance = ?"
    assert home.rows(failed, instance) == ([(table, 0)] if table else [])
    assert len(landed) == (8 if table else 0)
    for relation in ("organisations", "leads", "plans", "trials"):
        rows = home.value(
            f"select count(*) from staging_subscriptions.{relation} where _instance = ?", instance
        )
        assert (rows > 0) == (relation in landed), relation


def test_good_instances_beside_them_land_whole(met):
    home, said = met
    for instance in ("main", "good", "odd"):
        assert len(home.rows(f"{CLOSED} and platform = 'subscriptions'", instance)) == 9
    counts = said.counts("subscriptions")
    assert counts["read"] == counts["landed"] + counts["quarantined"] + counts["filtered"]


def test_zero_dates_become_null_where_null_is_allowed_and_are_refused_elsewhere(met, mariadb):
    home, _ = met
    [(zeros,)] = mariadb.execute("select count(*) from subscriptions where cancelled_at = 0", "odd")
    repaired = "select column_name, sum(row_count) from ops.value_repairs where instance = 'odd' group by all"
    assert ("cancelled_at", zeros) in home.rows(repaired)
    cancelled = (
        "select cancelled_at from staging_subscriptions.subscriptions where _instance = 'odd' and id = 7"
    )
    assert home.rows(cancelled) == [(None,)]
    refused = "select table_name, column_name, reason from ops.quarantine where instance = 'odd'"
    assert ("organisations", "updated_at", "not_a_timestamp") in home.rows(refused)


def test_characters_beyond_the_basic_plane_land_unharmed_and_nul_is_told(met):
    home, _ = met
    name = "select name from staging_subscriptions.organisations where _instance = 'odd' and id = ?"
    assert home.rows(name, 10) == [("Café 🌞📚 𝔖chool",)]
    nul = home.rows(name, 11)
    refused = home.rows(
        "select reason from ops.quarantine where instance = 'odd' and table_name = 'organisations'"
    )
    assert nul == [("Nul\0Hill",)] or len(refused) == 2, "a NUL is kept or its row is refused, never cut"


def test_a_text_in_a_number_refuses_its_row_alone(met):
    home, _ = met
    refused = home.rows(
        "select table_name, column_name, reason from ops.quarantine "
        "where instance = 'main' and platform = 'subscriptions'"
    )
    assert ("subscriptions", "seats", "number_not_lossless") in refused
    assert ("subscription_changes", "annual_value_after", "number_not_lossless") in refused


def test_no_password_identifier_or_key_is_told_or_logged(met, mariadb):
    home, said = met
    secret = {WRONG_PASSWORD, mariadb.password(), KEY, "zoë.secret", "zoë", "mysql://"}
    logs = [path for path in (home.folder / "logs").rglob("*") if path.is_file()]
    assert logs
    for text in (said.everything, *(path.read_text(encoding="utf-8") for path in logs)):
        assert [word for word in secret if word in text] == []


@pytest.fixture
def one_good_one_not(sample, mariadb, tmp_path) -> Home:
    """Subscriptions from a SQLite file and from a server whose state the test changes."""
    home = sample.copy(tmp_path / "home")
    own_keys(home)
    copy_subscriptions(home.source("subscriptions"), mariadb, "good")
    set_instance(home, "server", url=mariadb.url("good"), ca_file=str(mariadb.ca_file))
    return home


def assert_only_the_server_is_refused(home: Home, said: Said, about: str) -> None:
    assert said.code == 3, said.everything
    assert len(said.sentences) == 1, said.sentences
    assert re.match(about, said.sentences[0])
    landed = home.rows("select instance, outcome, count(*) from ops.landings group by all")
    assert landed == [("main", "closed", 9)]


def test_a_primary_is_refused_unless_allowed(one_good_one_not, mariadb):
    home = one_good_one_not
    with mariadb.as_primary():
        said = home.command("land", "subscriptions")
        about = (
            r"subscriptions/server: 127\.0\.0\.1 is not a read-only replica\. Point .*__ALLOW_PRIMARY=true\."
        )
        assert_only_the_server_is_refused(home, said, about)
        set_instance(home, "server", allow_primary="true")
        assert home.command("land", "subscriptions").code == 0


@pytest.mark.parametrize("wrong", ["host", "authority"])
def test_a_certificate_that_does_not_match_is_refused(one_good_one_not, mariadb, wrong):
    home = one_good_one_not
    about = r"subscriptions/server: the certificate of 127\.0\.0\.1:\d+ could not be verified .*__CA_FILE"
    if wrong == "authority":
        set_instance(home, "server", ca_file=str(mariadb.other_ca_file))
        said = home.command("land", "subscriptions")
    else:
        with mariadb.wrong_host_certificate():
            said = home.command("land", "subscriptions")
    assert_only_the_server_is_refused(home, said, about)
