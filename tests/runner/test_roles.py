"""The roles script: statements of a few known shapes, and what each role was not granted.

sqlglot reads none of T-SQL's GRANT and AUTHORIZATION, so the shapes below are those of Microsoft's
manual, and whatever has another is found.
"""

from __future__ import annotations

import re

import pytest
import yaml

from pipelines.contracts import contract_path, load_contract
from pipelines.runner.marts import mart_schemas
from pipelines.runner.publish.abilities import NEXT
from pipelines.runner.roles import ROLES, roles_script
from pipelines.runner.transform import BUILD
from pipelines.settings import PROJECT_ROOT
from pipelines.sources.config import known_platforms

_GRANT = r"grant (?P<rights>[a-z, ]+?)(?: on schema::\[(?P<schema>\w+)\])? to \[(?P<role>\w+)\];"
SHAPES = {
    "role": r"if database_principal_id\(N'(?P<role>\w+)'\) is null create role \[(?P=role)\];",
    "made": r"if schema_id\(N'(?P<schema>\w+)'\) is null "
    r"exec\(N'create schema \[(?P=schema)\] authorization \[(?P<role>\w+)\];'\)",
    "owned": r"else exec\(N'alter authorization on schema::\[(?P<schema>\w+)\] to \[(?P<role>\w+)\];'\);",
    "granted": _GRANT,
    "tried": rf"begin try exec\(N'{_GRANT}'\); end try begin catch print error_message\(\); end catch;",
}
LANDED = {load_contract(contract_path(platform)).schema for platform in known_platforms()}
SCRATCH = {f"_dlt_merge_{schema}" for schema in LANDED}
MARTS = set(mart_schemas())
MODELS = {"staging", "intermediate", "history"} | {
    f"{stage}{mart}" for mart in MARTS for stage in (BUILD, NEXT)
}


def statements() -> list[tuple[str, dict[str, str | None]]]:
    """(shape, its parts) of every line that is no comment."""
    lines = [line for line in roles_script().splitlines() if line and not line.startswith("--")]
    found = []
    for line in lines:
        read = [(name, match) for name, shape in SHAPES.items() if (match := re.fullmatch(shape, line))]
        assert len(read) == 1, line
        found.append((read[0][0], read[0][1].groupdict()))
    return found


def owned(role: str) -> set[str | None]:
    return {parts["schema"] for shape, parts in statements() if shape == "made" and parts["role"] == role}


def granted(role: str) -> set[tuple[str, str | None]]:
    """(right, schema), schema None for one on the whole database."""
    return {
        (right.strip(), parts["schema"])
        for shape, parts in statements()
        if shape in ("granted", "tried") and parts["role"] == role
        for right in str(parts["rights"]).split(",")
    }


def reached(role: str) -> set[str | None]:
    return owned(role) | {schema for _, schema in granted(role) if schema}


def test_roles_come_first_and_schemas_before_what_is_granted_on_them():
    shapes = [shape for shape, _ in statements()]
    order = ["role", "made", "granted", "tried"]

    assert sorted((shape for shape in shapes if shape != "owned"), key=order.index) == [
        s for s in shapes if s != "owned"
    ]
    assert [parts["role"] for shape, parts in statements() if shape == "role"] == list(ROLES)


def test_a_schema_that_is_there_gets_the_owner_it_would_have_been_made_with():
    lines = [(shape, parts) for shape, parts in statements() if shape in ("made", "owned")]

    assert [shape for shape, _ in lines] == ["made", "owned"] * (len(lines) // 2)
    assert all(made[1] == owner[1] for made, owner in zip(lines[::2], lines[1::2], strict=True))


def test_every_schema_of_a_run_has_one_owner():
    project = yaml.safe_load((PROJECT_ROOT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))
    of_dbt = set(re.findall(r"'\+schema': '(\w+)'", str(project)))

    assert of_dbt <= MODELS | MARTS
    assert owned("loader") == LANDED | SCRATCH | {"ops"}
    assert owned("transformer") == MODELS | MARTS
    assert not owned("loader") & owned("transformer")


def test_the_loader_reaches_no_model_and_no_mart():
    assert not reached("loader") & (MODELS | MARTS)
    assert granted("loader") == {("create table", None)}


def test_the_transformer_only_reads_what_was_landed_and_not_the_scratch_of_the_loader():
    assert {right for right, schema in granted("transformer") if schema in LANDED | {"ops"}} == {"select"}
    assert not reached("transformer") & SCRATCH


@pytest.mark.parametrize("role", ["analyst", "reporter"])
def test_who_asks_marts_reads_published_marts_and_nothing_else(role):
    assert owned(role) == set()
    assert reached(role) == MARTS
    assert {right for right, schema in granted(role) if schema} == {"select"}


def test_the_reporter_sees_masks_and_has_no_right_on_the_database():
    assert {right for right, schema in granted("reporter") if schema is None} == set()
    assert {right for right, schema in granted("analyst") if schema is None} == {"unmask"}


def test_nobody_gets_what_opens_more_than_schemas():
    rights = {right for role in ROLES for right, _ in granted(role)}

    assert rights == {"create table", "create view", "select", "alter any mask", "unmask"}
    assert "grant option" not in roles_script()
    assert {parts["role"] for _, parts in statements()} == set(ROLES)
