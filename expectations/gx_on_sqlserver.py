"""Great Expectations on SQL Server: SQLAlchemy's dialect for Microsoft's driver, mended where we know better.

The connection is the warehouse's own kind (certificate, login, timeouts); the address that SQLAlchemy is
given holds nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import exc, text
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.mssql.mssqlpython import MSDialect_mssqlpython
from sqlalchemy.engine.interfaces import ReflectedPrimaryKeyConstraint
from sqlalchemy.types import NullType

from pipelines.warehouse.sqlserver import SqlServerWarehouse

# What the SQL that is written for a check may count on, whatever a server calls itself.
_OLDEST = (15, 0)
_COLUMNS = text(
    "select COLUMN_NAME, DATA_TYPE from INFORMATION_SCHEMA.COLUMNS "
    "where TABLE_SCHEMA = :schema and TABLE_NAME = :table order by ORDINAL_POSITION"
)


class WarehouseDialect(MSDialect_mssqlpython):
    """As SQLAlchemy's, but it asks the server for no more than the checks need to know.

    SQLAlchemy reads the version out of a sentence (`Microsoft SQL Server 2019 … - 15.0.…`), which other
    servers of the T-SQL kind word otherwise; it reads keys and constraints from views that some lack
    (REFERENTIAL_CONSTRAINTS), 37 queries a suite, and no table of the warehouse has any; and it finds a
    table's name by its lower case, while in a database of a binary collation `Id` is not `id`.
    """

    supports_statement_cache = True

    def _get_server_version_info(self, connection: Any) -> tuple[int, ...]:
        return _OLDEST

    def get_default_isolation_level(self, dbapi_conn: Any) -> Any:
        """Not asked, since no check changes it: SQLAlchemy takes this error for a server that cannot say."""
        raise NotImplementedError

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> Any:
        found = connection.execute(_COLUMNS, {"schema": str(schema), "table": str(table_name)}).all()
        if not found:
            raise exc.NoSuchTableError(table_name)
        return [
            {
                "name": name,
                "type": self.ischema_names.get(kind, NullType)(),
                "nullable": True,
                "default": None,
            }
            for name, kind in found
        ]

    def get_pk_constraint(
        self, connection: Any, table_name: str, schema: str | None = None, **_: Any
    ) -> ReflectedPrimaryKeyConstraint:
        return {"constrained_columns": [], "name": None}


def sqlserver_source(warehouse: SqlServerWarehouse) -> tuple[str, Callable[[], Any]]:
    """Where SQLAlchemy connects to, as an address without a server, and what opens a connection."""
    registry.register("mssql.warehouse", __name__, WarehouseDialect.__name__)
    return "mssql+warehouse://", warehouse.driver_connection
