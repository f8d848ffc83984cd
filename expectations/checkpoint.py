"""The checks' own process: opens the warehouse read-only, validates, writes results as JSON.

`python -m expectations.checkpoint --layer staging --relation staging_moodle.mdl_user --output results.json`
"""

from __future__ import annotations

import argparse
import sys
import traceback
from contextlib import closing, redirect_stdout
from dataclasses import replace
from functools import cache
from pathlib import Path

from expectations.dialects import DIALECTS
from expectations.expected import Expected, Suite
from expectations.results import FAIL, CheckResult, write_refusal, write_results
from expectations.suite import Columns, Scope, mart_suite, staging_suite
from pipelines.contracts import PlatformContract, contract_path, load_contract
from pipelines.errors import WarehouseError
from pipelines.settings import load_settings
from pipelines.warehouse import Warehouse, open_warehouse

LAYERS = ("staging", "marts")


def check(
    warehouse: Warehouse, layer: str, relations: list[str], scope: Scope, docs: Path | None = None
) -> list[CheckResult]:
    """Checks each relation; one that is missing, or lacks a column somebody asks about, is a failed result.

    Raises ContractError when a contract or a hand-written suite is wrong, UsageError for a relation
    that no contract names.
    """
    dialect = DIALECTS[warehouse.engine]
    scope = replace(scope, dialect=dialect)
    columns = present_columns(warehouse)
    results: list[CheckResult] = []
    askable: list[Suite] = []
    for relation in relations:
        place = dialect.place(layer, relation)
        if place not in columns:
            results.append(_missing(layer, relation))
            continue
        suite = _suite(layer, relation, columns[place], scope)
        can, cannot = _split(suite, columns[place])
        results += cannot
        askable.append(replace(can, place=place))
    if askable:
        from expectations.validation import Validation

        with closing(Validation(warehouse, docs)) as validation:
            results += validation.run(layer, askable)
    return results


def present_columns(warehouse: Warehouse) -> dict[str, dict[str, str]]:
    """Declared type of every column of every relation."""
    found: dict[str, dict[str, str]] = {}
    for schema, table, column, kind in warehouse.rows(DIALECTS[warehouse.engine].all_columns):
        found.setdefault(f"{schema}.{table}", {})[column] = kind
    return found


def _suite(layer: str, relation: str, present: Columns, scope: Scope) -> Suite:
    if layer == "marts":
        return mart_suite(relation, present, scope)
    schema, _, table = relation.partition(".")
    contract = _contract(schema)
    return staging_suite(contract, contract.table(table), present, scope)


@cache  # parsing a contract of 29 tables takes half a second
def _contract(schema: str) -> PlatformContract:
    return load_contract(contract_path(schema.removeprefix("staging_")))


def _missing(layer: str, relation: str) -> CheckResult:
    advice = {
        "staging": "Land the platform again; if the table fails to land, its sentence says why.",
        "marts": "Run the build and look at what dbt says of the model.",
    }[layer]
    return CheckResult(relation, "relation_exists", None, FAIL, False, "missing", None, advice)


def _split(suite: Suite, present: Columns) -> tuple[Suite, list[CheckResult]]:
    """The suite without what asks about columns that are not there, and the failed results of that."""

    def lacks(expected: Expected) -> list[str]:
        return [column for column in expected.needs if column not in present]

    failed = [
        CheckResult(
            suite.relation, expected.name, column, expected.severity, False, "the column is missing", None,
            expected.advice,
        )
        for expected in suite.expected
        for column in lacks(expected)
    ]  # fmt: skip
    return Suite(suite.relation, tuple(e for e in suite.expected if not lacks(e))), failed


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m expectations.checkpoint", description=__doc__)
    parser.add_argument("--layer", required=True, choices=LAYERS)
    parser.add_argument("--relation", action="append", default=[], help="<schema>.<table>, may be repeated")
    parser.add_argument("--load-id", action="append", default=[], help="limits row checks, may be repeated")
    parser.add_argument("--output", type=Path, required=True, help="file the results are written to")
    parser.add_argument("--data-docs", type=Path, help="folder for Great Expectations' own pages")
    return parser.parse_args(words)


def _unexpected(broken: Exception) -> tuple[str, str]:
    """Names the error's class and our line alone: its text may quote a value of a row."""
    ours = Path(__file__).parent
    frames = [
        frame for frame in traceback.extract_tb(broken.__traceback__) if ours in Path(frame.filename).parents
    ]
    place = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else "an unknown place"
    return (
        f"The checks stopped with {type(broken).__name__} at {place}.",
        "This is an error of ours: report it.",
    )


def main(words: list[str] | None = None) -> int:
    """Exit code 0 when results were written, failed or not; 1 when the checks could not be run."""
    arguments = _arguments(words)
    try:
        settings = load_settings()
        scope = Scope(settings.clock, tuple(arguments.load_id))
        # Great Expectations prints; what reads this process wants none of it.
        with open_warehouse(settings, read_only=True) as warehouse, redirect_stdout(sys.stderr):
            results = check(warehouse, arguments.layer, arguments.relation, scope, arguments.data_docs)
    except WarehouseError as refused:
        write_refusal(arguments.output, refused.what, refused.advice)
        return 1
    except Exception as broken:  # noqa: BLE001 - a process's last word, and the parent needs one sentence
        write_refusal(arguments.output, *_unexpected(broken))
        return 1
    write_results(arguments.output, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
