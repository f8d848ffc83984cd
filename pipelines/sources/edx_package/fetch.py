"""How the files of one table are read: an entry of `edx.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Format = Literal["tsv", "csv", "json_structure", "mongo", "none"]


class FileFetch(BaseModel):
    """`task` is the table's name in file names (None: as the table); `aliases` maps a column's older name to
    the declared one; `escaped_raw`: a backslash before a raw TAB or LF makes it part of the value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: Format
    task: str | None = None
    aliases: Mapping[str, str] = Field(default_factory=dict)
    escaped_raw: bool = False
