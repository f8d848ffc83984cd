"""The one owner of warehouse connections, transactions and queries."""

from pipelines.warehouse.interface import Warehouse
from pipelines.warehouse.opening import open_published, open_warehouse

__all__ = ["Warehouse", "open_published", "open_warehouse"]
