"""One run, step by step. Each step leaves its record in ops; a failed check leaves the last good marts."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from pipelines.errors import (
    BuildFailed,
    CheckFailed,
    SettingsError,
    Unbalanced,
    UsageError,
    WarehouseError,
)
from pipelines.landing.exports.ask import ask_for_exports
from pipelines.landing.ledger import utc_now
from pipelines.landing.platform import Only, PlatformOutcome, land_platform
from pipelines.landing.replay import replay_platform
from pipelines.runner import check, transform
from pipelines.runner.changes import Changes, code_hash, find_changes
from pipelines.runner.checks_process import ChecksProcess
from pipelines.runner.journal import Journal
from pipelines.runner.lock import run_lock
from pipelines.runner.marts import project_marts, published_relations
from pipelines.runner.progress import Progress
from pipelines.runner.publish import publish
from pipelines.runner.relations import present_platforms, staging_relations
from pipelines.runner.report import RunReport
from pipelines.runner.site import without_addresses, write_site
from pipelines.settings import Settings
from pipelines.sources.replica import Timekeeper
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.ops import create_ops


class Run:
    """A run in progress. Steps are methods; the caller decides which of them it needs."""

    def __init__(self, settings: Settings, progress: Progress) -> None:
        self.settings, self.progress = settings, progress
        self._steps: list[tuple[str, str, float]] = []
        self._code: str | None = None
        self._code_changed = False
        self._started = utc_now()
        self.report = RunReport(f"{self._started:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}")

    @contextmanager
    def recorded(self, *, page: bool = False) -> Iterator[None]:
        """Lock, run row, closing record, page; every expected error becomes the report's sentence."""
        with run_lock(self.settings) as warned:
            self.report.warnings += warned
            with open_warehouse(self.settings) as warehouse:
                self.report.warnings += warehouse.caveats()
                create_ops(warehouse)
                warehouse.execute("update ops.runs set outcome = 'killed' where outcome = 'running'")
                warehouse.insert("ops.runs", [self._row()])
            self._journal = Journal(self.settings, self.report.run_id)
            try:
                yield
                self.report.outcome = self.report.outcome.replace("running", "done")
            except WarehouseError as stopped:
                self.report.outcome, self.report.failed_with = "failed", stopped.exit_code
                self._say(str(stopped))
            except BaseException:
                self.report.outcome, page = "failed", False  # whoever stops it does not want to wait
                raise
            finally:
                # a full disk must not hide the sentence that says so
                with suppress(WarehouseError):
                    self._record_end()
                try:
                    if page:
                        self._write_page()
                finally:
                    self._journal.ended(self.report.outcome, self.report.exit_code)

    def ask_for_exports(self, platforms: list[str]) -> None:
        """Asks for new exports and waits for them; one that does not come flags the run."""
        for platform in platforms:
            with self.progress.step(f"exporting {platform}"), self._open() as warehouse:
                keeper = Timekeeper(say=self.progress.waiting)
                refused = ask_for_exports(self.settings, warehouse, platform, keeper, self.progress.waiting)
            for error in refused:
                self._say(str(error))

    def land(self, platforms: list[str], only: Mapping[str, Only] | None = None) -> None:
        """Lands each platform; an error flags the run and the others go on. `only`: of drops, these files."""
        for platform in platforms:
            with self.progress.step(f"landing {platform}"), self._open() as warehouse:
                keeper = Timekeeper(say=self.progress.waiting)
                outcome = land_platform(
                    self.settings, warehouse, self.report.run_id, platform, self.progress.rows, keeper,
                    (only or {}).get(platform),
                )  # fmt: skip
            self._note(outcome)
        self._refuse_a_useless_landing()

    def _refuse_a_useless_landing(self) -> None:
        """Rows that went missing, settings that nothing can land with, or not one table: nothing is built."""
        errors = [error for platform in self.report.platforms for error in platform.errors]
        tables = [table for platform in self.report.platforms for table in platform.tables]
        for table in tables:
            if isinstance(table.error, Unbalanced):
                raise table.error
        looked = any(not platform.errors and not platform.tables for platform in self.report.platforms)
        if looked or any(not table.error for table in tables):  # packages: there may be none that is new
            return
        if errors and all(isinstance(error, SettingsError) for error in errors):
            raise errors[0]
        raise WarehouseError("No platform could be landed, so nothing was built.", "See the sentences above.")

    def _note(self, outcome: PlatformOutcome) -> None:
        self.report.platforms.append(outcome)
        self.report.warnings += outcome.warnings
        for load in outcome.loads:
            self._journal.asked(load)
        for table in outcome.tables:
            self._journal.landed(table)
        for error in [*outcome.errors, *(table.error for table in outcome.tables if table.error)]:
            self._say(str(error))

    def _say(self, sentence: str) -> None:
        """Each sentence once: one cause can stop many tables."""
        if sentence not in self.report.problems:
            self.report.problems.append(sentence)
            self.progress.problem(sentence)
            self._journal.problem(sentence)

    def replay(self, platforms: list[str]) -> None:
        """Lands quarantined rows that today's contract accepts; the next build picks them up."""
        for platform in platforms:
            with self.progress.step(f"replaying {platform}"), self._open() as warehouse:
                outcome = replay_platform(
                    self.settings, warehouse, self.report.run_id, platform, self.progress.rows
                )
            self._note(outcome)

    def check_all(self, layers: list[str]) -> None:
        """Runs every suite of the layers on what is there, changed or not."""
        for layer in layers:
            if layer not in ("staging", "marts"):
                raise UsageError(f"There is no layer `{layer}`.", "Use staging, marts or all.")
        with self._open() as warehouse:
            present = present_platforms(warehouse)
        every = {"staging": staging_relations(None, present)}
        if "marts" in layers:
            every["marts"] = published_relations(self.settings)
        with ChecksProcess(self.settings) as process:
            for layer in layers:
                self._check(process, layer, every[layer], every[layer])

    def build(self) -> None:
        """Check staging → dbt → check marts → publish, for what changed since the last published run."""
        with self._open() as warehouse:
            present = present_platforms(warehouse)
            changes = find_changes(self.settings, warehouse, present)
        self._code_changed = changes.everything
        # taken before the build: files that change meanwhile ask for a full build next time
        self._code = code_hash(self.settings, present)
        if not present:
            raise UsageError(
                "There is nothing to build: no platform has landed.", "Run `warehouse land` first."
            )
        if changes.nothing:
            self._skip_all(present)
            return
        # dbt parses while staging is checked, and the checks of marts need no second start
        with ChecksProcess(self.settings) as process, transform.Dbt(self.settings, present) as dbt:
            staging, loads = staging_relations(changes, present), () if changes.everything else changes.loads
            self._check(process, "staging", staging, staging_relations(None, present), loads)
            built = self._transform(dbt, changes)
            marts = published_relations(self.settings)
            self._check(process, "marts", [relation for relation in marts if relation in built], marts)
        self._publish(built)

    def _skip_all(self, present: list[str]) -> None:
        unchecked = {"staging": staging_relations(None, present)}
        with suppress(UsageError):  # the work folder may have been emptied, and dbt's list of marts with it
            unchecked["marts"] = published_relations(self.settings)
        with self._open() as warehouse:
            for layer, relations in unchecked.items():
                check.store(warehouse, self.report.run_id, layer, None, relations)
        self.report.warnings.append("Nothing changed since the last published run: build and checks skipped.")
        self.report.outcome = "unchanged"

    def _check(
        self,
        process: ChecksProcess,
        layer: str,
        relations: list[str],
        all_relations: list[str],
        loads: tuple[str, ...] = (),
    ) -> None:
        """Row checks read the rows of `loads`, all rows without any."""
        with (
            self.progress.step(f"checking {layer} ({len(relations)} relations)"),
            self._timed(f"check {layer}"),
        ):
            report = check.run_checks(self.settings, layer, relations, sorted(loads), process)
        skipped = [relation for relation in all_relations if relation not in relations]
        with self._open() as warehouse:
            check.store(warehouse, self.report.run_id, layer, report, skipped)
        self.report.warnings += [f"{w.relation}: {w.expectation}: {w.advice}" for w in report.warned]
        if report.failed:
            said = "; ".join(
                f"{f.relation}: {f.expectation} {f.column or ''}".strip() for f in report.failed[:5]
            )
            raise CheckFailed(
                f"{len(report.failed)} checks of {layer} failed: {said}.",
                f"{report.failed[0].advice} The last good marts stay published.",
            )

    def _transform(self, dbt: transform.Dbt, changes: Changes) -> list[str]:
        with self.progress.step("building models"), self._timed("build"):
            report = dbt.build(changes.selectors, self.progress.say)
        self.report.warnings += report.warned
        if report.failed:
            raise BuildFailed(
                f"{len(report.failed)} models or tests failed: {'; '.join(report.failed[:5])}.",
                f"The last good marts stay published; dbt's log is {self.settings.home}/logs/dbt.log.",
            )
        return report.built

    def _publish(self, built: list[str]) -> None:
        marts = project_marts(self.settings)
        with self.progress.step("publishing"), self._timed("publish"), self._open() as warehouse:
            done = publish(self.settings, warehouse, self.report.run_id, marts, built)
        self.report.published_rows, self.report.published_in = done.rows, done.place
        self.report.warnings += done.warnings
        self.report.outcome = "published"

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        started, outcome = time.monotonic(), "failed"
        try:
            yield
            outcome = "done"
        finally:
            self._steps.append((step, outcome, time.monotonic() - started))
            self._journal.step(*self._steps[-1])

    def _open(self) -> Warehouse:
        return open_warehouse(self.settings)

    def _row(self) -> dict[str, object]:
        return {
            "run_id": self.report.run_id, "started_at": self._started, "finished_at": None,
            "as_of": self.settings.clock, "outcome": "running", "exit_code": None, "code_hash": None,
        }  # fmt: skip

    def _record_end(self) -> None:
        now = utc_now()
        with self._open() as warehouse:
            warehouse.insert("ops.steps", self._step_rows(self._steps))
            warehouse.insert("ops.sentences", self._sentence_rows())
            warehouse.execute(
                "update ops.runs set finished_at = ?, outcome = ?, exit_code = ?, code_hash = ? "
                "where run_id = ?",
                [now, self.report.outcome, self.report.exit_code, self._code, self.report.run_id],
            )  # fmt: skip

    def _write_page(self) -> None:
        """After the closing record, which it shows. Whatever happens here, the run ends as it had."""
        try:
            with self.progress.step("writing the page"), self._timed("page"):
                self.report.page = write_site(
                    self.settings, anew=self._code_changed, warn=self.report.warnings.append
                )
        except WarehouseError as failed:
            self.report.warnings.append(str(failed))
        with suppress(WarehouseError), self._open() as warehouse:
            warehouse.insert("ops.steps", self._step_rows(self._steps[-1:]))

    def _step_rows(self, steps: list[tuple[str, str, float]]) -> list[dict[str, object]]:
        now = utc_now()
        return [
            {"run_id": self.report.run_id, "step": step, "outcome": outcome, "seconds": seconds,
             "finished_at": now}
            for step, outcome, seconds in steps
        ]  # fmt: skip

    def _sentence_rows(self) -> list[dict[str, object]]:
        said = [("problem", sentence) for sentence in self.report.problems]
        said += [("warning", sentence) for sentence in self.report.warnings]
        return [
            {"run_id": self.report.run_id, "position": position, "kind": kind,
             "sentence": without_addresses(sentence, self.settings)}
            for position, (kind, sentence) in enumerate(said)
        ]  # fmt: skip
