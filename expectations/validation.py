"""Runs suites through Great Expectations, then takes a closer look at what failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from expectations.expected import ONE_ROW_OF_COUNTS, UNEXPECTED_ROWS, Expected, Suite
from expectations.gx_on_duckdb import duckdb_source, load
from expectations.results import FAIL, CheckResult
from pipelines.errors import ContractError
from pipelines.warehouse import Warehouse
from pipelines.warehouse.sqlserver import SqlServerWarehouse

# Counts, and not one value of a row.
COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
# For bundled queries only: their rows are names of columns and counts.
ROWS_OF_BUNDLE = "COMPLETE"
COULD_NOT_BE_ASKED = "could not be evaluated"


class Validation:
    """One data context on the open warehouse; nothing is stored but the data docs, if asked for."""

    def __init__(self, warehouse: Warehouse, docs: Path | None = None) -> None:
        self._gx = load()
        self._context = self._gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = {"globally": False}
        address, creator = _source(warehouse)
        self._source = self._context.data_sources.add_sql(
            "warehouse", connection_string=address, kwargs={"creator": creator}
        )
        self._docs = docs

    def run(self, layer: str, suites: list[Suite]) -> list[CheckResult]:
        """Results of all suites, in their order. A relation must exist; its columns need not."""
        batches = {suite.relation: self._batch_definition(suite) for suite in suites}
        by_relation = {suite.relation: suite for suite in suites}
        results: list[CheckResult] = []
        for validated in self._validated(layer, suites, batches):
            suite = by_relation[validated.suite_name]
            for one in sorted(validated.results, key=_number):
                expected = suite.expected[_number(one)]
                results += self._results(suite, expected, one, batches[suite.relation])
        return results

    def _validated(self, layer: str, suites: list[Suite], batches: dict[str, Any]) -> Iterator[Any]:
        """One of Great Expectations' results for each suite.

        Only a checkpoint writes data docs. Without them its bookkeeping (it serialises every suite five
        times) would be a third of the time, so the batches are validated directly.
        """
        if self._docs is None:
            for suite in suites:
                batch = batches[suite.relation].get_batch()
                yield batch.validate(self._suite(suite), result_format=COUNTS_ONLY)
        else:
            definitions = [self._definition(suite, batches[suite.relation]) for suite in suites]
            yield from self._checkpoint(layer, definitions).run().run_results.values()

    def close(self) -> None:
        """Ends Great Expectations' own connections; the warehouse stays open."""
        engine = self._source.get_execution_engine()
        with engine.get_connection() as persisted:
            persisted.close()
        engine.close()
        self._source.get_engine().dispose()

    def _batch_definition(self, suite: Suite) -> Any:
        asset = self._source.add_table_asset(suite.relation, table_name=suite.table, schema_name=suite.schema)
        return asset.add_batch_definition_whole_table("whole")

    def _definition(self, suite: Suite, batch_definition: Any) -> Any:
        kept = self._context.suites.add(self._suite(suite))
        definition = self._gx.ValidationDefinition(name=suite.relation, data=batch_definition, suite=kept)
        return self._context.validation_definitions.add(definition)

    def _suite(self, suite: Suite) -> Any:
        expectations = [self._expectation(suite, number) for number in range(len(suite.expected))]
        return self._gx.ExpectationSuite(name=suite.relation, expectations=expectations)

    def _expectation(self, suite: Suite, number: int) -> Any:
        expected = suite.expected[number]
        arguments = dict(expected.arguments)
        if expected.load_ids:
            conditions = self._gx.expectations.row_conditions
            arguments["row_condition"] = conditions.Column("_dlt_load_id").is_in(list(expected.load_ids))
        severity = "critical" if expected.severity == FAIL else "warning"
        meta = {"number": number, "name": expected.name}
        try:
            return _class(self._gx, expected.expect)(
                severity=severity, notes=expected.advice, meta=meta, **arguments
            )
        except (AttributeError, ValueError, TypeError):
            said = f"{suite.relation}: {expected.name}: Great Expectations refuses `{expected.expect}` with "
            raise ContractError([f"{said}{sorted(arguments)}."]) from None

    def _checkpoint(self, layer: str, definitions: list[Any]) -> Any:
        checkpoint = self._gx.Checkpoint(
            name=layer, validation_definitions=definitions, actions=self._actions(), result_format=COUNTS_ONLY
        )
        return self._context.checkpoints.add(checkpoint)

    def _actions(self) -> list[Any]:
        """What a checkpoint does with its results: it writes the data docs."""
        store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(self._docs)}
        site = {"class_name": "SiteBuilder", "store_backend": store, "show_how_to_buttons": False}
        site["site_index_builder"] = {"class_name": "DefaultSiteIndexBuilder"}
        self._context.add_data_docs_site(site_name="warehouse", site_config=site)
        return [self._gx.checkpoint.UpdateDataDocsAction(name="docs", site_names=["warehouse"])]

    def _results(self, suite: Suite, expected: Expected, one: Any, batch: Any) -> Iterator[CheckResult]:
        if one.success:
            yield _result(suite, expected, expected.column, True, _observed(expected, one.result))
            return
        if expected.bundle or _raised(one):
            # One bad column can break the query it is bundled in, so what failed is asked again alone.
            again = ROWS_OF_BUNDLE if expected.bundle else COUNTS_ONLY
            alone = self._expectation(suite, _number(one))
            one = batch.get_batch().validate(alone, result_format=again)
        yield from _failures(suite, expected, one)


def _source(warehouse: Warehouse) -> tuple[str, Callable[[], Any]]:
    """An address without a server, and what opens a connection to the warehouse."""
    if not isinstance(warehouse, SqlServerWarehouse):
        return duckdb_source(warehouse)
    from expectations.gx_on_sqlserver import sqlserver_source

    return sqlserver_source(warehouse)


def _failures(suite: Suite, expected: Expected, one: Any) -> Iterator[CheckResult]:
    if _raised(one):
        yield _result(suite, expected, expected.column, False, COULD_NOT_BE_ASKED)
    elif one.success or not expected.bundle:
        yield _result(
            suite, expected, expected.column, bool(one.success), _observed(expected, one.result), one.result
        )
    else:
        rows = one.result["details"]["unexpected_rows"]
        if expected.bundle == ONE_ROW_OF_COUNTS:
            for column, count in rows[0].items():
                if count:
                    yield _result(
                        suite, expected, column, False, f"{count} rows", {"unexpected_count": count}
                    )
        else:
            for row in rows:
                yield _result(suite, expected, row["column_name"], False, row["observed"])


def _result(
    suite: Suite,
    expected: Expected,
    column: str | None,
    success: bool,
    observed: str | None,
    counted: Any = None,
) -> CheckResult:
    counted = counted or {}
    count = counted.get("unexpected_count")
    if count is None and expected.expect == UNEXPECTED_ROWS:
        count = counted.get("observed_value")
    return CheckResult(
        suite.relation, expected.name, column, expected.severity, success, observed,
        None if count is None else int(count), expected.advice,
    )  # fmt: skip


def _observed(expected: Expected, result: Any) -> str | None:
    """Counts and plain numbers or dates; a text could be a value of a row, so it is never shown."""
    if expected.covers:
        return expected.covers
    if "unexpected_count" in result:
        return f"{int(result['unexpected_count'] or 0)} of {result.get('element_count')} rows"
    value = result.get("observed_value")
    if not isinstance(value, (int, float, Decimal, date)):
        return None
    counted = expected.expect in (UNEXPECTED_ROWS, "expect_table_row_count_to_be_between")
    return f"{value} rows" if counted else str(value)


def _number(one: Any) -> int:
    """Which of the suite's expectations a result is of."""
    return int(one.expectation_config.meta["number"])


def _raised(one: Any) -> bool:
    info = one.exception_info or {}
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(entry.get("raised_exception") for entry in info.values())


def _class(gx: Any, name: str) -> Any:
    if name == UNEXPECTED_ROWS:
        return gx.expectations.UnexpectedRowsExpectation
    return getattr(gx.expectations, "".join(part.capitalize() for part in name.split("_")))
