"""The destination as dlt wants it: capabilities, types and the client's class."""

from __future__ import annotations

from typing import Any

from dlt.destinations.impl.mssql.configuration import MsSqlCredentials
from dlt.destinations.impl.mssql.factory import MsSqlTypeMapper, mssql

from pipelines.landing.destinations.sqlserver.client import Client
from pipelines.landing.destinations.sqlserver.connection import Connection
from pipelines.landing.destinations.sqlserver.copying import Route
from pipelines.landing.destinations.sqlserver.fields import WIDEST
from pipelines.landing.destinations.sqlserver.statements import Relation, drop, leftovers
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse

_DRIVER = "ODBC Driver 18 for SQL Server"


def open_destination(settings: Settings, warehouse: Warehouse, schema: str) -> SqlServer:
    """The destination of one load; what a killed one left in its schema goes."""
    for (name,) in warehouse.rows(leftovers(schema)):
        warehouse.execute(drop(Relation(schema, name)))
    return SqlServer(Route(warehouse.place, lambda: Connection(settings), settings.sqlserver.bulk))


class TypeMapper(MsSqlTypeMapper):
    """Texts as long as the contract says, times to the microsecond."""

    def to_destination_type(self, column: Any, table: Any) -> str:
        if column["data_type"] == "json":
            return "nvarchar(max)"
        if column["data_type"] == "text" and (column.get("precision") or 0) > WIDEST:
            return "nvarchar(max)"
        return str(super().to_destination_type(column, table))

    def to_db_datetime_type(self, column: Any, table: Any = None) -> str:
        return "datetimeoffset(6)" if column.get("timezone", True) else "datetime2(6)"


class SqlServer(mssql):
    """`route` is how rows get there; dlt makes the client anew for every job."""

    def __init__(self, route: Route) -> None:
        nowhere = MsSqlCredentials(
            {
                "host": "warehouse",
                "database": "warehouse",
                "username": "-",
                "password": "-",
                "driver": _DRIVER,
            }
        )
        super().__init__(
            credentials=nowhere,
            destination_name="sqlserver",
            staging_dataset_name_layout="_dlt_merge_%s",
            truncate_staging_dataset=True,
        )
        self._route = route
        self.warnings = route.warnings

    def _raw_capabilities(self) -> Any:
        caps = super()._raw_capabilities()
        caps.preferred_loader_file_format = "parquet"
        caps.supported_loader_file_formats = ["parquet"]
        caps.loader_file_format_selector = None  # type: ignore[assignment]
        caps.type_mapper = TypeMapper
        # dlt's own words say nothing of it, and then a merge's delete would hold without its insert
        caps.supports_transactions = True
        # dlt passes over an error in any but the first statement of several that it sends together
        caps.supports_multiple_statements = False
        return caps

    @property
    def client_class(self) -> Any:
        return type("WarehouseClient", (Client,), {"route": self._route})
