"""Source kind `dynamodb_export`: tables of DynamoDB as they lie on S3, exported or streamed.

From a store to exports by their manifests, the chain of a table's windows, and the SQL that reads a block of
lines. Nothing here knows the warehouse.
"""

from pipelines.sources.dynamodb_export.chain import Chain, chain_of
from pipelines.sources.dynamodb_export.fetch import ItemFetch
from pipelines.sources.dynamodb_export.manifest import (
    DataFile,
    Export,
    listed,
    read_export,
    read_files,
    summaries,
    unfinished,
)
from pipelines.sources.dynamodb_export.records import record_lines, unpacked

__all__ = [
    "Chain", "DataFile", "Export", "ItemFetch", "chain_of", "listed", "read_export", "read_files",
    "record_lines", "summaries", "unfinished", "unpacked",
]  # fmt: skip
