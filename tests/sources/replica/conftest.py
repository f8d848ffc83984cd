"""Fixtures of tests that read sources without landing."""

from tests.sources.replica.cuts import waits

__all__ = ["waits"]
