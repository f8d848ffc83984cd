"""Daily tracking logs of edX: named, unpacked, cut into lines, and what a line says, as SQL."""

from pipelines.sources.edx_log.events import EventFields
from pipelines.sources.edx_log.gunzip import gunzip
from pipelines.sources.edx_log.lines import HASH, OFFSET, RAW, LogLines, OddLine, lines_again, log_lines
from pipelines.sources.edx_log.names import LogName, log_prefixes, logs_of, logs_place, read_log_name
from pipelines.sources.edx_log.requests import RequestFields

__all__ = [
    "HASH", "OFFSET", "RAW", "EventFields", "LogLines", "LogName", "OddLine", "RequestFields", "gunzip",
    "lines_again", "log_lines", "log_prefixes", "logs_of", "logs_place", "read_log_name",
]  # fmt: skip
