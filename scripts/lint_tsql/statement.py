"""One statement as the rules see it: its text, its tokens, its tree, its tree with names and types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import sqlglot
from sqlglot import exp, parser
from sqlglot.dialects.dialect import NormalizationStrategy
from sqlglot.dialects.tsql import TSQL
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokens import Token, TokenType

_NO_WORDS = {TokenType.STRING, TokenType.NATIONAL_STRING, TokenType.IDENTIFIER}


class AsWritten(TSQL):  # type: ignore[misc]  # sqlglot is not followed
    """T-SQL, where `select a = b` stays the comparison that DuckDB reads; T-SQL takes it for `b as a`.

    Names keep their case: in a database of a binary collation `Id` is not `id`.
    """

    NORMALIZATION_STRATEGY = NormalizationStrategy.CASE_SENSITIVE

    class Parser(TSQL.Parser):  # type: ignore[misc]
        def _parse_projections(self) -> object:
            return parser.Parser._parse_projections(self)


@dataclass
class Statement:
    """`path` is relative to the repository's root; `name` is the model's or test's, `kind` dbt's word for it.

    `written` is the text of the file, and `kind` is "written" where the statement itself is that text,
    "built" where it is what the adapter makes of it.
    """

    path: str
    name: str
    text: str
    written: str = ""
    kind: str = "model"
    first_line: int = 1
    # what is wrong with a name, from names.resolve
    unresolved: str = ""
    typed: exp.Expr | None = field(default=None, repr=False)

    @cached_property
    def tokens(self) -> list[Token]:
        try:
            return list(AsWritten().tokenize(self.text))
        except TokenError:
            return []

    @cached_property
    def parse_error(self) -> str:
        return self._parsed[1]

    @cached_property
    def trees(self) -> list[exp.Expr]:
        return self._parsed[0]

    @cached_property
    def _parsed(self) -> tuple[list[exp.Expr], str]:
        try:
            trees = sqlglot.parse(self.text, dialect=AsWritten)
        except (ParseError, TokenError) as wrong:
            return [], str(wrong).split("\n", 1)[0]
        return [tree for tree in trees if tree is not None], ""

    def nodes(self, *kinds: type[exp.Expr]) -> Iterator[exp.Expr]:
        """Every node of those kinds, in every statement of the text."""
        return (node for node in self._nodes if isinstance(node, kinds))

    def typed_nodes(self, *kinds: type[exp.Expr]) -> Iterator[exp.Expr]:
        """The same in the tree with types; nothing where names did not resolve."""
        return (node for node in self._typed_nodes if isinstance(node, kinds))

    def phrase(self, *words: str | set[str]) -> Iterator[Token]:
        """Where these words or signs stand one after the other, none of them quoted."""
        sets = [word if isinstance(word, set) else {word} for word in words]
        texts = self._words
        for start in self._at(sets[0]):
            if all(
                texts[start + step : start + step + 1] and texts[start + step] in sets[step]
                for step in range(1, len(sets))
            ):
                yield self.tokens[start]

    def _at(self, words: set[str]) -> list[int]:
        return sorted(place for word in words for place in self._places.get(word, ()))

    @cached_property
    def _words(self) -> list[str]:
        return ["" if token.token_type in _NO_WORDS else token.text.lower() for token in self.tokens]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Word → the numbers of its tokens."""
        places: dict[str, list[int]] = {}
        for number, word in enumerate(self._words):
            places.setdefault(word, []).append(number)
        return places

    @cached_property
    def _nodes(self) -> list[exp.Expr]:
        return [node for tree in self.trees for node in tree.walk()]

    @cached_property
    def _typed_nodes(self) -> list[exp.Expr]:
        return list(self.typed.walk()) if self.typed is not None else []
