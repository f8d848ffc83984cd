"""A batch of T-SQL taken apart: statements, and `if`, `begin … end`, `begin try`, `while` around them.

T-SQL needs no semicolons, so a statement ends where a word begins another one at the same depth of brackets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<space>\s+|--[^\n]*|/\*.*?\*/)|(?P<text>[Nn]?'(?:[^']|'')*')"
    r"|(?P<name>\[(?:[^\]]|\]\])*\]|\"(?:[^\"]|\"\")*\")|(?P<word>[@#\w$]+)|(?P<mark>.)",
    re.DOTALL,
)
_STARTS = {
    "select", "insert", "update", "delete", "merge", "with", "create", "alter", "drop", "truncate", "grant",
    "deny", "revoke", "declare", "set", "exec", "execute", "if", "while", "begin", "commit", "rollback",
    "save", "print", "raiserror", "throw", "use", "return", "waitfor",
}  # fmt: skip
_VERBS = {"select", "insert", "update", "delete", "merge"}
_WHOLE_BATCH = {"view", "procedure", "proc", "function", "trigger"}


@dataclass(frozen=True)
class Plain:
    """One statement; `verb` is its first word, in small letters."""

    verb: str
    text: str


@dataclass(frozen=True)
class If:
    condition: str
    then: object
    otherwise: object | None


@dataclass(frozen=True)
class While:
    condition: str
    body: object


@dataclass(frozen=True)
class Block:
    parts: tuple[object, ...]


@dataclass(frozen=True)
class Try:
    body: Block
    catch: Block


@dataclass(frozen=True)
class Word:
    """A token: its text, where it begins and ends, and whether it can be a key word."""

    text: str
    start: int
    end: int
    key: bool

    @property
    def low(self) -> str:
        return self.text.lower() if self.key else ""


def words(batch: str) -> list[Word]:
    """Every token but spaces and comments."""
    found = []
    for match in _TOKEN.finditer(batch):
        if match.lastgroup != "space":
            found.append(Word(match[0], match.start(), match.end(), match.lastgroup == "word"))
    return found


def statements(batch: str) -> list[object]:
    """The batch's statements in order."""
    return list(_Batch(batch).block(until=None).parts)


class _Batch:
    def __init__(self, batch: str) -> None:
        self.batch, self.words, self.at = batch, words(batch), 0

    def low(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.words[place].low if place < len(self.words) else ""

    def mark(self) -> str:
        return self.words[self.at].text if self.at < len(self.words) else ""

    def block(self, until: str | None) -> Block:
        parts = []
        while self.at < len(self.words) and not (until and self.low() == until):
            if self.mark() == ";":
                self.at += 1
                continue
            parts.append(self.statement())
        return Block(tuple(parts))

    def statement(self) -> object:
        word = self.low()
        if word in ("if", "while"):
            return self._conditional(word)
        if word == "begin" and self.low(1) not in ("tran", "transaction"):
            return self._begun()
        return self._plain()

    def _conditional(self, word: str) -> object:
        self.at += 1
        start, depth, case = self.at, 0, 0
        while self.at < len(self.words):
            depth += {"(": 1, ")": -1}.get(self.mark(), 0)
            case += {"case": 1, "end": -1}.get(self.low(), 0)
            if depth == 0 and case == 0 and self.low() in _STARTS:
                break
            self.at += 1
        condition = self._text(start, self.at)
        body = self.statement()
        if word == "while":
            return While(condition, body)
        ahead = 1 if self.mark() == ";" else 0
        if self.low(ahead) == "else":
            self.at += ahead + 1
            return If(condition, body, self.statement())
        return If(condition, body, None)

    def _begun(self) -> object:
        self.at += 1
        attempt = self.low() == "try"
        self.at += attempt
        body = self.block(until="end")
        self.at += 1 + attempt
        if not attempt:
            return body
        if self.mark() == ";":
            self.at += 1
        self.at += 2  # begin catch
        caught = self.block(until="end")
        self.at += 2  # end catch
        return Try(body, caught)

    def _plain(self) -> Plain:
        start = self.at
        end = self._end(start)
        self.at = end
        return Plain(self.words[start].low, self._text(start, end))

    def _text(self, start: int, end: int) -> str:
        if end <= start:
            return ""
        return self.batch[self.words[start].start : self.words[end - 1].end]

    def _end(self, start: int) -> int:
        """The place after the statement's last word."""
        found = self.words
        lead = found[start].low
        if lead in ("create", "alter") and any(word.low in _WHOLE_BATCH for word in found[start + 1 : start + 4]):
            return len(found)
        depth = case = 0
        body = lead != "insert" and lead != "with"
        for at in range(start + 1, len(found)):
            word = found[at]
            depth += {"(": 1, ")": -1}.get(word.text, 0)
            if depth or word.text == ")":
                continue
            if word.text == ";":
                return at
            if word.low == "end" and not case or word.low == "else" and not case:
                return at
            case += {"case": 1, "end": -1}.get(word.low, 0)
            if word.low in _STARTS and not case and not _goes_on(found, start, at, lead, body):
                return at
            if not body:
                lead, body = _read_on(found, at, lead)
        return len(found)


def _read_on(found: list[Word], at: int, lead: str) -> tuple[str, bool]:
    """The verb of a statement whose body has not begun, and whether it begins with this word."""
    word = found[at].low
    if lead == "with" and word in _VERBS:
        return word, word != "insert"
    return lead, lead == "insert" and word in ("select", "exec", "execute", "values", "default")


def _goes_on(found: list[Word], start: int, at: int, lead: str, body: bool) -> bool:
    """Whether the word, which could begin a statement, belongs to this one."""
    word, before = found[at].low, found[at - 1].low
    after = found[at + 1].text if at + 1 < len(found) else ""
    second = found[start + 1].low if start + 1 < len(found) else ""
    if lead == "merge" or not body:
        return True
    if word == "with":
        return after == "(" or lead in ("grant", "create", "alter", "exec", "execute")
    if word == "select" and lead not in ("grant", "deny", "revoke"):
        return before in ("union", "all", "except", "intersect")
    if word == "set":
        return _first(found, start, at, "set") and lead in ("update", "alter")
    if word == "if":
        return after.lower() == "exists" and lead in ("drop", "alter")
    if lead in ("grant", "deny", "revoke"):
        return before == "with" or not any(each.low in ("to", "from") for each in found[start:at])
    if lead == "alter" and second in ("table", "role"):
        return word in ("alter", "drop") and after.lower() in ("column", "constraint", "member", "index")
    return word in ("update", "delete") and before == "on"


def _first(found: list[Word], start: int, at: int, word: str) -> bool:
    return not any(each.low == word for each in found[start + 1 : at])
