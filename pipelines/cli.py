"""The `warehouse` command: parse, one call, exit code. A command imports what it needs when it runs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipelines.runner.report import RunReport
    from pipelines.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Lands learning platforms, builds and checks the marts, publishes them. Example: warehouse run",
    epilog="Exit codes: 0 all good · 1 failed · 2 wrong use or settings · 3 finished with flagged errors.",
)
Platforms = Annotated[
    list[str] | None, typer.Argument(help="Platforms to take; default: all that have a connection.")
]


@app.command()
def run(platforms: Platforms = None) -> None:
    """Land → check → build → check → publish. Example: warehouse run"""
    from pipelines.runner.progress import Progress
    from pipelines.runner.run import Run

    settings = _settings()
    chosen = _chosen(settings, platforms)
    running = Run(settings, Progress())
    with running.recorded(page=True):
        running.land(chosen)
        running.build()
    _finish(running.report)


@app.command()
def land(
    platforms: Platforms = None,
    export: Annotated[
        bool, typer.Option("--export", help="First ask DynamoDB for new exports, and wait for them")
    ] = False,
) -> None:
    """Only fetch and land. Example: warehouse land moodle"""
    from pipelines.runner.progress import Progress
    from pipelines.runner.run import Run

    settings = _settings()
    chosen = _chosen(settings, platforms)
    running = Run(settings, Progress())
    with running.recorded():
        if export:
            running.ask_for_exports(chosen)
        running.land(chosen)
    _finish(running.report)


@app.command()
def build() -> None:
    """Check, build and publish what has landed, without fetching. Example: warehouse build"""
    from pipelines.runner.progress import Progress
    from pipelines.runner.run import Run

    settings = _settings()
    running = Run(settings, Progress())
    with running.recorded(page=True):
        running.build()
    _finish(running.report)


@app.command()
def check(
    layer: Annotated[str, typer.Argument(help="staging, marts or all")] = "all",
) -> None:
    """Run the data checks on what is there. Example: warehouse check staging"""
    from pipelines.runner.progress import Progress
    from pipelines.runner.run import Run

    settings = _settings()
    running = Run(settings, Progress())
    with running.recorded():
        running.check_all(["staging", "marts"] if layer == "all" else [layer])
    _finish(running.report)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT statement")],
    form: Annotated[str, typer.Option("--format", help="table, csv or json")] = "table",
    staging: Annotated[
        bool, typer.Option("--staging", help="Ask the staging and model schemas (operators)")
    ] = False,
    ops: Annotated[bool, typer.Option("--ops", help="Ask the ops schema (operators)")] = False,
) -> None:
    """Ask the published marts in the engine's SQL. Example: warehouse query 'select * from core.dim_dates'"""
    from pipelines.runner.answer import answer

    answer(_settings(), sql, staging=staging or ops, form=form)


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="For machines")] = False) -> None:
    """The last run, what is published, and what waits in quarantine. Example: warehouse status --json"""
    from pipelines.runner.status import status as tell

    told = tell(_settings())
    if as_json:
        typer.echo(json.dumps(told, default=str, indent=1))
        return
    for what in ("last_run", "published"):
        typer.echo(f"{what.replace('_', ' ')}: " + ("none" if not told[what] else ""))
        for name, value in (told[what] or {}).items():
            typer.echo(f"  {name}: {value}")
    for place in told["platforms"]:
        typer.echo(
            f"{place['platform']}/{place['instance']}: looked at {place['looked_at']:%Y-%m-%d %H:%M} UTC, "
            f"{place['tables']} tables, {place['quarantined']} rows in quarantine"
        )
    for asked in told["sources"]:
        lag = "" if asked["lag_max"] is None else f", up to {asked['lag_max']:,.0f} s behind"
        typer.echo(
            f"{asked['platform']}/{asked['instance']}: last asked {asked['statements']} statements, "
            f"{asked['seconds_worked']:,.1f} s of its work (longest {asked['longest_statement']:,.1f} s), "
            f"waited for {asked['seconds_waited']:,.0f} s{lag}"
        )


@app.command()
def doctor(
    platforms: Platforms = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines")] = False,
) -> None:
    """Look at all a run depends on, and change nothing. Example: warehouse doctor moodle"""
    from pipelines.runner.doctor import examine, exit_code, findings_table
    from pipelines.runner.progress import print_table

    findings = list(examine(platforms))
    if as_json:
        typer.echo(json.dumps([vars(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        print_table(findings_table(findings))
    raise typer.Exit(exit_code(findings))


@app.command()
def sample(
    scale: Annotated[int, typer.Option(min=1, help="1 is about 150 schools and 300 learners")] = 1,
    into: Annotated[Path, typer.Option("--home", help="Folder for the sample and its warehouse")] = Path(
        "var"
    ),
) -> None:
    """Write deterministic sample platforms with deliberate dirt. Example: warehouse sample --scale 1"""
    from scripts.sample_sources import write_sample

    env_file = write_sample(into, scale)
    typer.echo(f"Sample written. Use it with: WAREHOUSE_ENV_FILE={env_file} warehouse run")


@app.command()
def replay(platforms: Platforms = None) -> None:
    """Land quarantined rows again after a fix. Example: warehouse replay subscriptions"""
    from pipelines.runner.progress import Progress
    from pipelines.runner.run import Run

    settings = _settings()
    chosen = _chosen(settings, platforms)
    running = Run(settings, Progress())
    with running.recorded():
        running.replay(chosen)
    _finish(running.report)


@app.command()
def page() -> None:
    """Write the page of the last run again. Example: warehouse page"""
    from pipelines.reports.page import write_page
    from pipelines.runner.catalogue import write_catalogue

    settings = _settings()
    write_catalogue(settings, anew=True)
    typer.echo(f"Page: {write_page(settings).resolve().as_uri()}")


@app.command()
def roles() -> None:
    """Print the script that makes schemas and roles on SQL Server, for its DBA. Example: warehouse roles"""
    from pipelines.runner.roles import roles_script

    typer.echo(roles_script(), nl=False)


@app.command("settings")
def print_settings(
    check_file: Annotated[
        Path | None, typer.Option("--check", help="Fail when this file is out of date")
    ] = None,
) -> None:
    """Print every setting as Markdown. Example: warehouse settings > docs/settings.md"""
    from pipelines.settings_page import settings_page

    page = settings_page()
    if check_file is None:
        typer.echo(page, nl=False)
    elif not check_file.exists() or check_file.read_text(encoding="utf-8") != page:
        typer.echo(f"{check_file} is out of date. Run: warehouse settings > {check_file}", err=True)
        raise typer.Exit(1)


def main() -> None:
    """Runs the command; an expected error is one sentence and an exit code, never a traceback."""
    from pipelines.errors import WarehouseError

    try:
        app()
    except WarehouseError as refused:
        typer.echo(f"✗ {refused}", err=True)
        sys.exit(refused.exit_code)
    except Exception as broken:  # noqa: BLE001 - its own text may quote a row, so only its place is told
        typer.echo(f"✗ {_unexpected(broken)}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo("Stopped. Nothing is half-landed; run again to go on.", err=True)
        sys.exit(130)


def _unexpected(broken: Exception) -> str:
    """The error's class and the last line of ours it came through."""
    ours = Path(__file__).parent
    frames = [frame for frame in extract_tb(broken.__traceback__) if ours in Path(frame.filename).parents]
    place = f"{Path(frames[-1].filename).relative_to(ours.parent)}, line {frames[-1].lineno}"
    return (
        f"The command stopped with {type(broken).__name__} at {place}. This is an error of ours: report it."
    )


def _settings() -> Settings:
    from pipelines.settings import load_settings

    return load_settings()


def _chosen(settings: Settings, platforms: list[str] | None) -> list[str]:
    """The platforms asked for, or all with a connection. Raises UsageError for one that has none."""
    from pipelines.errors import UsageError
    from pipelines.sources.config import known_platforms

    configured = [platform for platform in known_platforms() if settings.sources.get(platform)]
    unknown = sorted((set(platforms or ()) | set(settings.sources)) - set(known_platforms()))
    missing = [
        platform for platform in platforms or () if platform not in configured and platform not in unknown
    ]
    if unknown:
        raise UsageError(
            f"There is no platform {', '.join(unknown)}.", f"Known platforms: {', '.join(known_platforms())}."
        )
    if missing or not configured:
        raise UsageError(
            f"No connection is set for {', '.join(missing) or 'any platform'}.",
            "Set WAREHOUSE_SOURCES__<PLATFORM>__<INSTANCE>__URL, or try the sample: make run",
        )
    return platforms or configured


def _finish(report: RunReport) -> None:
    """The closing table, warnings, links and the exit code."""
    from pipelines.runner.progress import landing_table, load_table, print_table

    if report.platforms:
        print_table(landing_table(report.platforms))
    if loads := [load for platform in report.platforms for load in platform.loads]:
        print_table(load_table(loads))
    for warning in report.warnings:
        typer.echo(f"! {warning}")
    if report.published_rows is not None:
        typer.echo(f"Published {report.published_rows:,} rows: {report.published_in}")
    if report.page is not None:
        typer.echo(f"Page: {report.page.resolve().as_uri()}")
    typer.echo(
        f"Run {report.run_id}: {report.outcome}"
        + (
            f", {len(report.problems)} problem{'s' if len(report.problems) > 1 else ''}"
            if report.flagged
            else ""
        )
    )
    raise typer.Exit(report.exit_code)


if __name__ == "__main__":
    main()
