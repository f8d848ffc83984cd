"""A DynamoDB export landed, against gunzip and `json.loads` of every line of it."""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from random import Random

from scripts.bench.landing import ratio
from scripts.bench.measure import Figure, Goal, measure, median, show
from scripts.sample_sources.dynamodb_layout import Item, Table, check_sum
from scripts.sample_sources.reading_items import reading

_AT = datetime(2026, 7, 1, 2)
_FILES = 4
_FLOOR = """
import gzip, json, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.json.gz")):
    with gzip.open(path, "rb") as lines:
        for line in lines:
            json.loads(line)
"""


def against_json_loads(wanted: argparse.Namespace) -> list[Goal]:
    """CPU of an export → committed staging rows as a multiple of reading it in Python; `--rows` are twice the
    items, each of 1 KB with maps and a list of maps.
    """
    floors: list[Figure] = []
    landed: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        store = Path(name) / "sample" / "store"
        _write(store, wanted.rows // 2)
        for _ in range(wanted.repeat):
            floors.append(measure([sys.executable, "-c", _FLOOR, str(store)]))
            landed.append(_land(store, Path(name) / "home"))
    show("gunzip and json.loads of each line", median(floors))
    show("export landed", median(landed))
    cpu = median(landed).cpu / median(floors).cpu
    return [
        Goal("export landed / gunzip and json.loads, CPU", cpu, 3),
        Goal("export landed / gunzip and json.loads, wall", ratio(landed, floors), None),
        Goal("peak memory of landing an export", max(figure.rss for figure in landed), 900, "MB"),
    ]


def _land(store: Path, home: Path) -> Figure:
    variables = {
        "WAREHOUSE_HOME": str(home), "WAREHOUSE_SOURCES__READING__MAIN__URL": store.as_uri(),
        "WAREHOUSE_PSEUDONYM_KEY": "ab" * 32, "WAREHOUSE_SEALING_KEY": "cd" * 32,
    }  # fmt: skip
    given = [f"{variable}={value}" for variable, value in variables.items()]
    fresh = ["sh", "-c", 'rm -rf "$1"; shift; exec "$@"', "sh", str(home), "env", *given]
    return measure([*fresh, sys.executable, "-m", "pipelines.cli", "land", "reading"])


def _write(store: Path, items: int) -> None:
    """A full export of `items`, made of a few templates: writing a million by name would take minutes."""
    rng = Random("items")
    pads = [f"{rng.getrandbits(1200):x}" for _ in range(50)]
    templates = [_line(reading(number, f"reader{number}@pupils.school.example", 1, _AT, rng), pads[number])
                 for number in range(50)]  # fmt: skip
    table = Table("reading_progress", lambda key, content: _put(store / key, content), prefix="nightly")
    made = table.export_full(_AT, [], files=_FILES)
    folder = store / f"nightly/AWSDynamoDB/{made}"
    manifest = [json.loads(line) for line in (folder / "manifest-files.json").read_text().splitlines()]
    for part, entry in enumerate(manifest):
        entry["itemCount"] = len(range(part, items, _FILES))
        path = store / str(entry["dataFileS3Key"])
        with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
            file.writelines(
                templates[number % 50].replace("@USER@", f"r-{number // 30}").replace("@KEY@", f"{number}")
                for number in range(part, items, _FILES)
            )
        entry["md5Checksum"] = check_sum(path.read_bytes())
    _withcheck_sum(folder / "manifest-files", "".join(json.dumps(entry) + "\n" for entry in manifest))
    summary = json.loads((folder / "manifest-summary.json").read_text())
    _withcheck_sum(folder / "manifest-summary", json.dumps(summary | {"itemCount": items}))


def _line(item: Item, pad: str) -> str:
    marks = [{"M": {"page": {"N": str(page)}, "mark": {"S": pad[page : page + 12]}}} for page in range(5)]
    item |= {"userId": {"S": "@USER@"}, "readingId": {"S": "@KEY@"}, "bookmarks": {"L": marks}}
    line = json.dumps({"Item": item | {"note": {"S": pad}}}, separators=(",", ":"))
    return line.replace('"note"', f'"note2":{{"S":"{pad[: max(0, 1000 - len(line))]}"}},"note"') + "\n"


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _withcheck_sum(name: Path, text: str) -> None:
    Path(f"{name}.json").write_text(text)
    Path(f"{name}.md5").write_text(check_sum(text.encode()))
