"""Landing of file packages: an archive is one load, a member file is one read of its (entity, table)."""

from pipelines.landing.packages.instance import PackagesLanding

__all__ = ["PackagesLanding"]
