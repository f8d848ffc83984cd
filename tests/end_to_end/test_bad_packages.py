"""Packages and keys that are not as they should be, through the command: one sentence each, nothing lost.

After what was wrong is mended the next run lands all of it.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.edx_homes import (
    ARCHIVE,
    DOMAIN,
    FOLDER,
    NAME,
    courses,
    edx_home,
    member_of,
    packed,
    set_unix,
)
from tests.end_to_end.homes import PROJECT_ROOT, Home, Said
from tests.servers.gpg_keys import NOT_INSTALLED, GpgKeys, installed
from tests.servers.s3 import LOGIN, S3Server

COURSES = ("Good1x", "Good2x", "Bad1x")
ROWS = 5


@pytest.fixture(scope="module")
def keys() -> Iterator[GpgKeys]:
    if not installed():
        pytest.skip(NOT_INSTALLED)
    made = GpgKeys()
    made.settings("unix")
    made.settings("other")
    yield made
    made.stop()


@pytest.fixture
def home(keys, tmp_path) -> Home:
    """A home whose folder of archives is empty yet."""
    (tmp_path / "store").mkdir()
    return edx_home(tmp_path, (tmp_path / "store").as_uri(), keys.settings("unix").key_file)


def deliver(home: Home, content: bytes, name: str = ARCHIVE) -> None:
    path = home.folder / "store" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def land(home: Home, **environment: str) -> Said:
    """One landing; whatever it says has no traceback in it and nobody's name."""
    said = home.command("land", "edx", **environment)
    logs = [path.read_text() for path in (home.folder / "logs").rglob("*") if path.is_file()]
    for text in (said.everything, *logs):
        for never in ("Traceback", NAME, NAME.lower(), DOMAIN, LOGIN["secret_access_key"], "PRIVATE KEY"):
            assert never not in text
    return said


def landed(home: Home) -> dict[str, int]:
    """Rows in staging by course."""
    rows = home.rows("select _entity, count(*) from staging_edx.auth_user group by all order by all")
    return {entity.split("-")[1]: count for entity, count in rows}


def assert_refused(said: Said, code: int, *words: str) -> None:
    assert said.code == code, said.everything
    [sentence] = said.sentences
    for word in ("edx/unix", *words):
        assert word in sentence


def assert_mended(home: Home, names: tuple[str, ...] = COURSES) -> None:
    said = land(home)
    assert (said.code, said.sentences) == (0, []), said.everything
    assert landed(home) == dict.fromkeys(sorted(names), ROWS)
    latest = "select max_by(outcome, looked_at) from ops.packages group by object_key"
    assert set(home.rows(latest)) == {("done",)}
    assert [row for row in home.unbalanced() if row[3] != "failed"] == []


# ---------------------------------------------------------------- keys


def test_no_key_another_key_and_one_that_others_may_read(keys, home, tmp_path):
    deliver(home, packed(courses(keys, *COURSES)))
    key_file = home.settings.pop("WAREHOUSE_SOURCES__EDX__UNIX__GPG__KEY_FILE")
    assert_refused(land(home), 3, "no gpg key is set", "GPG__KEY_FILE", ARCHIVE, "Good1x")
    set_unix(home, gpg__key_file=str(keys.settings("other").key_file))
    assert_refused(land(home), 3, "encrypted for other keys than ours", "GPG__KEY_FILE", ARCHIVE)
    copied = tmp_path / "open.key"
    copied.write_bytes(Path(key_file).read_bytes())
    copied.chmod(0o644)
    set_unix(home, gpg__key_file=str(copied))
    said = land(home)
    assert said.code == 2
    assert "chmod 600" in said.sentences[0]
    assert landed(home) == {}
    copied.chmod(0o600)
    assert_mended(home)


# ---------------------------------------------------------------- members


def test_members_that_are_not_to_be_read(keys, home):
    """Cut, one bit flipped, a name that leads out, a name twice: each named once, and the good ones land."""
    names = (*COURSES, "Cut1x", "Flipped1x", "Twice1x")
    whole = courses(keys, *names)
    sealed = whole[member_of("Cut1x", "auth_user")]
    altered = bytearray(sealed)
    altered[len(altered) * 3 // 4] ^= 1
    bad = {
        member_of("Cut1x", "auth_user"): sealed[:-40],
        member_of("Flipped1x", "auth_user"): bytes(altered),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        for name, its in (whole | bad).items():
            archive.writestr(name, its)
        archive.writestr(member_of("Twice1x", "auth_user"), sealed)
        archive.writestr(f"{FOLDER}/../../outside.sql.gpg", sealed)
    deliver(home, content.getvalue())
    said = land(home)
    assert said.code == 3, said.everything
    told = "\n".join(sorted(said.sentences))
    assert all(line.startswith(f"edx/unix: {ARCHIVE}") for line in told.splitlines())
    [altered_ones] = [line for line in said.sentences if "cut off or was altered" in line]
    assert "Cut1x" in altered_ones and "Flipped1x" in altered_ones
    assert told.count("leads out of the archive") == 1
    assert "Twice1x" in told and "name more than once" in told
    assert landed(home) == dict.fromkeys(sorted(COURSES), ROWS)
    assert not list(home.folder.rglob("*outside*"))
    deliver(home, packed(whole))
    assert_mended(home, names)


def test_an_archive_that_was_cut_short_stops_no_other(keys, home):
    """As an upload leaves it that has not ended; the older package is landed meanwhile."""
    whole = packed(courses(keys, *COURSES))
    deliver(home, whole[: len(whole) // 2])
    deliver(home, packed(courses(keys, "Good1x")), "unix-2026-07-19.zip")
    assert_refused(land(home), 3, "is no zip, or it is cut off", ARCHIVE)
    assert landed(home) == {"Good1x": ROWS}
    deliver(home, whole)
    assert_mended(home)


# ---------------------------------------------------------------- a store that changes meanwhile


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    server = S3Server.start()
    yield server
    server.stop()


def bucket_home(keys: GpgKeys, s3: S3Server, folder: Path, bucket: str) -> Home:
    s3.put(bucket, ARCHIVE, packed(courses(keys, "Bad1x")))
    s3.put(bucket, "unix-2026-07-19.zip", packed(courses(keys, "Good1x", "Good2x")))
    own = {f"aws__{name}": value for name, value in LOGIN.items()}
    own |= {"aws__region": "us-east-1", "aws__endpoint_url": s3.url}
    return edx_home(folder, f"s3://{bucket}", keys.settings("unix").key_file, **own)


def failing(home: Home, key: str, code: str) -> dict[str, str]:
    """A site folder whose Python makes S3 answer so when this object is asked for, after it was listed."""
    folder = home.folder / "failing"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import botocore.client as client\n"
        "from botocore.exceptions import ClientError\n"
        "asked = client.BaseClient._make_api_call\n"
        "def answer(self, operation, given):\n"
        f"    if operation == 'GetObject' and given['Key'] == {key!r}:\n"
        f"        raise ClientError({{'Error': {{'Code': {code!r}}}}}, operation)\n"
        "    return asked(self, operation, given)\n"
        "client.BaseClient._make_api_call = answer\n"
    )
    return {"PYTHONPATH": os.pathsep.join((str(folder), str(PROJECT_ROOT)))}


def test_an_archive_that_is_listed_but_gone(keys, s3, tmp_path):
    home = bucket_home(keys, s3, tmp_path, "gone")
    assert_refused(land(home, **failing(home, ARCHIVE, "NoSuchKey")), 3, "listed but is gone", ARCHIVE)
    assert landed(home) == {"Good1x": ROWS, "Good2x": ROWS}
    assert_mended(home)


def test_credentials_that_expire_half_way(keys, s3, tmp_path):
    """The newest archive has landed by then; what is left waits for new ones."""
    home = bucket_home(keys, s3, tmp_path, "expiring")
    said = land(home, **failing(home, "unix-2026-07-19.zip", "ExpiredToken"))
    assert_refused(said, 3, "expired", "Renew them")
    assert landed(home) == {"Bad1x": ROWS}
    assert_mended(home)
