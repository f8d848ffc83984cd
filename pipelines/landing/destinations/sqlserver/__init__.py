"""dlt's SQL Server destination with our own Parquet job: verified bulk copy, batches of JSON where it fails."""

from __future__ import annotations

from typing import Any

from pipelines.landing.destinations.sqlserver.copying import Route
from pipelines.landing.destinations.sqlserver.statements import Relation, drop, leftovers

__all__ = ["Relation", "Route", "destination", "drop", "leftovers"]


def destination(route: Route) -> Any:
    """The dlt destination of one warehouse. The pipeline's working folder never sees a password: connections
    are opened by the route, and what dlt holds as credentials are words that lead nowhere.
    """
    from pipelines.landing.destinations.sqlserver.factory import SqlServer

    return SqlServer(route)
