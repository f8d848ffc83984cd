"""Source kind `edx_package`: an organisation's encrypted archives, read as rows of text; nothing on disk.

From a store (`open_store`) to archives by name, their members, the plaintext of each (`Keyring.decrypt`) and
its rows (`read_file`). Nothing here knows the warehouse.
"""

from pipelines.sources.edx_package.archive import Member, members, open_member
from pipelines.sources.edx_package.decrypt import Keyring
from pipelines.sources.edx_package.fetch import FileFetch
from pipelines.sources.edx_package.file_read import POSITION, FileRead, ReadAgain, RefusedLine
from pipelines.sources.edx_package.names import (
    ArchiveName,
    MemberName,
    archive_prefixes,
    read_archive_name,
    read_member_name,
)
from pipelines.sources.edx_package.read import read_file
from pipelines.sources.edx_package.store import Store, StoredObject, archives_of, open_store

__all__ = [
    "POSITION", "ArchiveName", "FileFetch", "FileRead", "Keyring", "Member", "MemberName", "ReadAgain",
    "RefusedLine", "Store", "StoredObject", "archive_prefixes", "archives_of", "members", "open_member",
    "open_store", "read_archive_name", "read_file", "read_member_name",
]  # fmt: skip
