"""The one owner of warehouse connections, transactions and queries."""

from pipelines.warehouse.connection import Warehouse, open_published, open_warehouse

__all__ = ["Warehouse", "open_published", "open_warehouse"]
