"""What the checks ask of an engine's SQL: texts given are SQL expressions, no condition holds of NULL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import ClassVar

from pipelines.contracts import Column, TableContract

# What stands for the relation; Great Expectations puts it in.
BATCH = "<batch>"


class Dialect(ABC):
    """One engine. `added` are the columns that the landing adds to every table, and their types."""

    added: ClassVar[dict[str, str]]
    # every column there is: (schema, table, column_name, column_type), in order
    all_columns: str

    @abstractmethod
    def declared(self, table: TableContract, column: Column) -> str:
        """The type that a contract's column has in the warehouse, in the engine's words."""

    @abstractmethod
    def place(self, layer: str, relation: str) -> str:
        """Where a relation is when it is checked: marts are checked before they are published."""

    @abstractmethod
    def is_text(self, kind: str) -> bool:
        """Whether a type, in the engine's words, is one of texts."""

    @abstractmethod
    def moment(self, when: datetime) -> str:
        """A time as a timestamp."""

    @abstractmethod
    def month_start(self, day: str) -> str:
        """First day of the month of a date."""

    @abstractmethod
    def day_after(self, moment: str) -> str:
        """A timestamp a day later."""

    @abstractmethod
    def length(self, text: str) -> str:
        """Number of characters, blanks at the end counted."""

    @abstractmethod
    def only(self, letters: str, text: str, least: int = 1, most: int | None = None) -> str:
        """Condition: `least` to `most` characters, all among `letters`, written as in a regular expression's
        brackets (`A-Z0-9_-`)."""

    @abstractmethod
    def pseudonym(self, text: str) -> str:
        """Condition: `<key id>:<64 hex digits>`, in marts also behind platform and instance
        (`account:moodle:main:k1:ab…`)."""

    @abstractmethod
    def address(self, text: str) -> str:
        """Condition: something within reads like an e-mail address: in one word, a sign, `@`, signs, a full
        stop, a sign."""

    @abstractmethod
    def columns(self, relation: str) -> str:
        """A query for (column_name, column_type) of a relation, `<schema>.<table>`."""

    def hashed(self, text: str) -> str:
        """Condition: `h:` and 16 hex digits, as the landing hashes what is of no known shape."""
        digits = self.only("0-9a-f", f"right({text}, 16)", 16, 16)
        return f"({text} like 'h:%' and {self.length(text)} = 18 and {digits})"
