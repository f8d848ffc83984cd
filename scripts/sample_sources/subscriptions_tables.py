"""The subscription service's tables as SQLite has them, and a book that collects rows for any such tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.sample_sources.sqlite_tables import Row, SqliteTables

# No primary keys: the sample holds a duplicate key on purpose. Decimals are TEXT, because SQLite's NUMERIC
# would turn 120.50 into the float 120.5. SQLite keeps a word in an INTEGER column, which is the point of one.
TABLES: dict[str, str] = {
    "organisations": "id INTEGER, urn TEXT, name TEXT, phase TEXT, region TEXT, country TEXT, org_type TEXT,"
    " channel TEXT, status TEXT, created_at TEXT, updated_at TEXT",
    "contacts": "id INTEGER, organisation_id INTEGER, email TEXT, first_name TEXT, last_name TEXT,"
    " job_role TEXT, created_at TEXT, updated_at TEXT",
    "products": "id INTEGER, code TEXT, name TEXT, family TEXT, updated_at TEXT",
    "plans": "id INTEGER, product_id INTEGER, name TEXT, billing_period TEXT, is_trial INTEGER,"
    " price_per_seat TEXT, currency TEXT, updated_at TEXT",
    "leads": "id INTEGER, organisation_id INTEGER, channel TEXT, campaign TEXT, status TEXT, created_at TEXT,"
    " updated_at TEXT",
    "trials": "id INTEGER, organisation_id INTEGER, product_id INTEGER, lead_id INTEGER, started_on TEXT,"
    " ends_on TEXT, converted_subscription_id INTEGER, lost_reason TEXT, updated_at TEXT",
    "subscriptions": "id INTEGER, organisation_id INTEGER, product_id INTEGER, plan_id INTEGER,"
    " starts_on TEXT, ends_on TEXT, seats INTEGER, annual_value TEXT, currency TEXT, status TEXT,"
    " renewed_from_id INTEGER, cancelled_at TEXT, cancel_effective_on TEXT, cancel_reason TEXT,"
    " cancel_voluntary INTEGER, created_at TEXT, updated_at TEXT",
    "subscription_changes": "id INTEGER, subscription_id INTEGER, effective_on TEXT, change_type TEXT,"
    " seats_before INTEGER, seats_after INTEGER, annual_value_before TEXT, annual_value_after TEXT,"
    " recorded_at TEXT, updated_at TEXT",
    "invoices": "id INTEGER, subscription_id INTEGER, issued_on TEXT, amount TEXT, currency TEXT,"
    " status TEXT, paid_on TEXT, updated_at TEXT",
}


class Book(SqliteTables):
    """Rows of every table in writing order. Dates are ISO text, amounts text with two decimals."""

    def __init__(self, tables: Mapping[str, str] = TABLES) -> None:
        super().__init__(tables)

    def add(self, table: str, **values: Any) -> Row:
        """Enters a row under the table's next id and returns it; it may still be changed."""
        row: Row = {"id": len(self.rows[table]) + 1, **values}
        self.rows[table].append(row)
        return row
