"""Landing of dropped CSV files: claim → land → commit → copy away → verify → remove; each step may be the last."""

from pipelines.landing.drops.instance import DropsLanding

__all__ = ["DropsLanding"]
