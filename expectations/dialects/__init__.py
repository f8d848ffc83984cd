"""What the two engines of a warehouse say differently in the SQL of checks: one class an engine."""

from expectations.dialects.dialect import BATCH, Dialect
from expectations.dialects.duckdb import DuckDbDialect
from expectations.dialects.sqlserver import SqlServerDialect

DIALECTS: dict[str, Dialect] = {"duckdb": DuckDbDialect(), "sqlserver": SqlServerDialect()}

__all__ = ["BATCH", "DIALECTS", "Dialect"]
