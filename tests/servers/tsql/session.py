"""One session: batches and calls run statement by statement on its own DuckDB connection, and its state."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

from tests.servers.tsql import procedures, questions, tokens
from tests.servers.tsql.definitions import defined
from tests.servers.tsql.errors import numbered
from tests.servers.tsql.rights import granted
from tests.servers.tsql.scope import Scope, Variable, top_level
from tests.servers.tsql.statements import Block, If, Plain, Try, While, statements, words
from tests.servers.tsql.tokens import SqlError
from tests.servers.tsql.translate import translated
from tests.servers.tsql.types import of_result
from tests.servers.tsql.values import kind_named

if TYPE_CHECKING:
    from tests.servers.tsql.server import TsqlServer

_WRITES = {"insert", "update", "delete", "merge", "create", "alter", "drop", "truncate", "with", "grant"}
_ASSIGNS = re.compile(r"select\s+(?:top\s*\(?\s*\d+\s*\)?\s+)?@\w+\s*=", re.IGNORECASE)
_READS = re.compile(r"\s*\(*\s*(select|with(?!.*\b(insert|update|delete|merge)\b))\b", re.IGNORECASE | re.DOTALL)
_RETRIES = 40


class Returned(Exception):
    """A batch ends early, with `return`."""


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


class Session:
    """A login's connection to one database of the server."""

    def __init__(self, server: TsqlServer, login: tokens.Login, number: int) -> None:
        self.server, self.login, self.number = server, login, number
        self.duckdb = server.duckdb.cursor()
        self.duckdb.execute("set TimeZone = 'UTC'")
        self.duckdb.execute("set default_null_order = 'nulls_first_on_asc_last_on_desc'")
        self.open = self.transaction = 0
        self.writing = False
        self.implicit = self.nocount = self.metadata_only = self.abort = False
        self.error = self.count = 0
        self.prepared: dict[int, tuple[str, str]] = {}
        self.reply = Reply()
        self.use(login.database)

    def use(self, database: str) -> None:
        self.database = self.server.database(database)
        self.duckdb.execute(f"use \"{self.database}\".dbo")
        self.duckdb.execute(f"set search_path = '{self.database}.dbo,{self.database}.sys'")

    def close(self) -> None:
        """What a lost connection leaves: its transaction undone, its locks given back."""
        if self.open:
            self._end_transaction(False)
        self.server.locks.forget(self.number)
        self.duckdb.close()

    # ------------------------------------------------------------ batches

    def batch(self, text: str, scope: Scope | None = None) -> None:
        """Runs a batch into `reply`; an error ends it, and is told."""
        try:
            self.run(text, scope or Scope())
        except SqlError as wrong:
            self.failed(wrong)

    def run(self, text: str, scope: Scope) -> None:
        """Runs a batch into `reply`. Raises SqlError at the first statement that fails outside a `try`."""
        if "sp_tablecollations_100" in text:
            questions.table_described(self, text)
            return
        try:
            for statement in statements(text):
                self.statement(statement, scope)
        except Returned:
            return

    def failed(self, wrong: SqlError) -> None:
        self.error = wrong.number
        doomed = wrong.number == 1205 or (self.abort and wrong.severity > 10)
        if self.open and doomed:
            self._end_transaction(False)
        self.reply.parts.append(tokens.error(wrong))
        self.reply.done(status=tokens.FAILED)

    def statement(self, node: Any, scope: Scope) -> None:
        if isinstance(node, Block):
            for part in node.parts:
                self.statement(part, scope)
        elif isinstance(node, If):
            branch = node.then if self.holds(node.condition, scope) else node.otherwise
            if branch is not None:
                self.statement(branch, scope)
        elif isinstance(node, While):
            while self.holds(node.condition, scope):
                self.statement(node.body, scope)
        elif isinstance(node, Try):
            try:
                self.statement(node.body, scope)
            except SqlError as wrong:
                self.error, scope.caught = wrong.number, wrong
                self.statement(node.catch, scope)
        else:
            self._plain(node, scope)

    def _plain(self, node: Plain, scope: Scope) -> None:
        self.server.statements.append(node.text)
        self.server.faults.check(node.text)
        run = _VERBS.get(node.verb)
        if run is None and node.verb in _WRITES | {"select"}:
            run = Session.data
        if run is None:
            raise SqlError(2812, f"Could not find stored procedure '{node.verb}'.")
        if node.verb in _WRITES and self.implicit and not self.open:
            self._begin_transaction()
        try:
            run(self, node.text, scope)
        finally:
            self.error = 0

    # ------------------------------------------------------------ DuckDB

    def holds(self, condition: str, scope: Scope) -> bool:
        return bool(self.asked(f"select case when {condition} then 1 else 0 end", scope)[0][0])

    def value(self, expression: str, scope: Scope) -> Any:
        return self.asked(f"select {expression}", scope)[0][0]

    def asked(self, statement: str, scope: Scope) -> list[tuple[Any, ...]]:
        return self._translated(statement, scope).fetchall()

    def _translated(self, statement: str, scope: Scope) -> duckdb.DuckDBPyConnection:
        known = scope.values(self)
        sql, used = translated(statement, scope.types(self))
        return self.execute(sql, {name: known[name] for name in used})

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

    def data(self, text: str, scope: Scope) -> None:
        """A select or a change, with its rows and their number."""
        if _ASSIGNS.match(text):
            self._assigned(text, scope)
            return
        verb = _verb(text)
        if verb == "merge" and not self.server.features.merge:
            raise SqlError(102, "Incorrect syntax near 'MERGE'.", 15)
        found = self._translated(text, scope)
        into = verb == "select" and re.search(r"\binto\s+[\[\"#\w]", text, re.IGNORECASE) and [
            str(column[0]) for column in found.description
        ] == ["Count"]
        if verb == "select" and not into:
            self.show([(str(each[0]), str(each[1])) for each in found.description], found.fetchall())
            return
        first = found.fetchone()
        self.count = int(first[0]) if first else 0
        self.reply.done(verb, None if self.nocount else self.count)

    def show(self, described: list[tuple[str, str]], rows: list[tuple[Any, ...]]) -> None:
        """A result, each column in the type that holds its values."""
        kinds = [of_result(kind, [row[at] for row in rows]) for at, (_, kind) in enumerate(described)]
        rows = [] if self.metadata_only else rows
        names = [name for name, _ in described]
        self.reply.parts.append(tokens.columns(list(zip(names, kinds, strict=True))))
        self.reply.parts.append(tokens.rows(kinds, rows))
        self.count = len(rows)
        self.reply.done("select", self.count)

    def _assigned(self, text: str, scope: Scope) -> None:
        """`select @a = x, @b = y from …`: the last row's values."""
        pairs = re.sub(r"@(\w+)\s*=", r"[@\1] =", text)
        names = re.findall(r"\[@(\w+)\] =", pairs)
        rows = self.asked(re.sub(r"\[@\w+\] =", "", pairs), scope)
        self.count = len(rows)
        if rows:
            for name, value in zip(names, rows[-1], strict=True):
                scope.set(name, value)

    # ------------------------------------------------------------ transactions

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

    # ------------------------------------------------------------ the rest

    def define(self, text: str, scope: Scope) -> None:
        if re.match(r"(create|alter|drop)\s+(user|login|role)\b", text, re.IGNORECASE):
            self.grant(text, scope)
            return
        for sql in defined(text, scope.types(self), self.server.features):
            self.execute(sql)
        self.reply.done()

    def grant(self, text: str, scope: Scope) -> None:
        for sql in granted(text):
            self.execute(sql)
        self.reply.done()

    def declare(self, text: str, scope: Scope) -> None:
        for name, kind, start in scope.declarations(text):
            scope.variables[name] = Variable(kind_named(kind), None)
            if start:
                scope.set(name, self.value(start, scope))

    def set(self, text: str, scope: Scope) -> None:
        """`set @x = …`, and the options of a session that mean something here."""
        if found := re.match(r"set\s+@(\w+)\s*(\+?)=\s*(.*)", text, re.IGNORECASE | re.DOTALL):
            value = f"@{found[1]} + ({found[3]})" if found[2] else found[3]
            scope.set(found[1], self.value(value, scope))
            return
        option = " ".join(text.lower().split()[1:]).rstrip(";")
        names = {"nocount": "nocount", "implicit_transactions": "implicit", "fmtonly": "metadata_only",
                 "xact_abort": "abort"}  # fmt: skip
        for word in option.split()[:1]:
            if word in names:
                setattr(self, names[word], option.endswith(" on"))
        self.reply.done()

    def exec(self, text: str, scope: Scope) -> None:
        procedures.executed(self, text, scope)

    def throw(self, text: str, scope: Scope) -> None:
        found = re.match(r"throw\s+(.+?),(.+),(.+)", text, re.IGNORECASE | re.DOTALL)
        if found:
            number, said, state = (self.value(part, scope) for part in found.groups())
            raise SqlError(int(number), str(said), 16, int(state))
        raise scope.caught or SqlError(10704, "To rethrow an error, a THROW must be inside a CATCH.")

    def raiserror(self, text: str, scope: Scope) -> None:
        parts = top_level(text[text.index("(") + 1 : text.rindex(")")])
        said, severity = str(self.value(parts[0], scope)), int(self.value(parts[1], scope))
        for part in parts[3:]:
            said = re.sub(r"%[sd]", str(self.value(part, scope)).replace("\\", r"\\"), said, count=1)
        if severity > 10:
            raise SqlError(50000, said, severity)
        self.reply.parts.append(tokens.error(SqlError(50000, said, severity), 0xAB))

    def print(self, text: str, scope: Scope) -> None:
        said = SqlError(0, str(self.value(text[5:], scope)), 0)
        self.reply.parts.append(tokens.error(said, 0xAB))

    def nothing(self, text: str, scope: Scope) -> None:
        self.reply.done()

    def ends(self, text: str, scope: Scope) -> None:
        raise Returned

    def uses(self, text: str, scope: Scope) -> None:
        self.use(text.split(None, 1)[1].strip(' ;[]"'))
        self.reply.done()


def _verb(text: str) -> str:
    """What a statement does: its first word, or after `with` the first verb outside brackets."""
    depth = 0
    for word in words(text):
        depth += {"(": 1, ")": -1}.get(word.text, 0)
        if depth == 0 and word.low in ("select", "insert", "update", "delete", "merge"):
            return word.low
    return "select"


_VERBS: dict[str, Callable[[Session, str, Scope], None]] = {
    "begin": Session.begin, "commit": Session.commit, "rollback": Session.rollback, "save": Session.nothing,
    "create": Session.define, "alter": Session.define, "drop": Session.define, "truncate": Session.define,
    "grant": Session.grant, "deny": Session.grant, "revoke": Session.grant, "declare": Session.declare,
    "set": Session.set, "exec": Session.exec, "execute": Session.exec, "throw": Session.throw,
    "raiserror": Session.raiserror, "print": Session.print, "use": Session.uses, "return": Session.ends,
    "waitfor": Session.nothing,
}  # fmt: skip
