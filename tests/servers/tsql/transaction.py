"""A session's transaction and DuckDB's: one begins, commits and ends the other; what is told of it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

from tests.servers.tsql import tokens
from tests.servers.tsql.errors import numbered
from tests.servers.tsql.scope import Scope
from tests.servers.tsql.statements import words
from tests.servers.tsql.tokens import SqlError

if TYPE_CHECKING:
    from tests.servers.tsql.server import TsqlServer

_READS = re.compile(
    r"\s*\(*\s*(select|with(?!.*\b(insert|update|delete|merge)\b))\b", re.IGNORECASE | re.DOTALL
)
_RETRIES = 40


@dataclass
class Reply:
    """What a message is answered with: bytes, and ends of statements, whose MORE bit is known at last."""

    in_call: bool = False
    parts: list[bytes | tuple[int, str, int | None]] = field(default_factory=list)

    def done(self, verb: str = "", rows: int | None = None, status: int = 0) -> None:
        self.parts.append((status, verb, rows))

    def message(self, last: int | None = None) -> bytes:
        """All of it; `last` ends it in place of the last statement's end, as for a procedure."""
        if last is None and not any(isinstance(part, tuple) for part in self.parts):
            self.done()
        ends = [at for at, part in enumerate(self.parts) if isinstance(part, tuple)]
        written = []
        for at, part in enumerate(self.parts):
            if isinstance(part, bytes):
                written.append(part)
                continue
            status, verb, rows = part
            more = tokens.MORE if self.in_call or at != ends[-1] else 0
            written.append(tokens.done(0xFF if self.in_call else 0xFD, status | more, verb, rows))
        return b"".join(written)


class Transactional:
    """What is open, how often; `writing`: DuckDB's own transaction has begun."""

    def __init__(self, server: TsqlServer, number: int) -> None:
        self.server, self.number = server, number
        self.duckdb = server.duckdb.cursor()
        self.open = self.transaction = 0
        self.writing = False
        self.reply = Reply()

    def execute(self, sql: str, values: dict[str, Any] | None = None) -> duckdb.DuckDBPyConnection:
        """Runs DuckDB's SQL; a conflict with another session is waited for unless a transaction is open.

        DuckDB's transaction begins with the first write, so that what reads before it sees what others have
        committed meanwhile, as READ COMMITTED does.
        """
        if self.open and not self.writing and not _READS.match(sql):
            self.duckdb.execute("begin")
            self.writing = True
        for attempt in range(_RETRIES):
            try:
                return self.duckdb.execute(sql, values or None)
            except duckdb.Error as wrong:
                told = numbered(wrong)
                if told.number != 1205 or self.open or attempt == _RETRIES - 1:
                    if told.number == 50000:
                        self.server.wrong.append(f"{sql}\n{wrong}")
                    raise told from wrong
                time.sleep(0.05)
        raise AssertionError

    def _begin_transaction(self) -> None:
        self.open, self.transaction = 1, self.server.next_number()
        self.reply.parts.append(tokens.begun(self.transaction))

    def _end_transaction(self, committed: bool) -> None:
        self.open, writing, self.writing = 0, self.writing, False
        try:
            if writing:
                self.duckdb.execute("commit" if committed else "rollback")
        except duckdb.Error as wrong:
            self.reply.parts.append(tokens.ended(self.transaction, False))
            self.server.locks.forget(self.number, "transaction")
            raise numbered(wrong) from wrong
        self.server.locks.forget(self.number, "transaction")
        self.reply.parts.append(tokens.ended(self.transaction, committed))

    def begin(self, text: str, scope: Scope) -> None:
        if self.open:
            self.open += 1
        else:
            self._begin_transaction()
        self.reply.done()

    def commit(self, text: str, scope: Scope) -> None:
        if not self.open:
            raise SqlError(3902, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.")
        if self.open == 1:
            self._end_transaction(True)
        else:
            self.open -= 1
        self.reply.done()

    def rollback(self, text: str, scope: Scope) -> None:
        if not self.open:
            raise SqlError(3903, "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.")
        named = [word.text for word in words(text)][1:]
        if [word for word in named if word.lower() not in ("tran", "transaction", "work", ";")]:
            raise SqlError(50000, "the stand-in has no savepoints to go back to")
        self._end_transaction(False)
        self.reply.done()
