"""How the items of one table are read: an entry of `<platform>.yml`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, model_validator


class ItemFetch(BaseModel):
    """`key`: names of the key attributes; `table`: the table's name in DynamoDB where it is another one;
    `stream`: the prefix of its stream files. A table of a list's elements has `of`, the table whose items
    hold them, and `list`, the path of the list. `exports: true`: the landing writes down what it landed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    key: tuple[str, ...] = ()
    table: str | None = None
    stream: str | None = None
    of: str | None = None
    list: str | None = None
    exports: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> ItemFetch:
        if bool(self.of) != bool(self.list):
            raise ValueError("`of` and `list` go together")
        if sum(map(bool, (self.key, self.of, self.exports))) != 1:
            raise ValueError("give `key` (items), `of` and `list` (elements), or `exports: true`")
        return self
