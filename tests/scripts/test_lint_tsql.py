"""The T-SQL lint from the project to the line it prints: states, seeds, names, written text."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import scripts.lint_tsql.__main__ as program
from scripts.lint_tsql import compiled
from scripts.lint_tsql.built import Build, RecordFailed, built, recorded, statements_of
from scripts.lint_tsql.compiled import CompileFailed, in_build_order, statements
from scripts.lint_tsql.files import pieces, written_statements
from scripts.lint_tsql.findings import findings
from scripts.lint_tsql.names import Names, landed_type
from scripts.lint_tsql.statement import Statement
from scripts.lint_tsql.unchanged import fingerprint
from tests.dbt_project.dialect_cases import renderer, table

ROOT = Path(__file__).parents[2]
PROFILE = """
warehouse:
  target: sqlserver
  outputs:
    sqlserver: {type: sqlserver, backend: mssql-python, host: h, database: w, schema: s, user: u, password: p}
"""
COUNTED = """{{ config(
    materialized='incremental', incremental_strategy='append', as_columnstore=false,
    post_hook="update {{ this }} set numbers = 0 where kind in (select kind from {{ ref('kinds') }} limit 1)"
) }}
with kinds as (
    select kind, number from {{ ref('kinds') }}
)

select
    kind,
    count(*) as numbers
from kinds
{% if is_incremental() %}
where kind <> 'old'
group by kind
{% else %}
group by 1
{% endif %}
"""
# every call of the case table that needs nothing but macros/dialect
CALLS = ",\n".join(
    "{{ " + entry["call"] + " }}"
    for macro, entries in table()["macros"].items()
    if (ROOT / "dbt_project" / "macros" / "dialect" / f"{macro}.sql").exists()
    for entry in entries
    if "call" in entry and "u(" not in entry["call"]
)
READER = "select kind, numbers as total, total + 1 as more from {{ ref('counted') }}\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every dialect macro, and faults: in a branch of the first build, a later model, a seed, a hook."""
    project = tmp_path_factory.mktemp("planted") / "dbt_project"
    (project / "models").mkdir(parents=True)
    (project / "macros").mkdir()
    (project / "seeds").mkdir()
    (project / "dbt_project.yml").write_text(
        "name: warehouse\nprofile: warehouse\nversion: 1.0.0\nflags: {send_anonymous_usage_stats: false}\n"
    )
    (project / "profiles.yml").write_text(PROFILE)
    (project / "seeds" / "kinds.csv").write_text("kind,number\nold,1\n")
    (project / "seeds" / "seeds.yml").write_text(
        "version: 2\nseeds: [{name: kinds, config: {column_types: {kind: varchar(9), number: int}}}]\n"
    )
    (project / "models" / "counted.sql").write_text(COUNTED)
    (project / "models" / "reader.sql").write_text(READER)
    shutil.copy(ROOT / "dbt_project" / "macros" / "is_incremental.sql", project / "macros")
    shutil.copytree(ROOT / "dbt_project" / "macros" / "dialect", project / "macros" / "dialect")
    (project / "models" / "rendered.sql").write_text(CALLS)
    return project


@pytest.fixture(scope="module")
def names() -> Names:
    return Names()


@pytest.fixture(scope="module")
def compiled_project(project: Path, names: Names) -> list[Statement]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "STATES", compiled.STATES[:2])
        return statements(project, project / "work", names)


def test_what_dbt_sends_is_read_too_hooks_and_all(compiled_project, project, names):
    sent = list(built(project, project / "work", names))
    found = {(sql.path, finding.rule.name) for sql in sent for finding in findings(sql)}
    assert ("dbt_project/models/counted.sql", "limit") in found
    texts = [sql.text for sql in sent if sql.path == "dbt_project/models/counted.sql"]
    assert any(text.startswith('SELECT * INTO "w"."s"."counted" FROM') for text in texts)
    # a later build inserts into the columns that the model has
    assert any('insert into "w"."s"."counted" ("kind", "numbers")' in text for text in texts)
    assert any(sql.text.startswith('create table "w"."s"."kinds"') for sql in sent)


def test_a_build_that_fails_is_said(project, tmp_path):
    broken = Build("a first build", ("--no-such-word",), there=False)
    with pytest.raises(RecordFailed, match="no-such-word"):
        recorded(project, tmp_path, {}, (broken,))


BATCH = """USE [w];
    EXEC('
        CREATE OR ALTER VIEW "s"."v" AS select ''it''''s'' as a;
    ')
EXEC('IF OBJECT_ID(''s.t'', ''U'') IS NOT NULL
    EXEC(''DROP TABLE "w"."s"."t"'');SELECT * INTO "w"."s"."t" FROM "w"."s"."v" OPTION (LABEL = ''dbt'');')
"""


def test_a_batch_is_read_without_the_adapters_own_words():
    assert list(statements_of(BATCH)) == [
        """CREATE OR ALTER VIEW "s"."v" AS select 'it''s' as a;""",
        'SELECT * INTO "w"."s"."t" FROM "w"."s"."v" ;',
        'DROP TABLE "w"."s"."t"',
    ]
    assert list(statements_of("IF @@TRANCOUNT > 0 COMMIT TRANSACTION")) == []
    assert list(statements_of("USE [w]; select name as [schema] from sys.schemas")) == []


def test_each_fault_is_found_once_where_it_was_written(compiled_project):
    planted = [sql for sql in compiled_project if sql.name != "rendered"]
    found = [str(finding).split(": «", 1)[0] for sql in planted for finding in findings(sql)]
    assert sorted(found) == [
        "dbt_project/models/counted.sql:17: ordinal",
        "dbt_project/models/reader.sql (reader): names-resolve",
        "dbt_project/seeds/kinds.csv (kinds): text-type",
    ]


def test_the_case_table_renders_macros_as_dbt_does(compiled_project):
    [text] = [sql.text for sql in compiled_project if sql.name == "rendered"]
    assert text == renderer("sqlserver")(CALLS)
    assert "eomonth" in text


def test_a_project_that_does_not_compile_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(compiled, "STATES", compiled.STATES[:1])
    project = tmp_path / "dbt_project"
    project.mkdir()
    (project / "dbt_project.yml").write_text(
        "name: warehouse\nprofile: nowhere\nflags: {send_anonymous_usage_stats: false}\n"
    )
    (project / "profiles.yml").write_text(PROFILE)
    with pytest.raises(CompileFailed, match="profile named 'nowhere'"):
        statements(project, tmp_path / "work", Names())


# ---------------------------------------------------------------- parts


def test_nodes_come_after_what_they_read():
    nodes = {
        "c": {"depends_on": {"nodes": ["b", "source"]}},
        "b": {"depends_on": {"nodes": ["a"]}},
        "a": {"depends_on": {}},
    }
    assert [key for key, _ in in_build_order({"nodes": nodes})] == ["a", "b", "c"]


def test_types_are_followed_through_models():
    names = Names()
    names.add('"w"."staging"."users"', {"id": "bigint", "is_open": landed_type("bool")})
    first = Statement("m", "m", 'select id, is_open as open_now from "w"."staging"."users"')
    assert names.resolve(first) == {"id": "BIGINT", "open_now": "BIT"}
    names.add('"w"."marts"."m"', names.resolve(first))
    second = Statement("n", "n", 'select max(open_now) as x from "w"."marts"."m"')
    names.resolve(second)
    assert [finding.rule.name for finding in findings(second)] == ["aggregate-over-bit"]


@pytest.mark.parametrize(
    ("declared", "type_"),
    [
        ("text(40)", "nvarchar(40)"),
        ("text", "nvarchar(max)"),
        ("decimal(12, 2)", "decimal(12, 2)"),
        ("timestamp", "datetime2(6)"),
        ("double", "float"),
        ("date", "date"),
    ],
)
def test_landed_types(declared, type_):
    assert landed_type(declared) == type_


def test_written_text_is_seen_between_and_within_jinja():
    text = "{# a / b #}\nselect\n    {{ x }} / 2 as h,\n    {{ average('a / b') }} as m, '1/2' as t\nfrom t\n"
    found = [finding for sql in pieces("models/m.sql", text) for finding in findings(sql)]
    assert [(finding.line, finding.rule.name) for finding in found] == [(3, "division"), (4, "division")]


def test_dialect_macros_may_write_what_others_may_not(tmp_path):
    for folder in ("macros/dialect", "macros/measures"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "mean.sql").write_text("{% macro mean(x) %}avg({{ x }}){% endmacro %}")
    found = [finding for sql in written_statements(tmp_path) for finding in findings(sql)]
    assert [finding.path for finding in found] == [f"{tmp_path.name}/macros/measures/mean.sql"]


def test_a_line_says_file_rule_excerpt_reason_and_what_to_write():
    sql = Statement("m.sql", "m", "select a\nfrom t\nlimit 5", written="select a\nfrom t\nlimit 5")
    [line] = [str(finding) for finding in findings(sql) if finding.rule.name == "limit"]
    assert line == (
        "m.sql:3: limit: «LIMIT 5» there is no LIMIT; OFFSET … FETCH needs an order, which no view or CTE "
        "may have; write row_number() in a CTE and its condition in the next"
    )


CLEAN, BAD = "select 1 as a", "select a from t limit 5"


@pytest.fixture
def lint(monkeypatch, tmp_path):
    """Runs the program on a root of its own, whose compiled SQL is the given text."""

    def run(text: str, sent: str = CLEAN) -> int:
        monkeypatch.setattr(program, "statements", lambda *_: [Statement("m.sql", "m", text)])
        monkeypatch.setattr(program, "built", lambda *_: [Statement("m.sql", "m", sent, kind="built")])
        return program.main()

    monkeypatch.setattr("sys.argv", ["lint_tsql"])
    monkeypatch.setattr(program, "ROOT", tmp_path)
    (tmp_path / "dbt_project" / "models").mkdir(parents=True)
    return run


def test_the_exit_code_says_whether_there_is_a_finding(lint, capsys):
    assert lint(BAD) == 1
    assert "limit" in capsys.readouterr().out
    assert lint(CLEAN, sent=BAD) == 1
    assert lint(CLEAN) == 0
    assert "1 compiled statements and 1 that dbt sends keep" in capsys.readouterr().out


def test_what_was_clean_is_not_compiled_again_until_a_file_changes(lint, tmp_path):
    assert lint(CLEAN) == 0
    assert lint(BAD) == 0
    (tmp_path / "dbt_project" / "models" / "m.sql").write_text("select 2 as a")
    assert lint(BAD) == 1
    assert lint(BAD) == 1


@pytest.mark.parametrize(
    "path",
    ["dbt_project/models/a/b.sql", "dbt_project/dbt_project.yml", "scripts/lint_tsql/rules/words.py"],
)
def test_the_fingerprint_is_of_every_file_that_the_check_reads(tmp_path, path):
    before = fingerprint(tmp_path)
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text("1")
    first = fingerprint(tmp_path)
    (tmp_path / path).write_text("2")
    assert len({before, first, fingerprint(tmp_path)}) == 3
