"""A question of a person's: one SELECT, undone whatever it did, refused in words without a value of a row."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from pipelines.errors import UsageError, WarehouseError
from pipelines.warehouse.sqlserver.database import SqlServerWarehouse
from pipelines.warehouse.sqlserver.errors import statement_error
from pipelines.warehouse.sqlserver.values import received

# Reserved words of T-SQL that begin a statement or change something: no name without quotes is one of them.
_WORDS = """
alter backup begin bulk checkpoint commit create dbcc declare delete deny drop exec execute grant insert into
kill merge openquery opendatasource openrowset print raiserror reconfigure restore revert revoke rollback save
set setuser shutdown truncate update use waitfor while
"""
_CHANGES = frozenset(_WORDS.split())
_NO_WORDS = re.compile(
    r"N?'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\[(?:[^\]]|\]\])*\]|--[^\r\n]*|/\*.*?\*/", re.DOTALL
)
# Messages of these numbers repeat names and signs of the statement, and nothing that is in a table: syntax,
# unknown or ambiguous names, grouping, types of operands, rights. A failed conversion (245, 8114) quotes one.
_OF_THE_STATEMENT = frozenset(
    {102, 103, 104, 105, 107, 116, 119, 130, 145, 147, 156, 164, 170, 174, 189, 195, 201, 205, 206, 207, 208,
     209, 229, 230, 262, 319, 320, 321, 402, 403, 404, 408, 421, 1033, 4104, 4108, 4113, 4121, 8117, 8118,
     8120, 8121, 8124, 8127, 8155, 8156, 8158, 8159, 10753}
)  # fmt: skip
_NEXT = "INFORMATION_SCHEMA.COLUMNS lists what there is; questions are in T-SQL here."


def asked(warehouse: SqlServerWarehouse, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Names of the columns, and the rows.

    Raises UsageError for what is no SELECT and for what the server does not understand, with its own words
    where they cannot hold personal data; else what a failed statement raises.
    """
    refuse_changes(sql)
    session = warehouse.session
    try:
        session.run("begin transaction")
        names, rows = session.answered(sql)
    except session.failures as failed:
        raise _refused(warehouse.place, session.last_error(), failed) from None
    finally:
        with suppress(*session.failures):
            session.run("if @@trancount > 0 rollback transaction")
    return names, received(rows)


def refuse_changes(sql: str) -> None:
    """Raises UsageError for more or other than one SELECT: the transaction that undoes it could be ended."""
    if any(found[0].startswith("/*") and "/*" in found[0][2:] for found in _NO_WORDS.finditer(sql)):
        # the server reads on to the end of the outer one, and may take for a statement what looks like a text
        raise UsageError("The query holds a comment within a comment.", "Leave it out.")
    words = re.findall(r"[A-Za-z_@#][\w@#$]*", _NO_WORDS.sub(" ", sql).lower())
    if not words or words[0] not in ("select", "with"):
        raise UsageError("The query is no SELECT.", "Ask one SELECT statement; it may begin with WITH.")
    for word in words:
        if word in _CHANGES:
            raise UsageError(
                f"The query holds the word `{word}`, and only one SELECT is answered.",
                "Put a name that is spelled so in brackets.",
            )


def _refused(place: str, number: int | None, failed: BaseException) -> WarehouseError:
    if number not in _OF_THE_STATEMENT:
        return statement_error(place, "the query", number, failed)
    # before the server's sentence stand the driver's parts in brackets
    said = re.sub(r"^.*?(?:\[[^\]]*\]\s*)+", "", str(failed), count=1, flags=re.DOTALL).strip()
    return UsageError(f"The query cannot be answered: {said.splitlines()[0]}", _NEXT)
