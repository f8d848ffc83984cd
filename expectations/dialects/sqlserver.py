"""The checks' SQL on SQL Server 2019 and servers that speak its T-SQL.

There are no regular expressions before 2025, and not every T-SQL server reads brackets in a LIKE. Hence a set
of signs is tested by TRANSLATE: all of them become one sign, and nothing else may be left. `collate` keeps
that blind to nothing: most collations take `A` for `a`.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import ClassVar

from expectations.dialects.dialect import Dialect
from pipelines.contracts import Column, TableContract
from pipelines.warehouse.quoting import literal

_BYTES = "collate Latin1_General_BIN2"
_BLANKS = "concat(char(9), char(10), char(12), char(13))"
# the landing gives a text of the key this length where the contract has none, and a longer one `max`
_KEY_LENGTH, _LONGEST = 850, 4_000
_PLAIN = {
    "bigint": "bigint", "double": "float", "bool": "bit", "timestamp": "datetime2(6)", "date": "date",
    "json": "nvarchar(max)", "binary": "varbinary(max)",
}  # fmt: skip
_SIZED = """\
case
    when DATA_TYPE in ('nvarchar', 'varchar', 'nchar', 'char', 'varbinary', 'binary')
        then concat(DATA_TYPE, '(', case when CHARACTER_MAXIMUM_LENGTH = -1 then 'max'
            else cast(CHARACTER_MAXIMUM_LENGTH as nvarchar(10)) end, ')')
    when DATA_TYPE in ('decimal', 'numeric')
        then concat('decimal(', NUMERIC_PRECISION, ',', NUMERIC_SCALE, ')')
    when DATA_TYPE in ('datetime2', 'datetimeoffset', 'time')
        then concat(DATA_TYPE, '(', DATETIME_PRECISION, ')')
    else DATA_TYPE
end"""


class SqlServerDialect(Dialect):
    """Types as they are declared: `nvarchar(40)`, `decimal(12,2)`, `datetime2(6)`."""

    added: ClassVar[dict[str, str]] = {
        "_instance": "nvarchar(64)", "_row_hash": "bigint", "_dlt_load_id": "nvarchar(64)", "_deleted": "bit",
    }  # fmt: skip

    # in capitals: in a database of a binary collation these names have no other form
    all_columns = (
        f"select TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, {_SIZED} as column_type "
        "from INFORMATION_SCHEMA.COLUMNS order by TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION"
    )

    def declared(self, table: TableContract, column: Column) -> str:
        if column.kind == "text":
            length = column.length or (_KEY_LENGTH if column.name in table.key else 0)
            return f"nvarchar({length})" if 0 < length <= _LONGEST else "nvarchar(max)"
        if column.kind == "decimal":
            return f"decimal({column.precision},{column.scale})"
        return _PLAIN[column.kind]

    def place(self, layer: str, relation: str) -> str:
        return f"build_{relation}" if layer == "marts" else relation

    def is_text(self, kind: str) -> bool:
        return "char" in kind

    def moment(self, when: datetime) -> str:
        return f"cast({literal(when.isoformat(sep=' '))} as datetime2(6))"

    def month_start(self, day: str) -> str:
        return f"datefromparts(year({day}), month({day}), 1)"

    def day_after(self, moment: str) -> str:
        return f"dateadd(day, 1, {moment})"

    def length(self, text: str) -> str:
        # LEN leaves blanks at the end out, and CONCAT takes NULL for an empty text
        return f"(len(concat({text}, '.')) - 1 + case when {text} is null then null else 0 end)"

    def only(self, letters: str, text: str, least: int = 1, most: int | None = None) -> str:
        signs = _each(letters)
        first = literal(signs[0])
        one_sign = f"translate({text} {_BYTES}, {literal(signs)}, {literal(signs[0] * len(signs))})"
        left = self.length(f"replace({one_sign}, {first}, '')")
        count = self.length(text)
        bounds = f"{count} >= {least}" if most is None else f"{count} between {least} and {most}"
        return f"({bounds} and {left} = 0)"

    def pseudonym(self, text: str) -> str:
        # the 66 last characters: one that is no colon, a colon, 64 hex digits
        last = f"right({text}, 66)"
        digits = self.only("0-9a-f", f"right({text}, 64)", 64, 64)
        return (
            f"({self.length(last)} = 66 and left({last}, 1) <> ':' "
            f"and left(right({text}, 65), 1) = ':' and {digits})"
        )

    def address(self, text: str) -> str:
        # two `@` in a row are a border, as a blank is; a word with `@` twice is an address more often than on
        # DuckDB (`x@y@.z`), which is the safe side
        words = f"string_split(replace(translate({text}, {_BLANKS}, '    '), '@@', '@ @'), ' ')"
        return f"exists (select 1 from {words} as word where word.value like '%_@_%._%')"

    def columns(self, relation: str) -> str:
        schema, _, table = relation.partition(".")
        return (
            f"select COLUMN_NAME as column_name, {_SIZED} as column_type from INFORMATION_SCHEMA.COLUMNS "
            f"where TABLE_SCHEMA = {literal(schema)} and TABLE_NAME = {literal(table)}"
        )


def _each(letters: str) -> str:
    """`0-9a-f` as `0123456789abcdef`."""
    return re.sub(
        r"(\w)-(\w)", lambda ends: "".join(map(chr, range(ord(ends[1]), ord(ends[2]) + 1))), letters
    )
