"""The statements of publishing are those that were reviewed, and keep the rules of T-SQL.

The files beside this one are read by people. When a statement changes on purpose, the test prints it.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from pipelines.runner.marts import Mart
from pipelines.runner.publish import publish
from scripts.lint_tsql.findings import findings
from scripts.lint_tsql.statement import Statement
from tests.runner.publish.built import DAYS, MARTS
from tests.servers.tsql import Features

# rules about a model: it is one query, and its functions are those that DuckDB has, too
OF_MODELS = {"from-first", "values", "unknown-function"}
# what sqlglot does not know of T-SQL, in the form of Microsoft's reference
UNKNOWN_TO_SQLGLOT = (
    r'alter schema "\w+" transfer "\w+"\."\w+"',
    r'alter table "\w+"\."\w+" alter column "\w+" add masked with \(function = \'default\(\)\'\)',
)


@pytest.fixture(autouse=True)
def _quiet() -> None:
    logging.getLogger("sqlglot").setLevel(logging.ERROR)


@pytest.fixture
def said(server, settings, warehouse):
    """Publishes both marts, of which one was published before and one is new, and a third has gone."""

    def statements(features: Features) -> list[str]:
        warehouse.execute("create table build_course_activity.dim_gone (a int)")
        publish(settings, warehouse, "run-1", [DAYS, Mart(DAYS.schema, "dim_gone", DAYS.built_in)], [])
        server.features = features
        before = len(server.statements)
        publish(settings, warehouse, "run-2", MARTS, [DAYS.name])
        # the questions of the warehouse itself are reviewed with it
        own = ("select @@error", "select COLUMN_NAME")
        return [text for text in server.statements[before:] if not text.startswith(own)]

    return statements


@pytest.mark.parametrize(
    ("file", "features"),
    [
        ("with_transfer.sql", Features()),
        ("without_transfer.sql", Features(transfer=False, columnstore=False)),
    ],
)
def test_marts_are_published_as_reviewed(said, file, features):
    written = "".join(f"{statement};\n" for statement in said(features))
    assert written == Path(__file__).with_name(file).read_text(encoding="utf-8"), written


@pytest.mark.parametrize("features", [Features(), Features(transfer=False, columnstore=False)])
def test_every_statement_keeps_the_rules(said, features):
    found = []
    for text in said(features):
        left_out = OF_MODELS | (
            {"parses"} if any(re.fullmatch(p, text) for p in UNKNOWN_TO_SQLGLOT) else set()
        )
        # the driver's names of parameters; sqlglot reads them as variables of a script
        statement = Statement("publish", "publish", re.sub(r"@P\d+", "?", text), kind="publish")
        found += [str(finding) for finding in findings(statement) if finding.rule.name not in left_out]
    assert found == []
