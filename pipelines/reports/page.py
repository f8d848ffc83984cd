"""The first page: one HTML file that opens from the file system, with everything it needs inside.

It is made by a process of its own (`python -m pipelines.reports.page`), because drawing needs 150 MB, and
because nothing that happens there may end a good run. That process has no secret to give away.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pipelines.errors import ReportError, UsageError, WarehouseError
from pipelines.reports import words
from pipelines.reports.figures import MOVEMENTS, SMALLEST, Learners, Movements, read_learners, read_movements
from pipelines.reports.freshness import freshness
from pipelines.reports.ledger import read_facts
from pipelines.settings import Settings, load_settings
from pipelines.warehouse import Warehouse, open_published, open_warehouse
from pipelines.warehouse.published import read_about

CATALOGUE = "dbt.html"
CURRENCIES_DRAWN = 3
WARNINGS_OPEN = 5  # more of them stand behind one line


def page_path(settings: Settings) -> Path:
    """Where the page is, once written."""
    return settings.site_folder / "index.html"


def write_page(settings: Settings) -> Path:
    """Writes the page about the last run in `ops` and the published marts; readers never see half of it.

    Raises UsageError before the first run, WarehouseLocked while a run is on, ReportError when the folder
    cannot be written.
    """
    text = _render(_content(settings, datetime.now(UTC).replace(tzinfo=None)))
    put_in_place(page_path(settings), text)
    return page_path(settings)


def put_in_place(path: Path, text: str) -> None:
    """Writes a file of the site at once, or leaves the old one. Raises ReportError when it cannot."""
    fresh = path.with_name(f"{path.name}.next")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    except OSError as failed:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise ReportError(
            f"The page {path} could not be written ({os.strerror(failed.errno or 0)}).",
            "Check the disk and the folder's permissions.",
        ) from None


def _content(settings: Settings, now: datetime) -> dict[str, Any]:
    with open_warehouse(settings, read_only=True) as warehouse:
        facts = read_facts(warehouse)
    return {
        "facts": facts,
        "verdict": words.verdict(facts),
        "freshness": freshness(facts.looks, now),
        "now": now,
        "catalogue": CATALOGUE if (settings.site_folder / CATALOGUE).exists() else None,
        **_from_marts(settings),
    }


def _from_marts(settings: Settings) -> dict[str, Any]:
    """Figures and plots; without published marts there are none, and the page says so."""
    with ExitStack() as closing:
        try:
            published = closing.enter_context(open_published(settings))
        except UsageError:
            return {"about": None, "learners": None, "movements": []}
        about = read_about(published)
        learners, movements = _figures(published, about["as_of"].date())
    from pipelines.reports.plots import learners_plot, movements_plot  # Vega takes half a second to start

    return {
        "about": about,
        "learners": (learners, learners_plot(learners)) if learners else None,
        "movements": [
            (figures, movements_plot(figures) if drawn < CURRENCIES_DRAWN else None)
            for drawn, figures in enumerate(movements)
        ],
    }


def _figures(published: Warehouse, as_of: date) -> tuple[Learners | None, list[Movements]]:
    return read_learners(published, as_of), read_movements(published)


def _render(content: dict[str, Any]) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from pipelines.reports.plots import COLOURS

    environment = Environment(
        loader=PackageLoader("pipelines.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": words.number,
        "seconds": words.seconds,
        "moment": words.moment,
        "age": words.age,
        "megabytes": words.megabytes,
        "month": words.month,
        "day": words.day,
    }
    environment.globals |= {
        "COLOURS": COLOURS,
        "MARKS": words.MARKS,
        "STATES": words.STATES,
        "OUTCOMES": words.OUTCOMES,
        "MOVEMENTS": MOVEMENTS,
        "SMALLEST": SMALLEST,
        "WARNINGS_OPEN": WARNINGS_OPEN,
    }
    return environment.get_template("page.html").render(content)


def main() -> int:
    """For the run's child process: 0 when the page is written; `warehouse page` says why it was not."""
    try:
        write_page(load_settings())
    except WarehouseError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
