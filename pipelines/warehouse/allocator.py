"""Keeps freed memory from staying in this process: glibc's defaults cost 200 MB on a landing of 2M rows.

DuckDB, Arrow and connectorx allocate blocks of megabytes in several threads. glibc answers with an arena
a thread and, after the first large free, with blocks that are never returned. Fixed thresholds undo both.
"""

from __future__ import annotations

import ctypes
import ctypes.util

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # malloc.h
_MEGABYTE = 1024 * 1024
_KEPT = (
    16 * _MEGABYTE
)  # at the end of each of the two arenas: given back at once, it would be cleared anew at once


def bound_allocator() -> bool:
    """Sets the thresholds; False where the C library has no `mallopt` (not glibc), which is no harm."""
    library = ctypes.CDLL(ctypes.util.find_library("c"))
    if not hasattr(library, "mallopt"):
        return False
    settings = ((_ARENA_MAX, 2), (_MMAP_THRESHOLD, _MEGABYTE), (_TRIM_THRESHOLD, _KEPT))
    accepted = [library.mallopt(name, value) == 1 for name, value in settings]
    return all(accepted)
