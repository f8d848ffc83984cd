"""How one table's member files are read; part of `pipelines/sources/<platform>.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict


class FileFetch(BaseModel):
    """`task`: the task name in member names, if not the table's; `aliases`: old column name → declared one.

    `escaped_raw`: a backslash before a raw TAB or LF makes it part of the value (courseware_studentmodule).
    `format: none`: no member of its own, the landing writes it (snapshots).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: Literal["tsv", "csv", "json_structure", "mongo", "none"] = "tsv"
    task: str | None = None
    aliases: Mapping[str, str] = {}
    escaped_raw: bool = False
