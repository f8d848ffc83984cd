"""A server that answers a warehouse's statements as a test prepared, and settings that lead to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.errors import WarehouseError
from pipelines.settings import Settings
from tests.servers.tds import Cut, Failure, Rows

PASSWORD = "open;sesame}{'="
SAID = "Quillfeather"


@dataclass
class Script:
    """Answers by the first pattern found in the statement; a list is given out one a time, its last for ever.

    `@@error` is the number of the failure before.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    number: int = 0

    def __call__(self, statement: str) -> Rows | Failure | Cut | None:
        if statement == "select @@error":
            return Rows((("", "int"),), ((self.number,),))
        for pattern, prepared in self.answers.items():
            if re.search(pattern, statement):
                answer = (
                    (prepared.pop(0) if len(prepared) > 1 else prepared[0])
                    if isinstance(prepared, list)
                    else prepared
                )
                self.number = answer.number if isinstance(answer, Failure) else 0
                return answer
        return None


def settings_for(home: Path, port: int, **more: Any) -> Settings:
    """The loopback server, in the clear unless said otherwise."""
    where = {
        "host": "127.0.0.1", "port": port, "database": "shelf", "user": "loader", "password": PASSWORD,
        "encrypt": False, **more,
    }  # fmt: skip
    return Settings.model_validate(
        {"home": home, "engine": "sqlserver", "sqlserver": where, "connect_timeout": 5}
    )


def one_sentence(error: WarehouseError) -> None:
    """What and what next, without the server's words, the password or the driver's error below it."""
    assert error.what.endswith(".")
    assert error.what.count(". ") == 0
    assert error.advice
    for secret in (PASSWORD, "sesame", SAID):
        assert secret not in str(error)
        assert secret not in repr(error.facts)
    assert error.__cause__ is None
