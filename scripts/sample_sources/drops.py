"""The drop of the sample: what a publisher's people save from spreadsheets, and what goes wrong with it.

The register and the campaigns are `school_register.csv` and `campaigns.csv` beside this module; once all
files have landed, staging holds exactly their lines (and one line without cost). On the way there:

- the register of the year before, in Excel's ways (cp1252, semicolons, CRLF), with a school fewer, one more
  and one whose name has changed since; this year's with the ministry's names of columns and dates, and a BOM;
- campaigns of some years a file; one year's with a wrong cost, and its correction;
- in the newest year's: lines that are no rows, values that do not fit, a line twice, an empty one, a formula;
- the newest year's once more under another name; a file with a header only; a list of people that was dropped
  by mistake, under a name of the register; a file of which nobody knows anything.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

_HERE = Path(__file__).parent
_MINISTRY = ("URN", "EstablishmentName", "PhaseOfEducation", "EstablishmentTypeGroup", "GOR",
             "NumberOfPupils", "EstablishmentStatus", "CloseDate")  # fmt: skip
_BAD_LINES = """\
Reading week,conference,2026-05-01,310.00
"Spring stand,conference,2026-05-01,12.00,GBP
Call list,telephone,2026-05-01,about 90,GBP
Call list,telephone,2026-02-31,90.00,GBP
,,,,
"=HYPERLINK(""http://example.invalid"")",search,2026-05-01,0.00,GBP
"""
_PEOPLE = "Name,E-mail,School\nWinifred Oakes,w.oakes@school.example,Larkham High School\n"
Rows = list[dict[str, str]]


def write_drops(folder: Path) -> None:
    """Writes `folder`/drop, each file with the time at which it was dropped; the same in every run."""
    drop = folder / "drop"
    drop.mkdir(parents=True, exist_ok=True)
    register, campaigns = _read("school_register"), _read("campaigns")
    _put(drop, "school_register-2025.csv", "2025-09-08", _last_years(register))
    _put(drop, "school_register-2026.csv", "2026-07-06", _ministrys(register))
    for name, when, content in _campaigns(campaigns):
        _put(drop, name, when, content)
    _put(drop, "campaigns-2027.csv", "2026-07-20", b"campaign,channel,month,cost,currency\r\n")
    _put(drop, "school_register-staff.csv", "2026-07-20", _PEOPLE.encode())
    _put(drop, "minutes.csv", "2026-07-21", b"point,decision\n1,none\n")


def _read(table: str) -> Rows:
    with (_HERE / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _put(drop: Path, name: str, day: str, content: bytes) -> None:
    (drop / name).write_bytes(content)
    at = datetime.fromisoformat(f"{day} 09:30:00").replace(tzinfo=UTC).timestamp()
    os.utime(drop / name, (at, at))


def _text(header: Iterable[str], rows: Iterable[Iterable[str]], delimiter: str = ",", end: str = "\n") -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _last_years(register: Rows) -> bytes:
    rows = [dict(row) for row in register[:-1]]
    rows[3]["school_name"] = "École Greenacre"
    rows.append({**rows[0], "urn": "999001", "school_name": "Hollybank Nursery", "status": "closed"})
    return _text(rows[0], (row.values() for row in rows), ";", "\r\n").encode("cp1252")


def _ministrys(register: Rows) -> bytes:
    rows = [
        [*list(row.values())[:-1], "-".join(reversed(row["closed_on"].split("-"))), str(number)]
        for number, row in enumerate(register, start=1)
    ]
    return _text([*_MINISTRY, "Easting"], rows).encode("utf-8-sig")


def _campaigns(campaigns: Rows) -> Iterable[tuple[str, str, bytes]]:
    """Name, day and content of each file."""
    header = list(campaigns[0])
    of_year: dict[str, Rows] = {}
    for row in campaigns:
        of_year.setdefault(row["month"][:4], []).append(row)
    before = [row for year in ("2022", "2023", "2024") for row in of_year.get(year, [])]
    yield "campaigns-2022-2024.csv", "2025-01-13", _text(header, (row.values() for row in before)).encode()
    wrong = [{**row, "month": _british(row["month"])} for row in of_year["2025"]]
    wrong[2] = {**wrong[2], "cost": "1" + wrong[2]["cost"]}
    yield (
        "campaigns-2025.csv",
        "2026-01-12",
        _text(header, (row.values() for row in wrong), ";", "\r\n").encode(),
    )
    right = _text(header, [of_year["2025"][2].values()])
    yield "campaigns-2025-corrected.csv", "2026-01-19", right.encode("utf-16")
    newest = [*of_year["2026"], of_year["2026"][-1]]
    content = (_text(header, (row.values() for row in newest)) + _BAD_LINES).encode()
    yield "campaigns-2026.csv", "2026-07-13", content
    yield "campaigns-2026 (copy).csv", "2026-07-14", content


def _british(month: str) -> str:
    return "/".join(reversed(month.split("-")))
