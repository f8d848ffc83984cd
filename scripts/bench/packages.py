"""A weekly edX package: landed against `unzip -p | gpg -d` of its members, and memory against twice the size.

The plaintext is pupils' states of problems (`courseware_studentmodule`, about 1 kB a row) of four course
runs, with accounts and grades beside them; `--rows 2000000` is about 2 GB.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import IO, cast

import duckdb

from scripts.bench.landing import ratio
from scripts.bench.measure import Figure, Goal, measure, median, show
from scripts.sample_sources.edx_keys import ORGANISATION_KEY, private_gpg, take_keys

_COURSES = 4
_TABLES = {
    # half of the state is random, so that gpg's own compression has something to do
    "courseware_studentmodule": """select i as id, 'problem' as module_type,
        'block-v1:UniX+Bench+1T2026+type@problem+block@' || md5(cast(i % 500 as varchar)) as module_id,
        i // 500 as student_id,
        concat('{\\\\"seed\\\\": 1, \\\\"answers\\\\": \\\\"', repeat(md5(cast(i as varchar)), 12),
            sha256(cast(i as varchar)), sha256(cast(-i as varchar)), '\\\\"}',
            repeat(' \\\\"done\\\\": true,', 16)) as state,
        case when i % 3 > 0 then (i % 11) / 10.0 end as grade,
        timestamp '2026-01-01' + to_seconds(i) as created, timestamp '2026-02-01' + to_seconds(i) as modified,
        1.0 as max_grade, 'na' as done, 'course-v1:UniX+Bench+1T2026' as course_id
        from range({rows}) as t (i)""",
    "auth_user": """select i as id, 'learner' || i as username, '' as first_name, '' as last_name,
        'learner' || i || '@mail.example' as email, '' as password, 0 as is_staff, 1 as is_active,
        0 as is_superuser, timestamp '2026-03-01' as last_login, timestamp '2026-01-01' as date_joined
        from range({rows} // 500 + 1) as t (i)""",
    "grades_persistentcoursegrade": """select 'course-v1:UniX+Bench+1T2026' as course_id, i as user_id,
        '' as grading_policy_hash, (i % 101) / 100.0 as percent_grade, '' as letter_grade,
        cast(null as timestamp) as passed_timestamp, timestamp '2026-01-01' as created,
        timestamp '2026-02-01' as modified from range({rows} // 500 + 1) as t (i)""",
}


def against_a_pipe(wanted: argparse.Namespace) -> list[Goal]:
    """Wall time of archive → DuckDB staging as a multiple of decrypting it; memory once and twice."""
    floors: list[Figure] = []
    landed: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        once, twice = (make_store(folder / str(size), size) for size in (wanted.rows, 2 * wanted.rows))
        for _ in range(wanted.repeat):
            floors.append(decrypt(once))
            landed.append(land(once))
        double = land(twice)
    show("unzip -p | gpg -d of each member", median(floors))
    show("archive landed", median(landed))
    show("archive of twice the size landed", double)
    rss = median(landed).rss
    return [
        Goal("archive landed / unzip -p | gpg -d, wall", ratio(landed, floors), 3),
        Goal("peak memory of landing an archive", max(figure.rss for figure in landed), 900, "MB"),
        Goal("peak memory, twice the size / once", double.rss / rss, 1.15),
    ]


def make_store(folder: Path, rows: int) -> Path:
    """A folder with one archive, its key and the keyring that `decrypt` uses; plaintext is never on disk."""
    folder.mkdir(parents=True)
    (folder / "gpg").mkdir(mode=0o700)
    with private_gpg() as gpg:
        take_keys(gpg, folder / "key.asc")
        with zipfile.ZipFile(folder / "unix-2026-07-26.zip", "w") as archive:
            for number in range(_COURSES):
                for table, sql in _TABLES.items():
                    member = f"unix-2026-07-26/UniX-Bench{number}x-1T2026-{table}-prod-analytics.sql.gpg"
                    path = folder / "member"
                    encrypt(gpg.home, sql.replace("{rows}", str(rows // _COURSES)), path)
                    archive.write(path, member)
                    path.unlink()
    subprocess.run(
        ["gpg", "--homedir", str(folder / "gpg"), "--batch", "--quiet", "--import", str(folder / "key.asc")],
        check=True,
    )
    return folder


def encrypt(home: Path, sql: str, path: Path) -> None:
    """The rows of a query, written as edX writes them, straight into gpg."""
    command = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--trust-model", "always",
               "--recipient", ORGANISATION_KEY, "--output", str(path), "--encrypt"]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=()) as gpg:
        pipe = cast(IO[bytes], gpg.stdin)
        target = f"/proc/self/fd/{pipe.fileno()}"
        options = "format csv, delimiter '\t', header, nullstr 'NULL', quote '', escape ''"
        duckdb.sql(f"copy ({sql}) to '{target}' ({options})")
        pipe.close()
    if gpg.returncode:
        raise RuntimeError("gpg did not encrypt the benchmark's archive")


def decrypt(folder: Path) -> Figure:
    """The floor: every member through unzip and gpg, to nowhere."""
    loop = (
        'for member in $(unzip -Z1 "$1"/*.zip); do '
        'unzip -p "$1"/*.zip "$member" | gpg --homedir "$1/gpg" --batch --quiet --decrypt; done'
    )
    return measure(["sh", "-c", loop, "sh", str(folder)])


def land(folder: Path, *, empty: bool = True) -> Figure:
    """What is there through `warehouse land edx`, in a process of its own, into an empty warehouse or not."""
    home = folder / "home"
    if empty:
        subprocess.run(["rm", "-rf", str(home)], check=True)
    place = "WAREHOUSE_SOURCES__EDX__UNIX"
    settings = {
        "WAREHOUSE_HOME": str(home), "WAREHOUSE_PSEUDONYM_KEY": "5a" * 32,
        "WAREHOUSE_SEALING_KEY": "5a" * 32, f"{place}__URL": folder.as_uri(),
        f"{place}__GPG__KEY_FILE": str(folder / "key.asc"),
    }  # fmt: skip
    program = str(Path(sys.executable).with_name("warehouse"))
    return measure(["env", *(f"{name}={value}" for name, value in settings.items()), program, "land", "edx"])
