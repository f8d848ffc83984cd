"""The registry of measures is found wrong where it is: each rule has a project that breaks it."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from scripts.metrics.__main__ import findings
from scripts.metrics.page import page
from scripts.metrics.registry import read_registry

ROOT = Path(__file__).parents[2]
MEASURES = "macros/measures"
ENTRY = """
  - name: {name}
    description: {description}
    config:
      meta: {{owner: finance, unit: people, grain: the row, caveat: Planted., columns: [{columns}]}}
"""


@pytest.fixture
def project(tmp_path) -> Path:
    """The dbt project to break, without the SQL of its models: each test plants what it needs."""
    target = tmp_path / "dbt_project"
    shutil.copytree(ROOT / "dbt_project" / "macros", target / "macros")
    without_sql = shutil.ignore_patterns("*.sql")
    shutil.copytree(ROOT / "dbt_project" / "models", target / "models", ignore=without_sql)
    shutil.copy(ROOT / "dbt_project" / "dbt_project.yml", target)
    return target


@cache
def known() -> frozenset[str]:
    """What is wrong with the project itself, which has a test of its own below."""
    return frozenset(findings(read_registry(ROOT / "dbt_project")))


def found(project: Path) -> list[str]:
    """What a planted violation adds."""
    return [line for line in findings(read_registry(project)) if line not in known()]


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def add(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def macro(project: Path, name: str, body: str, parameters: str = "a, b") -> None:
    text = f"{{# {name}: planted. #}}\n{{% macro {name}({parameters}) -%}}\n{body}\n{{%- endmacro %}}\n"
    (project / MEASURES / f"{name}.sql").write_text(text, encoding="utf-8")


def entry(
    project: Path, name: str, columns: str, description: str = "Something new that is counted."
) -> None:
    path = project / MEASURES / "_engagement__measures.yml"
    add(path, ENTRY.format(name=name, description=description, columns=columns))


def model(project: Path, name: str, sql: str, layer: str = "marts/customer_insight") -> None:
    (project / "models" / layer / f"{name}.sql").write_text(sql, encoding="utf-8")


def only(lines: list[str], *words: str) -> bool:
    """One finding, and it names all of this."""
    return len(lines) == 1 and all(word in lines[0] for word in words)


def test_nothing_is_incomplete_defined_twice_or_written_out_in_the_project():
    assert sorted(known()) == []


def test_the_projects_copy_is_as_good(project):
    assert found(project) == []


def test_a_macro_without_an_entry(project):
    macro(project, "planted", "{{ a }} - {{ b }} * 7")
    assert only(found(project), "planted.sql", "no entry")


def test_an_entry_without_a_macro(project):
    entry(project, "planted", "dim_people.first_seen_at")
    assert only(found(project), "there is no macros/measures/planted.sql")


@pytest.mark.parametrize("name", ["owner", "unit", "grain", "caveat"])
def test_an_entry_that_leaves_something_out(project, name):
    path = project / MEASURES / "_attendance__measures.yml"
    lines = path.read_text(encoding="utf-8").split("\n")
    first = next(number for number, line in enumerate(lines) if line.strip().startswith(f"{name}:"))
    del lines[first : first + (3 if lines[first].endswith(">") else 1)]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert only(found(project), "learners", name)


def test_an_entry_with_a_field_that_nobody_reads(project):
    replace(
        project / MEASURES / "_people__measures.yml", "unit: true or false", "unit: x\n        owners: me"
    )
    assert only(found(project), "owners is no field of an entry")


def test_an_entry_of_somebody_who_does_not_answer_for_measures(project):
    replace(project / MEASURES / "_people__measures.yml", "owner: customer insight", "owner: nobody")
    assert only(found(project), "is_small_cell", "owner is one of")


def test_a_column_that_no_mart_has(project):
    replace(
        project / MEASURES / "_movements__measures.yml", "schools_lapsed.lapsed_value", "schools_lapsed.lost"
    )
    assert only(found(project), "no mart has a column schools_lapsed.lost")


def test_a_measure_that_no_mart_shows(project):
    macro(project, "planted", "{{ a }} - {{ b }} * 7")
    entry(project, "planted", "")
    assert only(found(project), "planted: no mart shows it")


def test_a_file_that_is_not_named_by_its_subject(project):
    path = project / MEASURES / "_people__measures.yml"
    path.rename(path.with_name("people.yml"))
    assert only(found(project), "people.yml", "_<subject>__measures.yml")


def test_a_measure_described_in_two_files(project):
    entry(project, "churn_value", "")
    lines = found(project)
    assert any("`churn_value` is described by two entries" in line for line in lines)


def test_two_macros_of_one_name(project):
    body = "{# planted #}{% macro churn_value(a, b) -%}{{ a }} - {{ b }} * 7{%- endmacro %}"
    (project / "macros" / "calendar" / "planted.sql").write_text(body, encoding="utf-8")
    assert any("`churn_value` is the name of two macros" in line for line in found(project))


def test_a_macro_copied_under_another_name_and_with_other_parameters(project):
    copied = "CASE when {{ old }} > 0 and {{ now }} = 0\n   then {{ old }} else 0 end"
    macro(project, "lost_value", copied, "now, old")
    entry(project, "lost_value", "dim_people.first_seen_at")
    assert any("is the body of two macros: churn_value, lost_value" in line for line in found(project))


def test_a_share_of_other_things_is_another_measure(project):
    macro(project, "planted", "{{ ratio(paid, schools) }}", "paid, schools")
    entry(project, "planted", "dim_people.first_seen_at")
    assert found(project) == []
    macro(project, "planted", "{{ ratio(active_learners, seats) }}", "active_learners, seats")
    assert only(found(project), "is the body of two macros: planted, utilisation")


def test_a_definition_copied_to_another_entry(project):
    macro(project, "planted", "{{ a }} - {{ b }} * 7")
    entry(project, "planted", "dim_people.first_seen_at", "Decline of value of which some is left.")
    assert only(found(project), "defines two entries: planted, contraction_value")


def test_a_column_that_two_measures_claim(project):
    macro(project, "planted", "{{ a }} - {{ b }} * 7")
    entry(project, "planted", "schools_lapsed.lapsed_value")
    assert only(found(project), "`schools_lapsed.lapsed_value` is claimed twice: planted, churn_value")


def test_a_column_that_a_measure_claims_and_that_has_a_unit_of_its_own(project):
    macro(project, "planted", "{{ a }} - {{ b }} * 7")
    entry(project, "planted", "dim_people.accounts")
    assert only(found(project), "`dim_people.accounts` is claimed twice")


def test_one_name_with_two_texts(project):
    path = project / "models" / "marts" / "course_activity" / "_course_activity__models.yml"
    replace(
        path,
        "week_starts_on\n        description: Monday of the week, UTC.",
        "week_starts_on\n        description: Monday.",
    )
    text = path.read_text(encoding="utf-8")
    before, after = text.split("- name: attendance_weekly")
    planted = after.replace("\"{{ doc('learners') }}\"", "Learners of the week.", 1)
    path.write_text(f"{before}- name: attendance_weekly{planted}", encoding="utf-8")
    assert only(found(project), "`learners` has two texts", "attendance_weekly.learners")


def test_one_text_written_twice(project):
    path = project / "models" / "marts" / "core" / "_core__models.yml"
    replace(path, "description: Product family.", "description: Name of the product.")
    assert found(project) == []  # a few words may be repeated
    long = "description: Something that takes so many words that nobody wants to mend it in two places."
    replace(path, "description: Name of the product.", long)
    assert only(found(project), "written twice: dim_products.product_name, dim_products.product_family")


def test_arithmetic_of_a_measure_in_a_model(project):
    sql = """
        with moved as (select opening_value as before, closing_value as after from fct_customer_movements),
        final as (
            select case when (moved.before > 0) and moved.after = 0 then moved.before else 0 end as lost
            from moved
        )
        select * from final
    """
    model(project, "fct_planted", sql)
    assert only(found(project), "fct_planted.sql: writes churn_value out by hand")


def test_a_lone_expression_is_known_by_its_columns_only(project):
    model(project, "int_planted", "select count(distinct account_key) as n from t", "intermediate/people")
    assert found(project) == []
    model(project, "int_planted", "select count(distinct t.person_key) as n from t", "intermediate/people")
    assert only(found(project), "int_planted.sql: writes learners out by hand")


def test_something_called_like_a_measure_that_does_not_call_it(project):
    sql = "select coalesce(utilisation, 0) as utilisation from t"
    model(project, "int_planted", sql, "intermediate/people")
    assert found(project) == []
    model(project, "int_planted", "select used * 1.0 as utilisation from t", "intermediate/people")
    assert only(found(project), "int_planted.sql", "is called utilisation and does not call its macro")


def test_a_mart_that_divides(project):
    model(project, "fct_planted", "select {{ ratio('lost', 'opened') }} as share_lost from t")
    assert only(found(project), "fct_planted.sql: a mart divides")


def test_a_model_that_cannot_be_read_is_a_finding(project):
    model(project, "int_planted", "select {{ nowhere('a') }} as a from t", "intermediate/people")
    model(project, "int_split", "select a b c from t", "intermediate/people")
    assert [line.split(": ")[1] for line in found(project)] == ["cannot be read with its macros as calls"] * 2


def test_a_separator_in_a_call_is_a_text(project):
    model(project, "int_planted", "select {{ joined(['a', ' > ']) }} as a from t", "intermediate/people")
    assert found(project) == []


def test_a_call_of_the_macro_is_no_finding(project):
    sql = "select {{ churn_value('a', 'b') }} as churn_value, {{ is_small_cell('n') }} as is_few from t"
    model(project, "int_planted", sql, "intermediate/people")
    assert found(project) == []


def test_the_page_is_what_the_project_says():
    text = page(read_registry(ROOT / "dbt_project"), ROOT / "docs" / "decisions")
    assert (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8") == text


def test_the_page_quotes_thresholds_and_links_decisions(project):
    replace(project / "dbt_project.yml", "small_cell_below: 5", "small_cell_below: 7")
    text = page(read_registry(project), ROOT / "docs" / "decisions")
    assert "(`small_cell_below` = 7)" in text
    assert "| `small_cell_below` | 7 | Counts of people below this are marked as small cells. |" in text
    assert "decision [011](decisions/011-a-gap-over-a-months-end-is-churn.md)" in text
