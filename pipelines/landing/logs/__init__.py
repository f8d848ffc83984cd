"""Landing of daily tracking logs: each file replaces its own events, many small files are one load."""

from pipelines.landing.logs.landing import LogsLanding

__all__ = ["LogsLanding"]
