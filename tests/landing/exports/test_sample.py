"""The sample of the reading app: the same bytes each time, and a landing counts its dirt as it says."""

from __future__ import annotations

from collections import Counter

from scripts.sample_sources import AS_OF
from scripts.sample_sources.reading import write_reading
from scripts.sample_sources.reading_dirt import EXPECTED

ADDRESSES = [f"reader{number}@pupils.school.example" for number in range(100)]


def test_the_sample_lands_as_its_dirt_says_and_is_the_same_each_time(app, tmp_path):
    write_reading(app.store, 1, AS_OF, ADDRESSES)
    write_reading(tmp_path / "again", 1, AS_OF, ADDRESSES)
    files = sorted(path.relative_to(app.store) for path in app.store.rglob("*") if path.is_file())
    assert len(files) > 100
    assert [(app.store / path).read_bytes() for path in files] == [
        (tmp_path / "again" / path).read_bytes() for path in files
    ]
    quarantined: Counter[str] = Counter()
    filtered: Counter[tuple[str, str]] = Counter()
    for table in app.landed().tables:
        quarantined[table.contract.name] += table.rows_quarantined
        filtered.update({(table.contract.name, why): count for why, count in table.filtered.items()})
    assert +quarantined == EXPECTED.quarantined
    assert +filtered == EXPECTED.filtered
    undeclared = app.rows("select column_name from ops.drift where platform = 'reading'")
    assert {name for (name,) in undeclared} == EXPECTED.undeclared
    older = "select count(*) from staging_reading.exports where export_type = 'full'"
    assert app.rows(older) == [(2,)]
    names = "select count(*) from staging_reading.reading_progress where book_title like '%never lands%'"
    assert app.rows(names) == [(0,)]
