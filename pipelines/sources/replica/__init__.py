"""Source kind `replica`: tables of a database read-replica, as Arrow, with nothing but SELECT."""

from pipelines.sources.replica.by_key import rows_by_key
from pipelines.sources.replica.connect import open_reader
from pipelines.sources.replica.gates import Timekeeper
from pipelines.sources.replica.pacing import PacedReader
from pipelines.sources.replica.reader import Reader
from pipelines.sources.replica.reading import TableRead, Window, open_read, sweep_keys
from pipelines.sources.replica.source_load import SourceLoad

__all__ = [
    "PacedReader", "Reader", "SourceLoad", "TableRead", "Timekeeper", "Window", "open_read", "open_reader",
    "rows_by_key", "sweep_keys",
]  # fmt: skip
