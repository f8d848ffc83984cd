"""The one exception tree. A message is one sentence for a person; facts stay readable as attributes.

WarehouseError
├── SettingsError          exit 2: a setting is missing or wrong
├── UsageError             exit 2: the command was given something it cannot use
├── ContractError          a contract or source config is wrong; stops its platform before any fetch
├── SourceError            one platform instance, or one table of it
│   ├── SourceUnreachable  retryable
│   ├── LoginRefused
│   ├── NotVerified        TLS: the certificate does not match, or the link is plain text
│   ├── NotAReplica
│   ├── SourcePaused       pause window, lag, a busy server or its time is spent: no more is asked
│   ├── SourceInterrupted  retryable: a read was cut or cancelled half-way, and goes on where it stopped
│   ├── TableMismatch      a table, column or type differs from the contract
│   ├── SourceUnreadable   the driver gave up on a value or a statement
│   ├── PackageRefused     an archive, or one member of it, is damaged or made to do harm
│   ├── NotDecrypted       gpg did not end in success, so nothing of the file counts
│   └── TooManyDeletes     the circuit breaker of the key sweep
├── LandingError           dlt or the warehouse refused a load
│   ├── Unbalanced         the counts do not add up
│   └── WarehouseInterrupted  retryable: the server ended a statement; asked again it may well succeed
├── WarehouseUnreachable   the server of the warehouse cannot be used: address, certificate, login, database
├── WarehouseLocked        somebody else holds the warehouse or the run lock
├── DiskFull
├── BuildFailed            dbt
├── CheckFailed            an expectation marked `fail`
└── ReportError            a page could not be written; never ends a run
"""

from __future__ import annotations


class WarehouseError(Exception):
    """Base of every expected failure: `what` happened, and `advice` on what to do next."""

    exit_code = 1
    retryable = False

    def __init__(self, what: str, advice: str = "", **facts: object) -> None:
        self.what = what
        self.advice = advice
        self.facts = facts
        super().__init__(f"{what} {advice}".strip())


class SettingsError(WarehouseError):
    """A setting is missing or cannot be read."""

    exit_code = 2


class UsageError(WarehouseError):
    """The command line asks for something that does not exist."""

    exit_code = 2


class ContractError(WarehouseError):
    """A contract or source config is wrong; `problems` holds one line each with file and line."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        more = "" if len(problems) == 1 else f" ({len(problems)} problems)"
        super().__init__(f"The contract is refused{more}: " + "\n  ".join(problems))


class SourceError(WarehouseError):
    """A platform instance, or one of its tables, could not be read; other platforms go on."""


class SourceUnreachable(SourceError):
    retryable = True


class LoginRefused(SourceError):
    pass


class NotVerified(SourceError):
    pass


class NotAReplica(SourceError):
    pass


class SourcePaused(SourceError):
    """The pacing lets nothing more be asked of this source in this run; what landed stays."""


class SourceInterrupted(SourceError):
    """A standby's replay or a cut connection ended a statement; asked again it may well succeed."""

    retryable = True


class TableMismatch(SourceError):
    pass


class SourceUnreadable(SourceError):
    pass


class PackageRefused(SourceError):
    """An archive, or one member of it, is no zip, is damaged or could do harm; the others go on."""


class NotDecrypted(SourceError):
    """A file was not decrypted to its verified end; what was seen of it must not be used."""


class TooManyDeletes(SourceError):
    pass


class LandingError(WarehouseError):
    """The warehouse refused a load; nothing of it counts as landed."""


class Unbalanced(LandingError):
    """Rows read differ from rows landed + quarantined + filtered."""


class WarehouseInterrupted(LandingError):
    """A deadlock, a lock or a cut connection ended a statement; nothing of its transaction holds."""

    retryable = True


class WarehouseUnreachable(WarehouseError):
    """The server of the warehouse does not answer, or does not let us in."""


class WarehouseLocked(WarehouseError):
    retryable = True


class DiskFull(WarehouseError):
    pass


class BuildFailed(WarehouseError):
    pass


class CheckFailed(WarehouseError):
    pass


class ReportError(WarehouseError):
    """A page could not be written; a run goes on without."""
