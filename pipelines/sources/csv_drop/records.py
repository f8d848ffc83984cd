"""Blocks of a CSV file cut into records as RFC 4180 has them; lines that are none are told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

_QUOTE, _LF, _CR = 0x22, 0x0A, 0x0D
# an unclosed quote takes no more of the file with it than this
_LONGEST = 1 << 20
_Places = np.ndarray


@dataclass(frozen=True)
class Records:
    """`text`: the records that fit, whole; `numbers`: which records of the file they are, from 1. `refused`:
    number, reason (`width`, `quotes`) and bytes of the others; `empty`: records with no value in any cell.
    """

    text: bytes
    numbers: _Places
    refused: list[tuple[int, str, bytes]]
    empty: int


class Cutter:
    """Cuts one file; `count` is the number of records so far. Blank lines are no records."""

    def __init__(self, delimiter: str, cells: int) -> None:
        self._delimiter, self._cells, self.count = ord(delimiter), cells, 0
        mark = re.escape(delimiter).encode()
        field = rb'(?:"(?:[^"]++|"")*+"|[^"\r\n' + mark + rb"]*+)"
        self._record = re.compile(field + rb"(?:" + mark + field + rb")*+\r?\n")

    def cut(self, data: bytes, *, last: bool) -> tuple[Records, int]:
        """The whole records at the head of `data`, and how many bytes they are; `last` data ends with LF."""
        ends, good = self._spans(data, last=last)
        used = int(ends[-1]) if len(ends) else 0
        text, lengths = np.frombuffer(data, np.uint8)[:used], np.diff(ends, prepend=0)
        blank = (lengths == 1) | ((lengths == 2) & (text[ends - lengths] == _CR))
        numbers = self.count + np.cumsum(~blank)
        self.count += int(np.count_nonzero(~blank))
        width = np.full(len(ends), self._cells)
        width[good] = self._widths(text[np.repeat(good, lengths)], lengths[good])
        empty = good & ~blank & (width == self._cells) & self._only_marks(text, ends, lengths)
        fits = good & ~blank & ~empty & (width == self._cells)
        refused = [
            (int(numbers[at]), "width" if good[at] else "quotes", data[ends[at] - lengths[at] : ends[at]])
            for at in np.flatnonzero(~fits & ~blank & ~empty)
        ]
        kept = text if fits.all() else text[np.repeat(fits, lengths)]
        return Records(kept.tobytes(), numbers[fits], refused, int(np.count_nonzero(empty))), used

    def _spans(self, data: bytes, *, last: bool) -> tuple[_Places, _Places]:
        """Where records end, and whether each is well-formed: by all quotes at once, or one by one."""
        text = np.frombuffer(data, np.uint8)
        quotes, ends = np.flatnonzero(text == _QUOTE), np.flatnonzero(text == _LF)
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0] + 1
        used = int(ends[-1]) if len(ends) else 0
        lost = used < len(data) and (last or len(data) - used > _LONGEST)
        if lost or not self._is_regular(text[:used], quotes[quotes < used]):
            return self._one_by_one(data, last=last)
        return ends, np.ones(len(ends), bool)

    def _is_regular(self, text: _Places, quotes: _Places) -> bool:
        """Whether each quote opens a cell, closes one or is one of a pair, and no CR stands alone outside."""
        returns = np.flatnonzero(text == _CR)
        lone = returns[text[returns + 1] != _LF]
        if len(lone) and (np.searchsorted(quotes, lone) % 2 == 0).any():
            return False
        if not len(quotes):
            return True
        before = np.where(quotes == 0, _LF, text[quotes - 1])[0::2]
        after = text[quotes + 1][1::2]
        pairs = np.diff(quotes) == 1
        opens = np.isin(before, (self._delimiter, _LF)) | np.concatenate([[False], pairs[1::2]])
        closes = np.isin(after, (self._delimiter, _LF, _CR)) | np.concatenate([pairs[1::2], [False]])
        return bool(opens.all() and closes.all())

    def _one_by_one(self, data: bytes, *, last: bool) -> tuple[_Places, _Places]:
        ends: list[int] = []
        good: list[bool] = []
        start = 0
        while start < len(data):
            match = self._record.match(data, start)
            if not match and not last and len(data) - start <= _LONGEST:
                break  # it may end in the next block
            end = match.end() if match else data.find(b"\n", start) + 1 or len(data)
            ends.append(end)
            good.append(bool(match))
            start = end
        return np.array(ends, np.int64), np.array(good, bool)

    def _widths(self, text: _Places, lengths: _Places) -> _Places:
        """Cells of each record: delimiters outside quotes, and one."""
        marks = np.flatnonzero(text == self._delimiter)
        quotes = np.flatnonzero(text == _QUOTE)
        if len(quotes):
            marks = marks[np.searchsorted(quotes, marks) % 2 == 0]
        return np.diff(np.searchsorted(marks, np.cumsum(lengths)), prepend=0) + 1

    def _only_marks(self, text: _Places, ends: _Places, lengths: _Places) -> _Places:
        """Of records of the right width: whether nothing but delimiters is in them."""
        with_return = (lengths > 1) & (text[np.maximum(ends - 2, 0)] == _CR)
        return lengths - with_return == self._cells if self._cells > 1 else np.zeros(len(ends), bool)
