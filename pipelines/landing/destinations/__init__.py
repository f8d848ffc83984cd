"""dlt destinations, one module an engine."""
