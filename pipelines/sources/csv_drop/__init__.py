"""Source kind `csv_drop`: CSV files that somebody put under `drop/`, read as rows of text and then put away.

From a place (`open_place`) to the file's table by its name (`table_of`), its rows (`CsvRead`), and the moves
that end its stay: a verified copy to `archive/` or `quarantine/`, then the removal. Nothing here knows the
warehouse.
"""

from pipelines.sources.csv_drop.fetch import CsvFetch
from pipelines.sources.csv_drop.names import ARCHIVE, DROP, QUARANTINE, is_ready, table_of
from pipelines.sources.csv_drop.place import Place, open_place
from pipelines.sources.csv_drop.read import DROPPED_AT, CsvRead, ReadAgain

__all__ = [
    "ARCHIVE", "DROP", "DROPPED_AT", "QUARANTINE", "CsvFetch", "CsvRead", "Place", "ReadAgain", "is_ready",
    "open_place", "table_of",
]  # fmt: skip
