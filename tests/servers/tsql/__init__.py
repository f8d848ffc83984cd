"""A stand-in for SQL Server that runs what it is sent, for tests where there is none.

    python -m tests.servers.tsql --port 14330          # prints the address, serves until interrupted
    with closing(TsqlServer()) as server: …server.url  # in a test; `server.features`, `server.faults`

It speaks TDS to the real drivers (mssql-python with its bulk copy, pyodbc, SQLAlchemy, dlt, dbt-sqlserver),
reads T-SQL with sqlglot and runs it on a DuckDB inside the process.

It proves that the drivers connect, log in, and send what they should; the order of statements; transactions
and what they undo; that landing, dbt, Great Expectations and the publish step work through the real drivers; what the
project does when a feature is missing or a statement fails.

It does not prove what T-SQL means. Translating hides just those differences: padding and case in
comparisons, rounding, collations, plans, locks, permissions (ARCHITECTURE §9). The rules of
`scripts/lint_tsql` and a live server (`make test-sqlserver`) prove those.
"""

from tests.servers.tsql.features import Fault, Features
from tests.servers.tsql.server import TsqlServer

__all__ = ["Fault", "Features", "TsqlServer"]
