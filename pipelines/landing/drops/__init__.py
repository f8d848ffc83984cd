"""Landing of dropped CSV files: claim → land → commit → copy → verify → remove; any step may be the last."""

from pipelines.landing.drops.instance import DropsLanding

__all__ = ["DropsLanding"]
