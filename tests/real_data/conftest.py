"""The real Moodle, landed once for all files of this folder that look at it, and run once for its marts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.contracts import PlatformContract, contract_path, load_contract
from pipelines.landing.platform import PlatformOutcome, land_platform
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import Reader, open_reader
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.ops import create_ops
from tests.end_to_end.homes import Home, Said

# A learner: role archetype student in the course's own context, enrolled, no guest, administrator, generator
# or deleted account (docs/decisions/020). A person is an e-mail address.
LEARNERS = """
    select distinct u.id as userid, coalesce(nullif(lower(trim(u.email)), ''), u.id) as person, e.courseid
    from mdl_user u
    join mdl_user_enrolments ue on ue.userid = u.id
    join mdl_enrol e on e.id = ue.enrolid
    join mdl_context c on c.contextlevel = 50 and c.instanceid = e.courseid
    join mdl_role_assignments a on a.contextid = c.id and a.userid = u.id
    join mdl_role r on r.id = a.roleid and r.archetype = 'student'
    where u.deleted = 0 and u.username not in ('guest', 'admin')
        and u.username not like 'tool\\_generator\\_%'
"""


@pytest.fixture(scope="package")
def contract() -> PlatformContract:
    return load_contract(contract_path("moodle"))


@pytest.fixture(scope="package")
def site(moodle_server) -> InstanceSettings:
    given = {"url": moodle_server.url("moodle"), "ca_file": moodle_server.ca_file}
    return InstanceSettings.model_validate(given)


@pytest.fixture(scope="package")
def settings(site, tmp_path_factory) -> Settings:
    return Settings(
        home=tmp_path_factory.mktemp("moodle"),
        sources={"moodle": {"main": site}},
        pseudonym_key="ab" * 32,
        sealing_key="cd" * 32,
    )


@pytest.fixture(scope="package")
def warehouse(settings) -> Iterator[Warehouse]:
    with open_warehouse(settings) as opened:
        create_ops(opened)
        yield opened


@pytest.fixture(scope="package")
def landed(settings, warehouse) -> PlatformOutcome:
    return land_platform(settings, warehouse, "first", "moodle", lambda _: None)


@pytest.fixture(scope="package")
def source(moodle_server):
    """Rows of the source, asked as its administrator would."""
    return lambda sql: moodle_server.execute(sql, "moodle")


@pytest.fixture
def reader(site) -> Iterator[Reader]:
    opened = open_reader("moodle", "main", site, Settings())
    opened.guard()
    yield opened
    opened.close()


@pytest.fixture(scope="package")
def home(moodle_server, tmp_path_factory) -> Home:
    folder = tmp_path_factory.mktemp("moodle_run")
    return Home(
        folder,
        {
            "WAREHOUSE_HOME": str(folder),
            "WAREHOUSE_SOURCES__MOODLE__MAIN__URL": moodle_server.url("moodle"),
            "WAREHOUSE_SOURCES__MOODLE__MAIN__CA_FILE": str(moodle_server.ca_file),
            "WAREHOUSE_PSEUDONYM_KEY": "ab" * 32,
            "WAREHOUSE_SEALING_KEY": "cd" * 32,
        },
    )


@pytest.fixture(scope="package")
def said(home) -> Said:
    return home.command("run")
