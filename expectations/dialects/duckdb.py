"""The checks' SQL on DuckDB: its regular expressions, since Great Expectations has none for it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from expectations.dialects.dialect import BATCH, Dialect
from pipelines.contracts import Column, TableContract
from pipelines.warehouse.quoting import literal

_PSEUDONYM = "(.*:)?[^:]+:[0-9a-f]{64}"
_ADDRESS = "[^\\s@]@[^\\s@]+\\.[^\\s@]"


class DuckDbDialect(Dialect):
    """DuckDB 1.5."""

    added: ClassVar[dict[str, str]] = {
        "_instance": "VARCHAR", "_row_hash": "BIGINT", "_dlt_load_id": "VARCHAR", "_deleted": "BOOLEAN",
    }  # fmt: skip

    all_columns = (
        "select table_schema, table_name, column_name, data_type from information_schema.columns "
        "order by table_schema, table_name, ordinal_position"
    )

    def declared(self, table: TableContract, column: Column) -> str:
        return column.duckdb_type

    def place(self, layer: str, relation: str) -> str:
        return relation

    def is_text(self, kind: str) -> bool:
        return kind.startswith("VARCHAR")

    def moment(self, when: datetime) -> str:
        return f"cast({literal(when.isoformat(sep=' '))} as timestamp)"

    def month_start(self, day: str) -> str:
        return f"cast(date_trunc('month', {day}) as date)"

    def day_after(self, moment: str) -> str:
        return f"({moment} + interval 1 day)"

    def length(self, text: str) -> str:
        return f"length({text})"

    def only(self, letters: str, text: str, least: int = 1, most: int | None = None) -> str:
        times = f"{{{least},{'' if most is None else most}}}"
        return f"regexp_full_match({text}, {literal(f'[{letters}]{times}')})"

    def pseudonym(self, text: str) -> str:
        return f"regexp_full_match(cast({text} as varchar), {literal(_PSEUDONYM)})"

    def address(self, text: str) -> str:
        return f"regexp_matches({text}, {literal(_ADDRESS)})"

    def columns(self, relation: str) -> str:
        return f"select column_name, column_type from (describe select * from {BATCH})"
