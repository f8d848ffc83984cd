"""What `doctor` says of real servers: replica or not, certificates, lag, connections, costs."""

from __future__ import annotations

import pytest

from pipelines.contracts import load_contract
from pipelines.runner.doctor import Finding
from pipelines.runner.doctor.known import Known
from pipelines.runner.doctor.sources import examine_instance
from pipelines.settings import Settings
from pipelines.sources.config import load_source_config
from tests.landing.shop import CONFIG, CONTRACT, DDL, WINDOW

DATABASE = "doctor"


@pytest.fixture
def files(tmp_path):
    """Contract and source config of a table read by window."""
    (tmp_path / "contract.yml").write_text(CONTRACT)
    (tmp_path / "shop.yml").write_text(CONFIG % WINDOW)
    contract = load_contract(tmp_path / "contract.yml")
    return contract, load_source_config(tmp_path / "shop.yml", contract)


def asked(files, place: dict, known: Known | None = None) -> dict[str, Finding]:
    settings = Settings.model_validate({"connect_timeout": 3, "sources": {"shop": {"main": place}}})
    contract, config = files
    findings = examine_instance(settings, contract, config, "main", known or Known())
    return {finding.check: finding for finding in findings}


@pytest.fixture
def pair(mariadb_pair):
    mariadb_pair.create_database(DATABASE)
    mariadb_pair.execute(
        DDL % ("s_things", " primary key") + "; create index c on s_things (changed)", DATABASE
    )
    mariadb_pair.caught_up()
    return mariadb_pair


def place(server, user: str = "watcher", **more) -> dict:
    return {"url": server.url(DATABASE, user), "ca_file": server.ca_file} | more


def test_a_replica_is_healthy(pair, files):
    findings = asked(files, place(pair.replica))
    assert {finding.level for finding in findings.values()} == {"ok"}
    assert set(findings) == {"source", "lag", "connections", "tables"}
    assert findings["source"].said == "answers, is a read-only replica, certificate verified"
    assert findings["lag"].said == "0 s behind its primary"


def test_a_primary_is_refused_and_waived_with_a_warning(pair, files):
    [finding] = asked(files, place(pair.primary)).values()
    assert (finding.level, finding.check) == ("failure", "source")
    assert "is not a read-only replica" in finding.said
    waived = asked(files, place(pair.primary, allow_primary=True))["source"]
    assert waived.level == "warning"
    assert waived.advice.endswith("unset WAREHOUSE_SOURCES__SHOP__MAIN__ALLOW_PRIMARY.")


def test_a_certificate_for_another_host(pair, files):
    with pair.replica.wrong_host_certificate():
        [finding] = asked(files, place(pair.replica)).values()
    assert (finding.level, finding.check) == ("failure", "source")
    assert "could not be verified for that host name" in finding.said


def test_loopback_without_a_ca_says_that_it_is_not_verified(pair, files):
    said = asked(files, {"url": pair.replica.url(DATABASE, "watcher")})["source"].said
    assert said == "answers, is a read-only replica, loopback, not verified"


def test_a_login_that_may_not_ask_for_the_lag(pair, files):
    finding = asked(files, place(pair.replica, "reader"))["lag"]
    assert finding.level == "warning"
    assert finding.advice == "Grant its login REPLICATION CLIENT (MariaDB: REPLICA MONITOR)."


def test_a_replica_that_is_behind_and_one_that_stands_still(pair, files):
    with pair.delayed(3600):
        pair.execute("delete from s_things", DATABASE)
        pair.execute("insert into s_things (id) values (1)", DATABASE)
        pair.wait_for_lag(2)
        behind = asked(files, place(pair.replica, max_lag_seconds=1))["lag"]
        assert (behind.level, behind.check) == ("warning", "lag")
        assert "more than the 1 s allowed: runs wait" in behind.said
        assert asked(files, place(pair.replica))["lag"].level == "ok"
    with pair.applying_stopped():
        stopped = asked(files, place(pair.replica))
        assert stopped["lag"].level == "failure"
        assert "replication of this replica has stopped" in stopped["lag"].said
        assert (stopped["source"].level, stopped["tables"].level) == ("ok", "ok")


def test_a_server_that_is_busy(pair, files):
    finding = asked(files, place(pair.replica, busy_share=0.001))["connections"]
    assert finding.level == "warning"
    assert finding.said.endswith("connections are in use, more than 0%: runs wait")


def test_a_pause_window_is_told(pair, files):
    findings = asked(files, place(pair.replica, pause_window="mon-sun/00:00-24:00@UTC"))
    assert "runs leave it alone until" in findings["pause window"].said


@pytest.fixture
def unkeyed(pair):
    """No primary key, and no index on the cursor."""
    pair.create_database(DATABASE)
    pair.execute(DDL % ("s_things", ""), DATABASE)
    pair.caught_up()
    return pair


def test_what_reading_a_large_table_costs(unkeyed, files):
    warned = asked(files, place(unkeyed.replica))
    assert {check for check, finding in warned.items() if finding.level == "warning"} == {"index", "pages"}
    assert warned["index"].names == warned["pages"].names == ("s_things",)
    small = Known(rows={("staging_shop", "s_things"): 99_999})
    assert {finding.level for finding in asked(files, place(unkeyed.replica), small).values()} == {"ok"}


def test_a_standby_and_a_primary_of_postgresql(postgresql, files):
    postgresql.create_database(DATABASE)
    ddl = DDL.replace("longtext", "text") % ("s_things", " primary key")
    postgresql.execute(ddl, DATABASE)
    there = {"url": postgresql.url(DATABASE), "ca_file": postgresql.ca_file}
    findings = asked(files, there)
    assert {check for check, finding in findings.items() if finding.level == "warning"} == {"index"}
    assert findings["source"].said == "answers, is a read-only replica, certificate verified"
    [refused] = asked(files, there | {"url": postgresql.url(DATABASE, primary=True)}).values()
    assert refused.level == "failure"
