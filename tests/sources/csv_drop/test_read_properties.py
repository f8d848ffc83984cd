"""Whatever is in a file, each of its records is a row, refused or empty; blocks make no difference."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import SourceError
from pipelines.sources.csv_drop import CsvRead, ReadAgain
from tests.sources.csv_drop.shop_files import NAMES, reading, rows_of

CELLS = st.text(st.sampled_from("ab ,;\"\n'=é"), max_size=6)
ROWS = st.lists(st.tuples(st.text("ab", min_size=1, max_size=3), CELLS, CELLS), max_size=12)
DAMAGES = [b'"', b",", b"\n", b"\r", b"\xff", b"\0", b""]
SIZES = st.integers(1, 40)


def written(rows: list[tuple[str, ...]], delimiter: str, end: str, quoting: int) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(NAMES)
    writer.writerows(rows)
    return text.getvalue().encode()


@given(
    rows=ROWS, size=SIZES, delimiter=st.sampled_from(",;"), end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)  # fmt: skip
def test_what_a_writer_wrote_is_read_again(rows, size, delimiter, end, quoting):
    read = reading(written(rows, delimiter, end, quoting), size, encoding="utf-8")
    assert rows_of(read) == [
        (number, *(cell or None for cell in row)) for number, row in enumerate(rows, start=1)
    ]
    assert read.refused == []


def ends(read: CsvRead) -> object:
    """All that came of a file: rows, what was refused, or the sentence that refused all of it."""
    try:
        rows = rows_of(read)
    except ReadAgain as again:
        return again.encoding
    except SourceError as refused:
        return str(refused)
    return [
        sorted(
            (row[0], *(value.encode() if isinstance(value, str) else value for value in row[1:]))
            for row in rows
        ),
        sorted((row.position, row.reason, row.payload["_line"]) for row in read.refused),
        read.rows_empty,
    ]


@given(
    rows=ROWS, size=SIZES,
    mutations=st.lists(st.tuples(st.integers(0, 300), st.sampled_from(DAMAGES)),
                       max_size=6),
)  # fmt: skip
def test_a_damaged_file_adds_up_and_its_blocks_make_no_difference(rows, size, mutations):
    content = bytearray(written(rows, ",", "\n", csv.QUOTE_MINIMAL))
    header = content.index(b"\n") + 1
    for place, with_this in mutations:
        at = header + place % max(1, len(content) - header)
        content[at : at + 1] = with_this
    whole = ends(reading(bytes(content), encoding="utf-8"))
    assert ends(reading(bytes(content), size, encoding="utf-8")) == whole
