"""The warehouse on SQL Server, through Microsoft's driver mssql-python."""

from pipelines.warehouse.sqlserver.database import SqlServerWarehouse, open_database, open_session

__all__ = ["SqlServerWarehouse", "open_database", "open_session"]
