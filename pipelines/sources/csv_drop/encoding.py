"""The blocks of a file as UTF-8, from the encoding that is declared or that its bytes tell."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

from pipelines.errors import SourceUnreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_TELLING = 64 << 10


class Utf8:
    """Iterates once. `encoding` and `line_end` are known with the first block.

    Bytes that mean nothing in the encoding stay what they are: no UTF-8, so that their rows are refused.
    """

    def __init__(self, blocks: Iterable[bytes], encoding: str | None) -> None:
        self._blocks, self.encoding, self.line_end = iter(blocks), encoding, "LF"
        self.has_mark = False

    def __iter__(self) -> Iterator[bytes]:
        first = self._first()
        for mark, encoding in _MARKS:
            if first.startswith(mark):
                first, self.encoding, self.has_mark = first[len(mark) :], encoding, True
        self.encoding = self.encoding or "utf-8"
        decoder = codecs.getincrementaldecoder(self.encoding)("surrogateescape")
        text = self._in_utf8(decoder, first)
        if b"\r" in text:
            self.line_end = "CRLF" if b"\r\n" in text else "LF" if b"\n" in text else "CR"
        yield self._with_line_ends(text)
        for block in self._blocks:
            yield self._with_line_ends(self._in_utf8(decoder, block))

    def _first(self) -> bytes:
        """Enough of the file to tell what it is."""
        first = b""
        while len(first) < _TELLING and (block := next(self._blocks, b"")):
            first += block
        return first

    def _in_utf8(self, decoder: codecs.IncrementalDecoder, block: bytes) -> bytes:
        if self.encoding == "utf-8":
            return block
        try:
            return decoder.decode(block).encode("utf-8", "surrogateescape")
        except UnicodeError:
            raise SourceUnreadable(
                f"A file is not written in {self.encoding}, as it says or as is declared.",
                "Save it as UTF-8 and drop it again.",
            ) from None

    def _with_line_ends(self, text: bytes) -> bytes:
        return text.replace(b"\r", b"\n") if self.line_end == "CR" else text
