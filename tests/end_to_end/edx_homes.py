"""Homes with nothing but an edX organisation of a few small files, in a folder or a bucket."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tests.end_to_end.homes import Home
from tests.servers.gpg_keys import GpgKeys

ARCHIVE = "unix-2026-07-26.zip"
FOLDER = ARCHIVE.removesuffix(".zip")
NAME, DOMAIN = "Quillfeather", "learners-of-unix.example"
_SECRET = "6b65792074686174206e6f626f6479206b6e6f777320616e6420697320746573"


def edx_home(folder: Path, url: str, key_file: Path | None, **more: str) -> Home:
    """A home whose only source are archives at `url`; `more` as `aws__region="…"`."""
    home = Home(folder, {"WAREHOUSE_HOME": str(folder), "WAREHOUSE_CONNECT_ATTEMPTS": "1"})
    for key in ("PSEUDONYM_KEY", "SEALING_KEY"):
        home.settings[f"WAREHOUSE_{key}"], home.settings[f"WAREHOUSE_{key}_ID"] = _SECRET, "test"
    set_unix(home, url=url, **more)
    if key_file:
        set_unix(home, gpg__key_file=str(key_file))
    return home


def set_unix(home: Home, **settings: str) -> None:
    for name, value in settings.items():
        home.settings[f"WAREHOUSE_SOURCES__EDX__UNIX__{name.upper()}"] = value


def member_of(course: str, task: str) -> str:
    return f"{FOLDER}/UniX-{course}-1T2026-{task}-prod-analytics.sql.gpg"


def accounts(rows: int, *, width: int = 1) -> bytes:
    """An auth_user file; each row names a person `width` times."""
    header = "id\tusername\tfirst_name\tlast_name\temail\tpassword\tis_staff\tis_active\tis_superuser"
    lines = (
        f"{number}\t{NAME.lower()}{number}\t{f'{NAME} ' * width}\t{NAME}{number}\t{number}@{DOMAIN}\tx"
        "\t0\t1\t0\t2026-07-01 10:00:00\t2026-01-02 03:04:05\n"
        for number in range(1, rows + 1)
    )
    return f"{header}\tlast_login\tdate_joined\n".encode() + "".join(lines).encode()


def packed(members: Mapping[str, bytes]) -> bytes:
    """A zip that holds its members as they are."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return whole.getvalue()


def courses(keys: GpgKeys, *names: str, to: str = "unix", rows: int = 5) -> dict[str, bytes]:
    """An encrypted file of accounts for each course, by path in the archive."""
    sealed = keys.encrypted(accounts(rows), to)
    return {member_of(name, "auth_user"): sealed for name in names}
