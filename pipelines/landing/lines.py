"""What a statement makes of a block of lines, of a log as of an export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.errors import SourceUnreadable
from pipelines.sources.edx_log import OFFSET, RAW
from pipelines.warehouse.duckdb import named_values

BLOCK = "_block"


@contextmanager
def block_of(connection: duckdb.DuckDBPyConnection, lines: pa.Table) -> Iterator[None]:
    """Statements find the lines as the relation BLOCK."""
    half = max(lines.num_rows // 2 + 1, 1)  # DuckDB gives each batch of a statement a thread
    block = pa.Table.from_batches(lines.to_batches(max_chunksize=half), lines.schema)
    connection.register(BLOCK, block)
    try:
        yield
    finally:
        connection.unregister(BLOCK)


def told(connection: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, object]) -> pa.Table:
    """What a statement on the block finds. Raises SourceUnreadable where the engine cannot run it."""
    try:
        return connection.execute(sql, named_values(sql, values)).to_arrow_table()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as failed:  # the engine's own text may hold what a line says
        raise SourceUnreadable(
            f"The statement on its lines failed ({type(failed).__name__}), so nothing of it landed.",
            "Report this sentence: no line should be able to do that.",
        ) from None


def line_at(lines: pa.Table, offset: int) -> bytes:
    """The line as it was read; one that was cut free is there twice, first as nothing."""
    found = lines.filter(pc.and_(pc.equal(lines[OFFSET], offset), lines[RAW].is_valid()))
    return bytes(found[RAW][0].as_buffer()).rstrip(b"\r\n")
