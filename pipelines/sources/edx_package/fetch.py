"""How the files of one table are read: an entry of `edx.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Format = Literal["tsv", "csv", "json_structure", "mongo", "log", "none"]


class Family(BaseModel):
    """Events told by their name: whole, or how it begins."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    names: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()


class FileFetch(BaseModel):
    """`task` is the table's name in file names (None: as the table); `aliases` maps a column's older name to
    the declared one; `escaped_raw`: a backslash before a raw TAB or LF makes it part of the value. Of a log,
    `families` are the kinds of events, and `requests` the kinds of addresses, by texts that are in them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: Format
    task: str | None = None
    aliases: Mapping[str, str] = Field(default_factory=dict)
    escaped_raw: bool = False
    families: Mapping[str, Family] = Field(default_factory=dict)
    requests: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
