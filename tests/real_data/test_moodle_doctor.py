"""`warehouse doctor` on the real Moodle: its tables are as declared, and what no index serves is told."""

from __future__ import annotations

from pipelines.contracts import contract_path, load_contract
from pipelines.runner.doctor.known import Known
from pipelines.runner.doctor.sources import examine_instance
from pipelines.settings import Settings
from pipelines.sources.config import config_path, load_source_config


def test_the_doctor_finds_moodles_tables_whole_and_says_what_is_slow(moodle_server):
    contract = load_contract(contract_path("moodle"))
    config = load_source_config(config_path("moodle"), contract)
    place = {"url": moodle_server.url("moodle", "watcher"), "ca_file": moodle_server.ca_file}
    settings = Settings.model_validate({"sources": {"moodle": {"main": place}}})
    found = {
        finding.check: finding for finding in examine_instance(settings, contract, config, "main", Known())
    }
    assert not [finding for finding in found.values() if finding.level == "failure"]
    assert found["tables"].said == f"{len(contract.tables)} tables are as their contract says"
    # every table of Moodle has a whole-number id; nearly none has an index on its time of change
    assert "pages" not in found
    assert {"mdl_user", "mdl_quiz_attempts"} <= set(found["index"].names)
    assert "mdl_logstore_standard_log" not in found["index"].names, "its cursor is its key"
