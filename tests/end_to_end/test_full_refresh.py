"""However changes arrive, the marts are what one run over the final sources gives."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipelines.sources.config import CONFIG_FOLDER
from scripts.sample_sources.drops import write_drops
from tests.dbt_project.landing_stand_in import dbt
from tests.end_to_end.homes import MARTS, Home, differing, relations_text

# Each step is followed by a run. A step's rows are stamped when it happens, as the platforms do.
STEPS = (
    {
        # two rows of one key in one load: the newer version wins
        "subscriptions": """
            insert into organisations select * from organisations where id = 20;
            update organisations set region = 'North West', updated_at = :now
            where rowid = (select max(rowid) from organisations);
            update subscriptions set ends_on = '2026-05-31', updated_at = :now where id = 51;
            delete from subscription_changes where id = (select min(id) from subscription_changes);
            delete from subscriptions where id = 60;
        """,
        # a row moves to a day of its own, another day is emptied by deletes
        "moodle": """
            update mdl_logstore_standard_log
            set timecreated = (select max(timecreated) + 86400 * 2 from mdl_logstore_standard_log)
            where id in (select max(id) from mdl_logstore_standard_log);
            delete from mdl_logstore_standard_log
            where timecreated / 86400 in (
                select timecreated / 86400 from mdl_logstore_standard_log where id = 5000
            );
            update mdl_grade_grades set finalgrade = 9.25 where id in (12, 13);
            insert into mdl_user_enrolments (
                id, status, enrolid, userid, timestart, timeend, timecreated, timemodified
            )
            select 800001, 0, enrolid, 31, 0, 0, :epoch, :epoch from mdl_user_enrolments where id = 26;
        """,
    },
    {
        # a change is taken back, one row leaves, everything else is read again unchanged
        "subscriptions": """
            update plans set name = replace(name, ' (new)', ''), updated_at = :now where id = 2;
            delete from leads where id = 900001;
        """,
        "moodle": """
            update mdl_user set suspended = 1, timemodified = :epoch where id = 31;
            delete from mdl_course_modules_completion where id in (3, 5, 6);
        """,
    },
)
# Of the intermediate models only those that are stored: views say nothing that their tables do not.
MODELS = f"""
    table_schema in {MARTS} or (table_schema, table_name) in (
        select (table_schema, table_name) from information_schema.tables
        where table_schema = 'intermediate' and table_type = 'BASE TABLE'
    )
"""
# What the sources have overwritten is known to a warehouse that saw it, and to no other.
HISTORY = "core.school_history"


def following_deletes(folder: Path) -> dict[str, str]:
    """Source configs that follow deletes in the log too, whose days an incremental model is built by.

    A real site purges its log, so the project's config does not.
    """
    shutil.copytree(CONFIG_FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "replica", "__pycache__"))
    config = folder / "moodle.yml"
    said = config.read_text(encoding="utf-8")
    assert "sweep_every_days: 0" in said
    config.write_text(said.replace("sweep_every_days: 0", "sweep_every_days: 1"), encoding="utf-8")
    return {"configs": str(folder)}


def built_anew(home: Home, folder: Path) -> Home:
    """The same sources landed once into an empty warehouse, and every model built from that."""
    fresh = home.copy(folder, only_sources=True)
    shutil.rmtree(fresh.folder / "sample" / "drops")  # what was dropped lies in the archive by now
    write_drops(fresh.folder / "sample" / "drops")
    assert fresh.command("land").code == 0
    untested = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    done = dbt(fresh.folder, "build", *untested, WAREHOUSE_AS_OF=fresh.settings["WAREHOUSE_AS_OF"])
    assert done.returncode == 0, done.stdout
    return fresh


def test_runs_after_each_change_give_what_one_run_gives(changed, tmp_path, long_counts):
    home, plan = changed[0].copy(tmp_path / "home"), following_deletes(tmp_path / "configs")
    for step in STEPS if long_counts else STEPS[:1]:
        for platform, script in step.items():
            home.change(platform, script)
        said = home.launch(plan, "run")
        assert said.code == 0, said.everything
        assert home.rows("select outcome from ops.runs order by started_at desc")[0] == ("published",)
    fresh = built_anew(home, tmp_path / "fresh")
    assert differing(home.staging_text(), fresh.staging_text()) == []
    stored = {where: relations_text(where.folder / "warehouse.duckdb", MODELS) for where in (home, fresh)}
    incremental = (
        "activity__moodle_stretches",
        "activity__bookshelf_stretches",
        "activity__edx_stretches",
        "course_activity__moodle_days",
        "engagement__classroom_login_days",
        "engagement__bookshelf_days",
        "edx__enrolment_acts",
        "edx__log_days",
    )
    assert {f"intermediate.int_{name}" for name in incremental} <= stored[home].keys()
    assert differing(stored[home], stored[fresh]) == [HISTORY]
    published = home.marts_text()
    assert differing(published, {name: stored[fresh][name] for name in published}) == [HISTORY]
    assert len(differing(published, changed[0].marts_text())) > 1, "the steps changed nothing in the marts"
    assert home.unbalanced() == []
