"""What names say: archives, members from the right, sites, failures, names that were cut."""

from __future__ import annotations

from datetime import date
from hashlib import md5

import pytest

from pipelines.sources.edx_package import archive_prefixes, read_archive_name, read_member_name

TASKS = {
    "auth_user": "auth_user", "auth_userprofile": "auth_userprofile", "teams": "teams", "forum": "forum",
    "teams_membership": "teams_membership", "course_structure": "course_structure", "course": None,
    "email_opt_in": "email_opt_in", "assessment_assessment": "assessment_assessment",
}  # fmt: skip
RUN = "UniX-Demo1x-1T2018"
DAY = date(2024, 3, 10)


@pytest.mark.parametrize(
    ("key", "kind", "organisation"),
    [
        ("unix-2024-03-10.zip", "snapshot", "unix"),
        ("unix-press-2024-03-10.zip", "snapshot", "unix-press"),
        ("email-opt-in/email-opt-in-unix-2024-03-10.zip", "opt_in", "unix"),
        ("email-opt-in/email-opt-in-unix-press-2024-03-10.zip", "opt_in", "unix-press"),
        ("email-opt-in/unix-2024-03-10.zip", "opt_in", "unix"),
    ],
)
def test_an_archives_key_says_what_whose_and_of_when(key, kind, organisation):
    name = read_archive_name(key)
    assert (name.kind, name.organisation, name.snapshot_date) == (kind, organisation, DAY)
    assert name
    assert any(key.startswith(prefix) for prefix in archive_prefixes(organisation))


@pytest.mark.parametrize(
    "key",
    [
        "unix/edx/events/2024/unix-edx-events-2024-03-10.log.gz.gpg", "unix/rdx/7/unix_demo_1.tar.gz.gpg",
        "email-opt-in/", "unix-2024-03-10.zip.gpg", "unix-2024-13-10.zip", "-2024-03-10.zip",
        "other/unix-2024-03-10.zip",
        "2024-03-10-unix-tracking.tar", "unix-20240310.zip", "unix-2024-03-10.zip\n", "",
    ],
)  # fmt: skip
def test_any_other_key_is_no_archive(key):
    assert not read_archive_name(key)
    assert read_archive_name(key).kind is None


@pytest.mark.parametrize(
    ("path", "entity", "task", "site"),
    [
        (f"unix-2024-03-10/{RUN}-auth_user-prod-analytics.sql.gpg", RUN, "auth_user", "edx"),
        (f"unix-2024-03-10/{RUN}-auth_user-prod-edge-analytics.sql.gpg", RUN, "auth_user", "edge"),
        (f"{RUN}-auth_user-edge-analytics.sql.gpg", RUN, "auth_user", "edge"),
        (f"{RUN}-auth_userprofile-prod-analytics.sql.gpg", RUN, "auth_userprofile", "edx"),
        (f"{RUN}-teams_membership-patches-analytics.sql.gpg", RUN, "teams_membership", "edx"),
        (f"{RUN}-course_structure-prod-analytics.json.gpg", RUN, "course_structure", "edx"),
        (f"{RUN}-course-prod-analytics.xml.tar.gz.gpg", RUN, "course", "edx"),
        (f"x/ora/{RUN}-assessment_assessment-prod-analytics.sql.gpg", RUN, "assessment_assessment", "edx"),
        (f"{RUN}-ccx-12-auth_user-prod-analytics.sql.gpg", f"{RUN}-ccx-12", "auth_user", "edx"),
        (f"{RUN}-prod.mongo.gpg", RUN, "forum", "edx"),
        (f"{RUN}-edge.mongo.gpg", RUN, "forum", "edge"),
        (f"{RUN}.mongo.gpg", RUN, "forum", "edx"),
        ("UniX-email_opt_in-prod-analytics.csv.gpg", "UniX", "email_opt_in", "edx"),
        ("edX-DemoX-Demo_Course-auth_user-acceptance.sql", "edX-DemoX-Demo_Course", "auth_user", "edx"),
        ("edX-DemoX-Demo_Course-teams-acceptance-analytics.sql", "edX-DemoX-Demo_Course", "teams", "edx"),
        ("Uni-X-De.mo-1x-20_18.b-teams-prod-analytics.sql.gpg", "Uni-X-De.mo-1x-20_18.b", "teams", "edx"),
        ("UniX-teams-1T2018-auth_user-prod-analytics.sql.gpg", "UniX-teams-1T2018", "auth_user", "edx"),
        (f"{RUN}-examples-prod-analytics.sql.gpg", f"{RUN}-examples", None, "edx"),
        ("README.txt", "README.txt", None, "edx"),
    ],
)  # fmt: skip
def test_a_members_name_is_read_from_the_right(path, entity, task, site):
    name = read_member_name(path, TASKS)
    assert (name.entity, name.task, name.site) == (entity, task, site)
    assert name.table == (TASKS[task] if task else None)
    assert (name.failed, name.encrypted) == (False, path.endswith(".gpg"))


def test_a_failed_table_is_told():
    name = read_member_name(f"{RUN}-teams-prod-analytics.sql.failed.gpg", TASKS)
    assert (name.entity, name.task, name.failed, name.encrypted) == (RUN, "teams", True, True)


@pytest.mark.parametrize("left", ["", "-", "-p", "-prod-"])
@pytest.mark.parametrize(("writer", "site"), [("prod-analytics", "edx"), ("prod-edge-analytics", "edge")])
def test_the_task_of_a_name_that_was_cut_is_still_found(left, writer, site):
    entity = f"UniX-{'Very_long_' * 20}-1T2018"
    digest = md5(writer.encode()).hexdigest()
    name = read_member_name(f"{entity}-teams_membership{left}-{digest}.sql.gpg", TASKS)
    assert (name.entity, name.task, name.site) == (entity, "teams_membership", site)


def test_a_cut_that_went_through_the_task_leaves_none():
    name = read_member_name(f"UniX-{'Long_' * 40}-1T2018-teams_memb-{'0f' * 16}.sql.gpg", TASKS)
    assert (name.task, name.table) == (None, None)
