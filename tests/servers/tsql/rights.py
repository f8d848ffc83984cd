"""Users, roles and grants as they are said: kept in the catalogue, enforced by nobody here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.servers.tsql.definitions import text as quoted_text
from tests.servers.tsql.translate import parts_of

_FLAGS = re.IGNORECASE | re.DOTALL


def granted(statement: str) -> Iterator[str]:
    """DuckDB's statements that keep it."""
    said = statement.strip().rstrip(";")
    if found := re.match(r"create\s+(user|role)\s+(\S+)(?:.*\blogin\s+(\S+))?", said, _FLAGS):
        name, kind = _plain(found[2]), "R" if found[1].lower() == "role" else "S"
        login = _plain(found[3]) if found[3] else name
        yield f"insert into sys._principals values ({_in(name)}, '{kind}', {_in(login)})"
    elif found := re.match(r"drop\s+(?:user|role)\s+(?:if\s+exists\s+)?(\S+)", said, _FLAGS):
        yield f"delete from sys._principals where name = {_in(_plain(found[1]))}"
    elif found := re.match(r"alter\s+role\s+(\S+)\s+(add|drop)\s+member\s+(\S+)", said, _FLAGS):
        role, member = _in(_plain(found[1])), _in(_plain(found[3]))
        yield f"delete from sys._members where role_name = {role} and member_name = {member}"
        if found[2].lower() == "add":
            yield f"insert into sys._members values ({role}, {member})"
    elif found := re.match(r"(grant|deny|revoke)\s+(.*?)(?:\s+on\s+(.*?))?\s+(?:to|from)\s+(.*)", said, _FLAGS):
        yield from _permissions(found[1].lower(), found[2], (found[3] or "").strip(), found[4])


def _permissions(word: str, listed: str, securable: str, to: str) -> Iterator[str]:
    for grantee in re.sub(r"\s+with\s+grant\s+option", "", to, flags=_FLAGS).split(","):
        for permission in listed.split(","):
            name, who, what = permission.strip().upper(), _in(_plain(grantee)), _in(securable)
            yield (
                f"delete from sys._permissions where permission_name = {_in(name)} and grantee = {who}"
                f" and securable = {what}"
            )
            if word != "revoke":
                yield f"insert into sys._permissions values ('{word[0].upper()}', {_in(name)}, {what}, {who})"


def _plain(name: str) -> str:
    return parts_of(name.strip())[0]


def _in(value: str) -> str:
    return quoted_text(value)
