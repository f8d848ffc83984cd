"""From the blocks of one member to its rows, whatever its format."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.contracts import TableContract
from pipelines.errors import UsageError
from pipelines.sources.edx_package.course_structure import CourseStructureRead
from pipelines.sources.edx_package.fetch import FileFetch, Format
from pipelines.sources.edx_package.file_read import FileRead
from pipelines.sources.edx_package.forum import ForumRead
from pipelines.sources.edx_package.opt_in import OptInRead
from pipelines.sources.edx_package.tsv import TsvRead


def read_file(
    format: Format,  # noqa: A002 - the word of the source config
    blocks: Iterable[bytes],
    contract: TableContract,
    fetch: FileFetch,
    entity: str,
    literal_quotes: bool = False,
    literal_returns: bool = False,
) -> FileRead:
    """One pass over one decrypted file; nothing is read before the first batch is asked for.

    `tsv` may end in ReadAgain: throw away what came, open the file anew, pass `**again.how`.
    """
    if format == "tsv":
        return TsvRead(blocks, contract, fetch, entity, literal_quotes, literal_returns)
    if format == "csv":
        return OptInRead(blocks, contract, fetch, entity)
    if format == "json_structure":
        return CourseStructureRead(blocks, contract, entity)
    if format == "mongo":
        return ForumRead(blocks, contract, entity)
    raise UsageError(f"{contract.platform}.{contract.name} is not read from files.")
