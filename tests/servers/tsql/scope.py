"""The variables of a batch, and the session's own (`@@trancount`, `error_number()`), with their types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.servers.tsql.statements import words
from tests.servers.tsql.tokens import SqlError
from tests.servers.tsql.translate import Names
from tests.servers.tsql.types import of_parameter
from tests.servers.tsql.values import Kind

if TYPE_CHECKING:
    from tests.servers.tsql.session import Session


@dataclass
class Variable:
    kind: Kind
    value: Any


@dataclass
class Scope:
    """Variables by their names without @, in small letters."""

    variables: dict[str, Variable] = field(default_factory=dict)
    caught: SqlError | None = None

    def set(self, name: str, value: Any) -> None:
        """Raises SqlError 137 for one that was not declared."""
        variable = self.variables.get(name.lower())
        if variable is None:
            raise SqlError(137, f'Must declare the scalar variable "@{name}".', 15)
        if variable.kind.name == "nvarchar" and value is not None:
            value = str(value)
        variable.value = value

    def types(self, session: Session) -> Names:
        own = {(name, of_parameter(variable.kind)) for name, variable in self.variables.items()}
        system = {
            (name, "INTEGER" if isinstance(value, int) or value is None else "VARCHAR")
            for name, value in self._system(session).items()
        }
        return frozenset(own | system)

    def values(self, session: Session) -> dict[str, Any]:
        return {**{name: each.value for name, each in self.variables.items()}, **self._system(session)}

    def _system(self, session: Session) -> dict[str, Any]:
        wrong = self.caught
        return {
            "sys_trancount": session.open, "sys_error": session.error, "sys_rowcount": session.count,
            "sys_spid": session.number, "sys_version": session.server.features.version_text,
            "sys_servername": "standin", "sys_identity": 0, "sys_microsoftversion": 251658240, "sys_language": "us_english",
            "sys_max_precision": 38, "sys_lock_timeout": -1, "sys_options": 5496, "sys_dbts": 0,
            "sys_procid": 0, "sys_nestlevel": 0, "sys_fetch_status": -1, "sys_textsize": 2147483647,
            "sys_xact_state": int(session.open > 0),
            "sys_error_number": wrong.number if wrong else None,
            "sys_error_message": wrong.text if wrong else "", "sys_error_state": wrong.state if wrong else None,
            "sys_error_severity": wrong.severity if wrong else None, "sys_error_line": 1 if wrong else None,
            "sys_error_procedure": "",
        }  # fmt: skip

    @staticmethod
    def declarations(text: str) -> Iterator[tuple[str, str, str]]:
        """(name, type, expression or '') of `declare @a int = 1, @b nvarchar(max)`."""
        for part in top_level(text.strip()[len("declare") :]):
            found = re.match(r"\s*@(\w+)\s+(?:as\s+)?(\w+\s*(?:\([^)]*\))?)\s*(?:=(.*))?$", part, re.DOTALL | re.I)
            if not found:
                raise SqlError(102, f"the stand-in cannot declare {part.strip()[:80]}", 15)
            yield found[1].lower(), found[2], (found[3] or "").strip()


def top_level(text: str) -> list[str]:
    """The parts between commas that stand outside brackets and quotes."""
    parts, depth, start = [], 0, 0
    for word in words(text):
        depth += {"(": 1, ")": -1}.get(word.text, 0)
        if word.text == "," and depth == 0:
            parts.append(text[start : word.start])
            start = word.end
    return [*parts, text[start:]] if text[start:].strip() or parts else []
