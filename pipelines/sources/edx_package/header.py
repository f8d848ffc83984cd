"""From a file's first line to the declared columns: by name and alias, never by position."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.errors import TableMismatch
from pipelines.sources.edx_package.file_read import FileRead

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def places_of_columns(read: FileRead, offered: list[str], aliases: Mapping[str, str]) -> dict[str, int]:
    """Declared column -> its place in a row, for the columns wanted; fills `missing` and `undeclared`.

    A column's own name goes before an older one of it. Raises TableMismatch without any column of the key, or
    when two columns have one name.
    """
    declared = {column.name for column in read.contract.columns}
    known = {name: name for name in offered if name in declared}
    known |= {
        name: aliases[name]
        for name in offered
        if name not in known and aliases.get(name) in declared - set(known.values())
    }
    read.compare_columns(offered, known)
    read.refuse_header(offered)
    wanted = set(read.wanted)
    places: dict[str, int] = {}
    for place, name in enumerate(offered):
        column = known.get(name)
        if column not in wanted:
            continue
        if column in places:
            raise TableMismatch(
                f"A file of {read.contract.platform}.{read.contract.name} has two columns {column}.",
                "Ask edX for the file again; which of the two is meant cannot be told.",
                table=read.contract.name,
            )
        places[column] = place
    return places
