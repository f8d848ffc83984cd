"""What a run leaves to look at: the page, written by a child process, where nothing can end the run."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipelines.errors import ReportError, WarehouseError
from pipelines.reports.page import page_path
from pipelines.runner.catalogue import write_catalogue
from pipelines.settings import PROJECT_ROOT, Settings

TIME_LIMIT = 60.0  # seconds; it takes 2
Warn = Callable[[str], None]


def write_site(settings: Settings, *, anew: bool, warn: Warn, time_limit: float = TIME_LIMIT) -> Path:
    """The page about the last recorded run, and dbt's pages beside it if missing or to be written `anew`.

    Returns where it is. Raises ReportError, which a run only passes on as a warning; of dbt's pages without
    which the page is still good, `warn` is told.
    """
    try:
        write_catalogue(settings, anew=anew)
    except WarehouseError as failed:
        warn(str(failed))
    command = [sys.executable, "-m", "pipelines.reports.page"]
    try:
        done = subprocess.run(
            command, cwd=PROJECT_ROOT, env=settings.subprocess_environment(), timeout=time_limit, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise ReportError(
            f"The page was not written within {time_limit:.0f} seconds.", "`warehouse page` tries again."
        ) from None
    if done.returncode:
        raise ReportError(
            f"The page could not be written: its process ended with code {done.returncode}.",
            "`warehouse page` tries again and says why.",
        )
    return page_path(settings)


def without_addresses(sentence: str, settings: Settings) -> str:
    """The sentence as it may be shown to others: no host, user or file of a source is in it, nor of the
    warehouse's own server."""
    sentence = sentence.replace(f"login `{settings.sqlserver.user}`", "its login")
    sentence = _replaced(sentence, settings.sqlserver.host or "", "its server")
    for instances in settings.sources.values():
        for instance in instances.values():
            url = urlsplit(instance.url.get_secret_value())
            path = unquote(url.path) if url.scheme.startswith("sqlite") else ""
            sentence = sentence.replace(f"user `{unquote(url.username or '')}`", "its user")
            sentence = _replaced(sentence, path, "its file")
            sentence = _replaced(sentence, path.removeprefix("/"), "its file")
            sentence = _replaced(sentence, url.hostname or "", "its server")
    return sentence


def _replaced(sentence: str, address: str, instead: str) -> str:
    """Whole names only, with the port that may follow, and as a resolver reads them: blind to case."""
    if not address:
        return sentence
    whole = rf"(?<![\w./-]){re.escape(address)}(:\d+)?(?![/-]|\.?\w)"
    return re.sub(whole, instead, sentence, flags=re.IGNORECASE)
