"""However changes arrive, the marts are what one run over the final sources gives."""

from __future__ import annotations

from pathlib import Path

from tests.dbt_project.landing_stand_in import dbt
from tests.end_to_end.homes import MARTS, Home, differing, relations_text

# After the changes of `sample_runs`: one is taken back, one row leaves, the rest is read again unchanged.
ONCE_MORE = {
    "subscriptions": """
        update plans set name = replace(name, ' (new)', ''), updated_at = :now where id = 2;
        delete from leads where id = 900001;
    """,
    "moodle": """
        update mdl_user set suspended = 1, timemodified = :epoch where id = 31;
        delete from mdl_course_modules_completion where id in (3, 5, 6);
    """,
}
# Of the intermediate models only those that are stored: views say nothing that their tables do not.
MODELS = f"""
    table_schema in {MARTS} or (table_schema, table_name) in (
        select (table_schema, table_name) from information_schema.tables
        where table_schema = 'intermediate' and table_type = 'BASE TABLE'
    )
"""
# What the sources have overwritten is known to a warehouse that saw it, and to no other.
HISTORY = "core.school_history"


def built_anew(home: Home, folder: Path) -> Home:
    """The same sources landed once into an empty warehouse, and every model built from that."""
    fresh = home.copy(folder, only_sources=True)
    assert fresh.command("land").code == 0
    untested = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    done = dbt(fresh.folder, "build", *untested, WAREHOUSE_AS_OF=fresh.settings["WAREHOUSE_AS_OF"])
    assert done.returncode == 0, done.stdout
    return fresh


def test_runs_after_each_change_give_what_one_run_gives(first, changed, tmp_path, long_counts):
    home, said = changed
    assert said.code == 0, said.everything
    assert_published(home)
    if long_counts:
        home = home.copy(tmp_path / "home")
        for platform, script in ONCE_MORE.items():
            home.change(platform, script)
        said = home.command("run")
        assert said.code == 0, said.everything
        assert_published(home)
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
    before = (changed if long_counts else first)[0]
    assert len(differing(published, before.marts_text())) > 1, "the changes changed nothing in the marts"
    assert home.unbalanced() == []


def assert_published(home: Home) -> None:
    assert home.rows("select outcome from ops.runs order by started_at desc")[0] == ("published",)
