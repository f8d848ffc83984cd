"""Exports and stream files in any order, split over any landings, twice: as once in order."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from scripts.sample_sources.dynamodb_layout import Item, changed
from tests.landing.exports.reading_app import HOUR, T0, ReadingApp, keys, reading
from tests.landing.exports.test_streams import record


class Story:
    """A table that changes hour by hour; what is left of it at the end, and every object that tells of it."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.items: dict[str, Item] = {}
        self.objects: dict[str, bytes] = {}

    def tell(self, app: ReadingApp) -> None:
        """Writes all exports and stream files, and takes them away again."""
        self._some_changes(T0)
        app.progress.export_full(T0 - HOUR, [reading("before")])
        app.progress.export_full(T0, self.items.values())
        for hour in range(1, 6):
            start, end = T0 + (hour - 1) * HOUR, T0 + hour * HOUR
            at = start + timedelta(minutes=self.rng.randrange(1, 59))
            touched = self._some_changes(at)
            app.progress.export_changes(
                start, end, [changed(at, keys(name), self.items.get(name)) for name in touched]
            )
            records = [record(at, self.items.get(name), name=name) for name in touched]
            app.put(f"stream/reading_progress/{hour}", b"".join(self.rng.sample(records, len(records))))
            if hour == 3:
                app.progress.export_full(end, self.items.values())
        for path in [path for path in app.store.rglob("*") if path.is_file()]:
            self.objects[path.relative_to(app.store).as_posix()] = path.read_bytes()
            path.unlink()

    def _some_changes(self, at: datetime) -> list[str]:
        names = self.rng.sample([f"b{n}" for n in range(8)], 4)
        for name in names:
            if name in self.items and self.rng.random() < 0.4:
                del self.items[name]
            else:
                self.items[name] = reading(name, self.rng.randrange(1, 500))
        return names

    @property
    def left(self) -> list[tuple[str, int]]:
        return sorted((name, int(item["pagesRead"]["N"])) for name, item in self.items.items())

    def groups(self) -> list[dict[str, bytes]]:
        """Objects that arrive together: those of an export, data last, and each stream file by itself."""
        found: dict[str, dict[str, bytes]] = {}
        data = {key: content for key, content in self.objects.items() if "/AWSDynamoDB/data/" in key}
        for key, content in self.objects.items():
            if key not in data:
                export = key.rpartition("/AWSDynamoDB/")[2].partition("/")[0]
                found.setdefault(export if "AWSDynamoDB" in key else key, {})[key] = content
        for group in found.values():
            for key in [key for key in group if key.endswith("manifest-files.json")]:
                named = [json.loads(line)["dataFileS3Key"] for line in group[key].splitlines()]
                group |= {name: data[name] for name in named if name in data}
        return list(found.values())


@pytest.mark.parametrize("seed", range(2))
def test_any_order_and_split_ends_in_the_table_as_it_was(tmp_path: Path, seed: int, long_counts: bool):
    for number in range(20 if long_counts else 1):
        rng = Random(1000 * seed + number)
        with ReadingApp(tmp_path / f"{number}") as app:
            story = Story(1000 * seed + number)
            story.tell(app)
            groups = story.groups()
            rng.shuffle(groups)
            while groups:
                arriving, groups = groups[: (few := rng.randrange(3, 8))], groups[few:]
                for group in arriving:
                    for key, content in group.items():
                        app.put(key, content)
                app.land()
            app.landed()
            assert app.current() == story.left
            before = app.rows(
                "select * exclude (_dlt_load_id) from staging_reading.reading_progress order by all"
            )
            app.rows("update ops.packages set outcome = 'refused'")  # so that all lands once more
            app.landed()
            assert app.current() == story.left
            after = app.rows(
                "select * exclude (_dlt_load_id) from staging_reading.reading_progress order by all"
            )
            assert [row for row in before if row not in after] == []
