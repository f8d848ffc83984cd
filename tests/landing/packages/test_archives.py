"""Archives become loads: the newest snapshot of each (entity, table) is in staging, all rows are counted."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

import pyarrow as pa

from pipelines.errors import LandingError, SourceInterrupted
from pipelines.landing.load import Package
from pipelines.landing.packages.compare import FileComparison
from pipelines.landing.packages.stage import in_order
from tests.landing.packages.university import WEEKS, demo, enrolled, member, users
from tests.landing.plain_keyring import BROKEN

DEMO = "UniX-Demo1x-1T2026"
ENROLMENTS = member("Demo1x", "student_courseenrollment")


def test_the_newest_lands_and_older_ones_are_counted_as_superseded(uni):
    for week, mode in zip(WEEKS, ("audit", "honor", "verified"), strict=True):
        uni.deliver(week, demo(_1=mode, _2=mode))

    uni.landed()

    assert uni.enrolments() == [(DEMO, 1, "verified"), (DEMO, 2, "verified")]
    ledger = uni.rows(
        "select sum(rows_read), sum(rows_landed), sum(rows_filtered) from ops.landings "
        "where table_name = 'enrollment'"
    )
    assert ledger == [(6, 2, 4)]
    filtered = uni.rows("select filtered_by from ops.landings where rows_filtered > 0")
    assert {reason for (text,) in filtered for reason, number in json.loads(text).items() if number} == {
        "superseded"
    }
    assert sorted(
        uni.rows("select snapshot_date, outcome, count(*) from ops.package_members group by all")
    ) == [
        *((uni.rows("select cast(? as date)", week)[0][0], "superseded", 2) for week in WEEKS[:2]),
        (uni.rows("select cast(? as date)", WEEKS[2])[0][0], "landed", 2),
    ]


def test_what_was_landed_is_not_opened_again(uni, monkeypatch):
    uni.deliver(WEEKS[0], demo(_1="audit"))
    uni.landed()
    monkeypatch.setattr("pipelines.landing.packages.instance.members", None)

    assert uni.landed().tables == []


def test_a_new_week_changes_what_it_says_anew_and_deletes_what_it_lacks(uni):
    uni.deliver(WEEKS[0], demo(_1="audit", _2="audit", _3="audit"))
    uni.landed()
    uni.deliver(WEEKS[1], demo(_1="audit", _2="verified", _4="audit"))

    [row] = [table for table in uni.landed().tables if table.contract.name == "enrollment"]

    assert uni.enrolments() == [(DEMO, 1, "audit"), (DEMO, 2, "verified"), (DEMO, 4, "audit")]
    assert (row.rows_read, row.rows_landed, row.filtered["unchanged"], row.rows_deleted) == (3, 2, 1, 1)
    assert row.file_key == f"unix-{WEEKS[1]}.zip/unix-{WEEKS[1]}/{ENROLMENTS}.gpg"


def test_an_absent_course_is_no_deletion(uni):
    other = {member("Other2x", "student_courseenrollment"): enrolled(_9="audit")}
    uni.deliver(WEEKS[0], {**demo(_1="audit"), **other})
    uni.landed()
    uni.deliver(WEEKS[1], demo(_1="honor"))

    uni.landed()

    assert uni.enrolments() == [(DEMO, 1, "honor"), ("UniX-Other2x-1T2026", 9, "audit")]
    snapshots = uni.rows("select _entity, cast(snapshot_date as varchar) from staging_uni.snapshots "
                        "where table_name = 'enrollment' order by all")  # fmt: skip
    assert snapshots == [(DEMO, WEEKS[1]), ("UniX-Other2x-1T2026", WEEKS[0])]


def test_a_file_that_could_not_be_made_is_told_and_the_last_good_one_stays(uni):
    uni.deliver(WEEKS[0], demo(_1="audit"))
    uni.landed()
    failed = member("Demo1x", "student_courseenrollment") + ".failed"
    uni.deliver(WEEKS[1], {member("Demo1x", "auth_user"): users(1), failed: "Traceback: Ms Quill"})

    outcome = uni.landed()

    assert uni.enrolments() == [(DEMO, 1, "audit")]
    assert uni.members()[f"unix-{WEEKS[1]}/{failed}.gpg"] == "failed_at_source"
    [warned] = outcome.warnings
    assert "could not make 1 files" in warned
    assert "Quill" not in warned


def test_what_is_not_wanted_is_registered_and_skipped(uni):
    files = {
        member("Demo1x", "examples"): "a\tb\n",
        member("Demo1x", "auth_user", "prod-edge"): users(7),
        "UniX-Demo1x-1T2026-course-prod-analytics.xml.tar.gz": b"\x1f\x8b",
        member("Demo1x", "student_courseenrollment"): b"",
        member("Empty3x", "student_courseenrollment"): "id\tmode\tcreated\n",
    }
    uni.deliver(WEEKS[0], files)

    outcome = uni.landed()

    assert set(uni.members().values()) == {"unknown", "other_site", "not_in_subset", "empty", "landed"}
    assert uni.enrolments() == []
    assert ["of no known kind" in warned for warned in outcome.warnings] == [True]


def test_an_edge_instance_reads_the_same_archives(uni):
    uni.sources["edge"] = {**uni.sources["unix"], "organisations": ["unix"], "site": "edge"}
    both = {
        **demo(_1="audit"),
        member("Demo1x", "student_courseenrollment", "prod-edge"): enrolled(_5="honor"),
    }
    uni.deliver(WEEKS[0], both)

    uni.landed()

    assert uni.rows("select _instance, id from staging_uni.enrollment order by all") == [
        ("edge", 5),
        ("unix", 1),
    ]


def test_a_re_issued_archive_replaces_its_own_rows(uni):
    uni.deliver(WEEKS[0], demo(_1="audit", _2="audit"))
    uni.landed()
    uni.deliver(WEEKS[0], demo(_1="verified"), issue=1)

    uni.landed()

    assert uni.enrolments() == [(DEMO, 1, "verified")]


def test_a_broken_member_stops_no_other_and_is_read_again(uni):
    broken = {**demo(_1="audit"), member("Demo1x", "auth_user"): BROKEN + users(1).encode()}
    uni.deliver(WEEKS[0], broken)

    outcome = uni.land()

    assert uni.enrolments() == [(DEMO, 1, "audit")]
    [said] = [str(table.error) for table in outcome.tables if table.error]
    place = f"uni/unix: unix-{WEEKS[0]}.zip: {member('Demo1x', 'auth_user')}.gpg"
    assert said == f"{place}: A file was altered. Ask for it again."
    assert uni.rows("select count(*) from staging_uni.auth_user") == [(0,)]
    assert uni.rows("select outcome from ops.packages") == [("partly",)]
    again = uni.land()
    assert [table.contract.name for table in again.tables if table.error] == ["auth_user"]
    assert [table.rows_read for table in again.tables if table.contract.name == "enrollment"] == []


def test_a_broken_new_version_leaves_the_last_good_one(uni):
    uni.deliver(WEEKS[0], demo(_1="audit"))
    uni.landed()
    uni.deliver(WEEKS[1], {ENROLMENTS: BROKEN + enrolled(_1="verified").encode()})

    uni.land()

    assert uni.enrolments() == [(DEMO, 1, "audit")]


def test_an_old_broken_file_does_not_matter(uni):
    uni.deliver(WEEKS[0], {ENROLMENTS: BROKEN})
    uni.deliver(WEEKS[1], demo(_1="audit"))

    uni.landed()

    assert uni.rows("select distinct outcome from ops.packages") == [("done",)]


def test_duplicates_are_counted_and_the_last_stays(uni):
    text = enrolled(_1="audit") + "1\thonor\t2026-02-01 00:00:00\n"
    uni.deliver(WEEKS[0], {ENROLMENTS: text})

    [row] = [table for table in uni.landed().tables if table.contract.name == "enrollment"]

    assert uni.enrolments() == [(DEMO, 1, "honor")]
    assert (row.rows_read, row.rows_landed, row.filtered["duplicate"]) == (2, 1, 1)


def test_large_files_land_as_they_are_and_small_ones_as_one(uni, monkeypatch):
    """Two courses, and one without a row, each a job of its own."""
    courses = {"Demo1x": {"_1": "audit", "_2": "audit"}, "Demo2x": {"_1": "honor"}, "Demo3x": {}}
    files = {member(name, "student_courseenrollment"): enrolled(**modes) for name, modes in courses.items()}
    sizes = []
    commit = Package.extract

    def extract(self, outcomes, stage):
        commit(self, outcomes, stage)
        sizes.append([len(it.files) for it in outcomes if it.contract.name == "enrollment"])

    monkeypatch.setattr(Package, "extract", extract)
    monkeypatch.setattr("pipelines.landing.packages.compare._LARGE", 0)
    uni.deliver(WEEKS[0], files)

    rows = [table for table in uni.landed().tables if table.contract.name == "enrollment"]

    assert sizes == [[len(courses)]]
    assert len(uni.enrolments()) == 3
    assert sorted((row.rows_read, row.rows_landed, row.rows_filtered) for row in rows) == [
        (0, 0, 0),
        (1, 1, 0),
        (2, 2, 0),
    ]


def test_rows_are_written_in_the_order_read():
    """DuckDB gives parts back in any order; where even a part is none, the rows are sorted."""
    for places in ([5, 6, 7, 0, 1, 2, 3, 4], [0, 1, 2], [4, 0, 3, 1, 2], [0, 2, 4, 1, 3], []):
        table = pa.table({"id": pa.array(places, pa.int64()), "_position": pa.array(places, pa.int64())})
        assert in_order(table).to_pydict() == {"id": sorted(places)}


def test_a_contract_that_changed_is_read_under_again(uni):
    uni.deliver(WEEKS[0], demo(_1="audit", _2="professional"))
    uni.mode_length(5)
    uni.landed()
    assert uni.enrolments() == [(DEMO, 1, "audit")]
    uni.mode_length(20)

    uni.landed()

    assert uni.enrolments() == [(DEMO, 1, "audit"), (DEMO, 2, "professional")]
    assert uni.rows("select status from ops.quarantine") == [("superseded",)]


def test_nothing_is_there_yet(uni):
    assert uni.landed().tables == []


def test_archives_of_other_organisations_are_left_alone(uni):
    uni.deliver(WEEKS[0], demo(_1="audit"))
    uni.sources["unix"]["organisations"] = ["uniy"]

    assert uni.landed().tables == []


def test_a_table_that_cannot_be_compared_is_not_registered_as_landed(uni, monkeypatch):
    uni.deliver(WEEKS[0], demo())

    def breaks(*_: object) -> None:
        raise LandingError("The disk is full.", "Make room.")

    monkeypatch.setattr(FileComparison, "write_changes", breaks)
    uni.land()
    assert set(uni.members().values()) == {"refused"}
    monkeypatch.undo()


def test_when_the_store_gives_up_half_way_the_rest_is_not_asked_for(uni, monkeypatch):
    uni.deliver(WEEKS[0], {**demo(_1="audit"), member("Other2x", "auth_user"): users(5)})
    asked: list[str] = []

    def gone(it: Any) -> BinaryIO:
        asked.append(it.name)
        raise SourceInterrupted("The store did not answer.", "Run again.")

    with monkeypatch.context() as broken:
        broken.setattr("pipelines.landing.packages.archive.open_member", gone)
        outcome = uni.land()

    assert len(asked) == 1
    [said] = {str(table.error) for table in outcome.tables if table.error}
    assert said.endswith(": The store did not answer. Run again.")
    uni.landed()
    assert uni.enrolments() == [(DEMO, 1, "audit")]
