"""The dbt project keeps the names, layers and dialect rules of ARCHITECTURE §3 and §6. Reads files only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[2] / "dbt_project"
MODELS = PROJECT / "models"
SQL_MODELS = sorted(MODELS.rglob("*.sql"))
MACRO_FILES = sorted((PROJECT / "macros").rglob("*.sql"))
DIALECT = PROJECT / "macros" / "dialect"
MART_YAML = sorted((MODELS / "marts").rglob("*.yml"))


def code(path: Path) -> str:
    """The SQL and Jinja of a file without comments and without text literals."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"--[^\n]*", "", text)
    return re.sub(r"'[^'\n]*'", "''", text).lower()


def sql_of(path: Path) -> str:
    """`code` without Jinja expressions and statements, which are not SQL."""
    return re.sub(r"\{[{%].*?[%}]\}", " ", code(path), flags=re.DOTALL)


def relative(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def described_models(path: Path) -> list[dict]:
    return yaml.safe_load(path.read_text(encoding="utf-8")).get("models") or []


@pytest.mark.parametrize("path", SQL_MODELS, ids=relative)
def test_a_models_name_tells_its_layer_and_its_folder(path):
    layer, *folders = path.relative_to(MODELS).parts[:-1]
    name, folder = path.stem, folders[0] if folders else "ops"
    if layer == "staging":
        assert re.fullmatch(rf"stg_{folder}__[a-z_]+", name)
    elif layer == "intermediate":
        assert re.fullmatch(rf"int_{folder}__[a-z_]+", name)
    else:
        assert layer == "marts"
        assert folder in {"core", "customer_insight", "course_activity"}
        # a star has dim_ and fct_; what answers one question has a plain name
        assert not name.startswith(("stg_", "int_", "fct_" if folder == "core" else "dim_"))


@pytest.mark.parametrize("path", [path for path in SQL_MODELS if "marts" in path.parts], ids=relative)
def test_a_mart_is_stored(path):
    """Its tests, its checks and its publishing read it some 30 times (decision 043)."""
    assert "view" not in sql_of(path).split("with", 1)[0]


@pytest.mark.parametrize("path", sorted(MODELS.rglob("*.yml")), ids=relative)
def test_a_yaml_file_is_named_by_its_folder(path):
    layer, *folders = path.relative_to(MODELS).parts[:-1]
    folder = folders[0] if folders else "ops"
    prefix = f"_int_{folder}" if layer == "intermediate" else f"_{folder}"
    assert re.fullmatch(rf"{prefix}__(models|unit_tests|sources)\.yml", path.name)
    assert layer == "staging" or "sources" not in path.name


@pytest.mark.parametrize("path", SQL_MODELS, ids=relative)
def test_only_staging_models_read_sources_and_read_one(path):
    sources = re.findall(r"\bsource\(", code(path))
    assert len(sources) == (1 if "staging" in path.parts else 0)


@pytest.mark.parametrize("path", [path for path in SQL_MODELS if "staging" in path.parts], ids=relative)
def test_staging_models_join_nothing(path):
    assert not re.search(r"\bjoin\b|\bgroup\s+by\b|\bref\(", code(path))


@pytest.mark.parametrize("path", [path for path in SQL_MODELS if "marts" in path.parts], ids=relative)
def test_marts_of_customers_and_courses_read_no_staging_model(path):
    allowed = "core" in path.parts  # a dimension may stand directly on staging
    assert allowed or not re.search(r"ref\('stg_", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SQL_MODELS, ids=relative)
def test_a_model_is_a_chain_of_ctes_that_ends_in_select_star(path):
    text = sql_of(path).strip()
    assert re.search(r"select \* from \w+\s*$", text)
    assert len(path.read_text(encoding="utf-8").splitlines()) < 120
    assert "ephemeral" not in text


def macros_in(path: Path) -> set[str]:
    return set(re.findall(r"\{%-?\s*macro\s+(\w+)\s*\(", path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", sorted(DIALECT.glob("*.sql")), ids=relative)
def test_a_dialect_macro_has_a_body_for_each_engine_and_no_default(path):
    names = macros_in(path)
    concepts = {name for name in names if "__" not in name}
    assert concepts
    assert names == concepts | {
        f"{engine}__{name}" for engine in ("duckdb", "sqlserver") for name in concepts
    }
    assert path.read_text(encoding="utf-8").count("adapter.dispatch(") == len(concepts)


def test_engines_are_named_in_dialect_macros_only():
    # a macro of dbt-sqlserver that ours replaces has the name that it gave it
    outside = [
        path
        for path in [*MACRO_FILES, *SQL_MODELS]
        if DIALECT not in path.parents and not path.name.startswith("sqlserver__")
    ]
    guilty = [
        relative(path)
        for path in outside
        if re.search(r"(duckdb|sqlserver|default)__|target\.type", code(path))
    ]
    assert guilty == []


def test_every_mart_has_a_description_that_opens_with_its_grain():
    marts = {path.stem for path in SQL_MODELS if "marts" in path.parts}
    described = {model["name"]: model for path in MART_YAML for model in described_models(path)}
    assert set(described) == marts
    wrong = [name for name, model in described.items() if not model["description"].startswith("One row per ")]
    assert wrong == []


def test_every_model_says_what_a_row_is():
    models = {model["name"]: model for path in MODELS.rglob("*.yml") for model in described_models(path)}
    assert set(models) == {path.stem for path in SQL_MODELS}
    without = [
        name for name, model in models.items() if not re.match(r"One row(:| per )", model["description"])
    ]
    assert without == []


def test_the_grain_of_every_mart_is_tested():
    untested = []
    for model in (model for path in MART_YAML for model in described_models(path)):
        tests = model.get("data_tests", [])
        keys = [test for test in tests if test.get("holds", {}).get("arguments", {}).get("key")]
        if not keys and not any("unique_combination" in test for test in tests):
            untested.append(model["name"])
    assert untested == []


def test_a_measures_macro_is_named_like_its_file_and_says_what_it_is():
    for path in (PROJECT / "macros" / "measures").glob("*.sql"):
        assert path.stem in macros_in(path), path.name
        assert path.read_text(encoding="utf-8").startswith(f"{{# {path.stem}: "), path.name


def test_singular_tests_are_sentences_that_say_what_when_and_how_to_resolve():
    for path in (PROJECT / "tests").rglob("*.sql"):
        if path.parent.name == "generic":
            continue
        assert path.stem.count("_") >= 4, path.name
        text = path.read_text(encoding="utf-8")
        assert "What:" in text, path.name
        assert "Resolve:" in text, path.name
