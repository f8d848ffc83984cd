"""Stream files: records without line ends, in any order, packed or not; each lands once."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipelines.sources.dynamodb_export import record_lines, unpacked
from scripts.sample_sources.dynamodb_layout import Item, micros
from tests.landing.exports.reading_app import HOUR, T0, keys, reading

NEXT = T0 + HOUR
SECOND = timedelta(seconds=1)
PREFIX = "stream/reading_progress/2026/07/01/03/reading_progress-1-2026-07-01-03-00-00"


def record(
    at: datetime, item: Item | None = None, *, name: str = "b1", unit: int = 1, precision: str | None = None,
    table: str = "reading_progress",
) -> bytes:  # fmt: skip
    """What Kinesis for DynamoDB hands on; without an item it was deleted."""
    change: Item = {"ApproximateCreationDateTime": micros(at) // unit, "Keys": keys(name)}
    change |= {"ApproximateCreationDateTimePrecision": precision} if precision else {}
    change |= {"NewImage": item} if item else {}
    said = {"eventID": f"{at}{name}", "eventName": "MODIFY" if item else "REMOVE", "tableName": table}
    return json.dumps(said | {"dynamodb": change}, separators=(",", ":")).encode()


def test_records_land_whatever_their_order_scale_and_packing(app):
    app.progress.export_full(T0, [reading("b1"), reading("gone"), reading("back")])
    plain = [
        record(NEXT + 3 * SECOND, reading("b1", 3), unit=1000),
        record(NEXT + SECOND, reading("b1", 1), unit=1_000_000),
        record(NEXT + 2 * SECOND, reading("b1", 2), precision="MICROSECOND"),
        record(NEXT + 2 * SECOND, reading("b1", 2), precision="MICROSECOND"),
        record(NEXT, name="gone"),
        record(NEXT, reading("b1", 9), table="another"),
    ]
    app.put(f"{PREFIX}-a", b"".join(plain))
    packed = [
        gzip.compress(part) for part in (record(NEXT, name="back"), record(NEXT + SECOND, reading("back", 5)))
    ]
    app.put(f"{PREFIX}-b", packed[0] + packed[1])
    outcome = app.landed()
    assert app.current() == [("b1", 3), ("back", 5)]
    streamed = {table.file_key: table for table in outcome.tables if "stream/" in str(table.file_key)}
    assert streamed[f"{PREFIX}-a"].rows_read == 6
    assert streamed[f"{PREFIX}-a"].filtered == {"other_table": 1}
    app.put("stream/reading_progress/2026/07/01/01/late", record(NEXT + 9 * SECOND, name="b1"))
    assert app.landed() and app.current() == [("back", 5)]
    assert app.landed().tables == []


def test_what_is_no_record_is_quarantined_and_a_cut_gzip_is_refused_alone(app):
    app.progress.export_full(T0, [])
    app.put(f"{PREFIX}-a", record(NEXT, reading("b1", 7)) + b'{"dynamodb":{"NewIm')
    app.put(f"{PREFIX}-b", gzip.compress(record(NEXT, reading("b2")))[:-9])
    undated = json.loads(record(NEXT, reading("b3")))
    undated["dynamodb"]["ApproximateCreationDateTime"] = "soon"
    app.put(f"{PREFIX}-c", json.dumps(undated).encode())
    undated["dynamodb"] |= {
        "ApproximateCreationDateTime": 2**63 - 1, "ApproximateCreationDateTimePrecision": "MILLISECOND",
    }  # fmt: skip
    app.put(f"{PREFIX}-d", json.dumps(undated).encode())
    sentences = app.refused()
    assert len(sentences) == 1 and "is cut off" in sentences[0] and "00-b" in sentences[0]
    assert app.current() == [("b1", 7)]
    assert app.rows("select reason, count(*) from ops.quarantine group by all order by all") == [
        ("no_write_time", 2), ("not_json", 1)
    ]  # fmt: skip
    app.put(f"{PREFIX}-b", gzip.compress(record(NEXT, reading("b2"))))
    assert app.landed() and app.current() == [("b1", 7), ("b2", 10)]


def test_what_firehose_could_not_process_is_an_alert_in_every_run(app):
    app.progress.export_full(T0, [])
    envelope = {"attemptsMade": 4, "errorCode": "Lambda.X", "rawData": base64.b64encode(b"{}").decode()}
    app.put("stream/reading_progress/processing-failed/2026/07/01/03/x", json.dumps(envelope).encode())
    for _ in range(2):
        (said,) = app.refused()
        assert "Firehose could not process 1 objects of the stream of reading_progress" in said


TEXTS = st.text(st.sampled_from('a"\\{}[], \n\u2028é'), max_size=12)
VALUES = st.recursive(TEXTS, lambda inner: st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6)


@given(
    st.lists(st.dictionaries(TEXTS, VALUES, max_size=3), max_size=6),
    st.sampled_from([b"", b"\n", b" , ", b"\r\n"]),
    st.integers(1, 40),
    st.booleans(),
    st.booleans(),
)
def test_records_are_cut_where_they_end_however_blocks_fall(records, between, size, ascii_only, packed):
    texts = [json.dumps(one, ensure_ascii=ascii_only).encode() for one in records]
    stream = between.join(texts)
    if packed:
        stream = b"".join(gzip.compress(text + between) for text in texts)
    blocks = [stream[at : at + size] for at in range(0, len(stream), size)]
    lines = b"".join(record_lines(unpacked(blocks))).split(b"\n")[:-1]
    assert [json.loads(line) for line in lines] == records
