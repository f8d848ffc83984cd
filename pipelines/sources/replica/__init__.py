"""Source kind `replica`: tables of a database read-replica, as Arrow, with nothing but SELECT."""

from pipelines.sources.replica.connect import open_reader
from pipelines.sources.replica.reader import Reader
from pipelines.sources.replica.reading import TableRead, Window, open_read, sweep_keys

__all__ = ["Reader", "TableRead", "Window", "open_read", "open_reader", "sweep_keys"]
