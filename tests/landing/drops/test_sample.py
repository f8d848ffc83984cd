"""The sample's drop: its counts file by file (`expected_counts.csv`), and staging as its lists have it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from scripts.sample_sources import drops
from scripts.sample_sources.drops import write_drops
from tests.landing.drops.desk import Desk

HERE = Path(__file__).parent


def test_every_file_of_the_sample_ends_as_expected_and_staging_holds_the_newest(desk):
    write_drops(desk.place)
    outcome = desk.landed()
    said = {str(table.file_key): table for table in outcome.tables}
    for row in csv.DictReader((HERE / "expected_counts.csv").open(encoding="utf-8")):
        key = f"drop/{row.pop('file')}"
        assert desk.rows("select status, moved from ops.drops where object_key = ?", key) == [
            (row.pop("status"), True)
        ]
        counts = [int(count) for count in row.values() if count]
        if counts:
            table = said.pop(key)
            assert counts == [
                table.rows_read, table.rows_landed, table.rows_quarantined, table.rows_filtered,
                table.rows_deleted,
            ], key  # fmt: skip
    assert said == {}
    assert desk.files("drop") == []
    assert differing(desk, "school_register") == []
    assert differing(desk, "campaigns") == [('=HYPERLINK("http://example.invalid")',)]
    assert not [warning for warning in outcome.warnings if "Winifred" in warning or "w.oakes" in warning]
    # written again, each file is the one that landed, and is only put away
    write_drops(desk.place)
    assert (desk.landed().tables, desk.files("drop")) == ([], [])


def differing(desk: Desk, table: str) -> list[tuple[Any, ...]]:
    """First column of rows that only staging or only the sample's own list has."""
    path = Path(drops.__file__).with_name(f"{table}.csv")
    names = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    texts = ", ".join(f"cast({name} as varchar) as {name}" for name in names)
    staged, listed = (f"select {texts} from {it}" for it in (
        f"staging_drops.{table}", f"read_csv('{path}', all_varchar = true)"
    ))  # fmt: skip
    return desk.rows(
        f"select {names[0]} from (({staged} except {listed}) union all ({listed} except {staged}))"
    )
