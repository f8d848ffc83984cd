"""Great Expectations, loaded when asked for (it takes seconds and 300 MB) and mended for DuckDB.

Stock 1.24 closes the connection before it fetches, unless the dialect is on a list of its own
(issues #10738, #11579): on DuckDB every SQL metric then ends in an IndexError. We put DuckDB on that
list. It is a private name, so the version is bounded in pyproject.toml and a test runs one expectation.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from typing import Any

from pipelines.warehouse import Warehouse


class _Dialect(str):
    """Great Expectations compares the dialect's name and asks for `.value`, as its enum has."""

    __slots__ = ()

    @property
    def value(self) -> str:
        return str(self)


def load() -> Any:
    """The package, quiet and mended. Calling it again changes nothing."""
    warnings.simplefilter("ignore", DeprecationWarning)
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    import great_expectations
    from great_expectations.execution_engine import sqlalchemy_execution_engine as engine

    if "duckdb" not in engine._PERSISTED_CONNECTION_DIALECTS:
        engine._PERSISTED_CONNECTION_DIALECTS = (*engine._PERSISTED_CONNECTION_DIALECTS, _Dialect("duckdb"))
    return great_expectations


def duckdb_source(warehouse: Warehouse) -> tuple[str, Callable[[], Any]]:
    """Where SQLAlchemy connects to: a cursor of the open warehouse, whatever the address says."""
    from duckdb_sqlalchemy import ConnectionWrapper

    return "duckdb:///:memory:", lambda: ConnectionWrapper(warehouse.connection.cursor())
