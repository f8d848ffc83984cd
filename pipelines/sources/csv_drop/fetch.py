"""How the files of one table are read: an entry of a source config of kind `csv_drop`."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class CsvFetch(BaseModel):
    """`rows`: `all` if a file holds all rows of its table (those it lacks are deleted), `some` if it adds to
    them and corrects them. `files`: names of its files, with `*`; default: the table's name and what follows.
    `encoding` and `delimiter` are detected where they are not said. `headers`: another name in files → the
    column; `optional`: columns that a file may lack; `dates`: how a file writes the dates of a column, as
    strptime has it, where that is not 2026-09-01.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    rows: Literal["all", "some"]
    files: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    headers: Mapping[str, str] = Field(default_factory=dict)
    optional: tuple[str, ...] = ()
    dates: Mapping[str, str] = Field(default_factory=dict)

    @field_validator("encoding")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        try:
            return value and codecs.lookup(value).name
        except LookupError:
            raise ValueError("no encoding that Python knows, such as utf-8 or cp1252") from None

    @field_validator("delimiter")
    @classmethod
    def _one_byte(cls, value: str | None) -> str | None:
        if value and (not value.isascii() or value in '"\r\n'):
            raise ValueError("a delimiter is one ASCII character, neither a quote nor a line end")
        return value
