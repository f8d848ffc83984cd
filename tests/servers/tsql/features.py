"""What a server of the T-SQL family may lack, and errors on demand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.servers.tsql.tokens import SqlError

REAL = "Microsoft SQL Server 2019 (RTM-CU27) - 15.0.4375.4 (X64)"


@dataclass
class Features:
    """Off: as on a server without it. `bulk`: "good", "misaligned" (rows arrive with two columns exchanged,
    success is reported), "refused", or "short" (the last row is lost, success is reported)."""

    columnstore: bool = True
    transfer: bool = True
    applock: bool = True
    merge: bool = True
    referential_constraints: bool = True
    bulk: str = "good"
    version_text: str = REAL
    version: str = "15.0.4375.4"


@dataclass
class Fault:
    """The next `times` statements that match are answered with this error; 0 cuts the connection."""

    pattern: str
    number: int
    text: str = "Told to fail."
    times: int = 1
    severity: int = 16


@dataclass
class Faults:
    """Errors that tests ask for, in order."""

    waiting: list[Fault] = field(default_factory=list)

    def check(self, statement: str) -> None:
        """Raises the SqlError of the first fault that matches, ConnectionAbortedError where it is a cut."""
        for fault in self.waiting:
            if fault.times > 0 and re.search(fault.pattern, statement, re.IGNORECASE | re.DOTALL):
                fault.times -= 1
                if fault.number == 0:
                    raise ConnectionAbortedError
                raise SqlError(fault.number, fault.text, fault.severity, doomed=fault.number == 1205)
