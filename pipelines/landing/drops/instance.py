"""One instance of a drop: every file that waits, the oldest first, landed and put away."""

from __future__ import annotations

from functools import partial

from pipelines.errors import (
    LoginRefused,
    SourceError,
    SourceUnreachable,
    SourceUnreadable,
    TableMismatch,
    WarehouseError,
)
from pipelines.landing.bench import OnRows
from pipelines.landing.drops.load import DropLoad
from pipelines.landing.drops.register import CLAIMED, DUPLICATE, LANDED, REFUSED, Drop, DropRegister
from pipelines.landing.files import FilesLanding
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.plan import Instance
from pipelines.landing.quarantine import Seal, supersede_earlier
from pipelines.landing.register import placed
from pipelines.sources.csv_drop import ARCHIVE, QUARANTINE, Place, open_place, table_of
from pipelines.sources.edx_package import StoredObject

_NO_TABLE = "No contract is for a file of this name."
_REASON = """\
{what}

File: {name}, dropped {modified:%Y-%m-%d %H:%M} UTC, {size:,} bytes. Nothing of it is in the warehouse.
{advice}
Corrected, it is dropped again under a name of its table: {names}.
"""


class DropsLanding(FilesLanding):
    """The landing of one instance; `outcomes` has one entry a file that was read."""

    def __init__(self, it: Instance, seal: Seal, on_rows: OnRows) -> None:
        super().__init__(it, seal, on_rows)
        self._register = DropRegister(it)
        self._tables, self._files = it.plan.contract.tables, it.plan.config.drops

    def _run(self) -> None:
        it = self._it
        place = open_place(it.where, it.settings)
        waiting = place.waiting()
        if it.only is None:
            self._register.settle(waiting)
        for stored in waiting:
            if it.only is None or stored.key in it.only:
                self._take(place, stored)
        self._make_missing_tables()
        if it.only is None:
            days = {ARCHIVE: it.where.archive_days, QUARANTINE: it.where.quarantine_days}
            self._warn(place.mover.expire(days))

    def _take(self, place: Place, stored: StoredObject) -> None:
        """One file, whatever state a run that was killed has left it in; its error stops no other."""
        drop = self._register.claim(stored, table_of(stored.key, self._files))
        try:
            if drop.status == CLAIMED:
                self._land(place, drop)
            if drop.status != CLAIMED:
                self._put_away(place, drop)
        except (LoginRefused, SourceUnreachable):
            raise  # the others would not come either
        except SourceError as refused:
            self.errors.append(placed(refused, self._it, stored.key))

    def _land(self, place: Place, drop: Drop) -> None:
        if drop.table is None:
            self._refuse(drop, SourceUnreadable(_NO_TABLE, "Declare it, or drop it under another name."))
            return
        load = DropLoad(self._it, self._seal, self._on_rows, self._tables[drop.table])
        load.run(drop, partial(place.blocks, drop.stored), partial(self._unwanted, drop))
        error = load.outcome.error
        if isinstance(error, (SourceUnreadable, TableMismatch)):
            self._refuse(drop, error)
        elif error:
            self._stay(load.outcome, error)
        else:
            self._landed(drop, load.outcome)

    def _unwanted(self, drop: Drop, sha256: str) -> str | None:
        """Why nothing of the file is to land: it says again what the last one said, or is older than it."""
        contract = self._tables[str(drop.table)]
        last = self._register.last_landed(contract.name)
        if last is None:
            return None
        modified, content, contract_hash = last
        if (content, contract_hash) == (sha256, contract.fingerprint):
            return "same_content"
        older = modified > drop.stored.modified and self._files[contract.name].rows == "all"
        return "superseded" if older else None

    def _landed(self, drop: Drop, outcome: TableOutcome) -> None:
        self.outcomes.append(outcome)
        drop.load_id = outcome.load_id
        again = outcome.filtered["same_content"] or outcome.filtered["superseded"] == outcome.rows_read
        drop.status = DUPLICATE if again else LANDED
        if drop.status == LANDED and self._files[outcome.contract.name].rows == "all":
            supersede_earlier(self._it.warehouse, outcome)
        self._register.decide(drop, outcome.contract.fingerprint)
        name = drop.stored.key
        if outcome.filtered["same_content"]:
            self._warn(f"{name} says the same as the last file of {drop.table}, so nothing of it landed.")
        elif drop.status == DUPLICATE:
            self._warn(f"{name} is older than the last file of {drop.table}, so nothing of it landed.")
        formulas = sum(times for (_, why), times in outcome.repairs.items() if why == "formula_like")
        if formulas:
            self._warn(
                f"{name}: texts that a spreadsheet would run as a formula: {formulas}; they landed as such."
            )
        if outcome.missing:
            self._warn(f"{name} lacks {', '.join(outcome.missing)}, which it may; they are empty.")

    def _refuse(self, drop: Drop, error: SourceError) -> None:
        drop.status, drop.reason = REFUSED, str(error)
        self._register.decide(drop, None)

    def _stay(self, outcome: TableOutcome, error: WarehouseError) -> None:
        """The file may be good: it waits for the next run."""
        self.outcomes.append(outcome)
        if isinstance(error, (LoginRefused, SourceUnreachable)):
            raise error
        if isinstance(error, SourceError):
            outcome.error = placed(error, self._it, str(outcome.file_key))

    def _put_away(self, place: Place, drop: Drop) -> None:
        """Copy, verify, say why, remove: killed anywhere in it, the next run does the same again."""
        place.mover.copy(drop.stored, drop.target, drop.sha256)
        if drop.status == REFUSED:
            place.mover.write(f"{drop.target}.reason.txt", self._reason(drop))
        place.mover.remove(drop.stored)
        if drop.status == REFUSED and not drop.moved:
            self._warn(f"{drop.stored.key} was not landed and is in {drop.target}: {drop.reason}")
        self._register.moved(drop)

    def _reason(self, drop: Drop) -> str:
        names = ", ".join(self._files[name].files[0] if self._files[name].files else f"{name}*.csv"
                          for name in ([drop.table] if drop.table else self._files))  # fmt: skip
        stored = drop.stored
        return _REASON.format(
            what=drop.reason, name=stored.key, modified=stored.modified, size=stored.size, names=names,
            advice="It may hold personal data: this folder is emptied after "
            f"{self._it.where.quarantine_days} days.",
        )  # fmt: skip

    def _make_missing_tables(self) -> None:
        """Tables of which no file came yet."""
        for contract in self._tables.values():
            if not self._it.warehouse.has_table(self._it.plan.contract.schema, contract.name):
                load = DropLoad(self._it, self._seal, self._on_rows, contract)
                load.run_empty()
                self.outcomes.append(load.outcome)

    def _warn(self, sentence: str | None) -> None:
        if sentence:
            self.warnings.append(f"{self._it.plan.contract.platform}/{self._it.name}: {sentence}")
