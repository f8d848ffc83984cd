"""Landing of DynamoDB's exports and stream files: an export is one load, and lands whole or not at all."""

from pipelines.landing.exports.landing import ExportsLanding

__all__ = ["ExportsLanding"]
