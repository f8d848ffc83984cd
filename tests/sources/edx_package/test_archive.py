"""Archives: sound ones, ZIP64, cut ones, and members that would do harm beside others that are read."""

from __future__ import annotations

import io
import os
import stat
import warnings
import zipfile

import pytest

from pipelines.errors import PackageRefused
from pipelines.sources.edx_package import Member, members, open_member


def packed(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    held = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(held, "w", method) as archive:
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, content in files:
            archive.writestr(name, content)
    return held


def by_name(file: io.BytesIO) -> dict[str, Member]:
    return {member.name: member for member in members(file)}


def test_members_come_as_streams_and_folders_are_none():
    file = packed(
        ("unix-2024-03-10/", b""), ("unix-2024-03-10/a.gpg", b"abc"), ("unix-2024-03-10/ora/b.gpg", b"")
    )
    found = by_name(file)
    assert [(member.name, member.size, member.refused) for member in found.values()] == [
        ("unix-2024-03-10/a.gpg", 3, None), ("unix-2024-03-10/ora/b.gpg", 0, None),
    ]  # fmt: skip
    with open_member(found["unix-2024-03-10/a.gpg"]) as stream:
        assert stream.read() == b"abc"


def test_a_zip64_archive_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "big.zip", "w") as archive:
        with archive.open("a.gpg", "w", force_zip64=True) as one:
            one.write(b"x" * 100)
        for number in range(66_000):  # more than the old form can count
            archive.writestr(zipfile.ZipInfo(f"{number}"), b"")
    with (tmp_path / "big.zip").open("rb") as file:
        found = members(file)
        assert len(found) == 66_001
        assert open_member(found[0]).read() == b"x" * 100


@pytest.mark.parametrize(
    "content",
    [b"", b"no zip at all", packed(("a", os.urandom(5_000))).getvalue()[:3_000], b"PK\x05\x06" + b"\0" * 10],
)
def test_what_is_no_zip_or_was_cut_is_refused_whole(content):
    with pytest.raises(PackageRefused, match="is no zip, or it is cut off"):
        members(io.BytesIO(content))


HARMFUL = {
    "../out.gpg": "leads out", "a/../../out.gpg": "leads out", "/etc/out.gpg": "absolute",
    "C:/out.gpg": "absolute",
    "a\\..\\out.gpg": "backslash",
}  # fmt: skip


@pytest.mark.parametrize(("name", "why"), HARMFUL.items())
def test_a_harmful_name_is_refused_and_the_others_are_read(name, why):
    found = members(packed(("good.gpg", b"good"), (name, b"bad")))
    assert open_member(found[0]).read() == b"good"
    assert why in str(found[1].refused)
    with pytest.raises(PackageRefused, match="is not opened"):
        open_member(found[1])


def test_a_nul_in_a_name_is_refused():
    content = packed(("good.gpg", b"good"), ("badXgpg", b"bad")).getvalue().replace(b"badXgpg", b"bad\0gpg")
    assert [bool(member.refused) for member in members(io.BytesIO(content))] == [False, True]


def test_both_of_two_equal_names_are_refused():
    found = members(packed(("a.gpg", b"1"), ("b.gpg", b"2"), ("a.gpg", b"3")))
    assert [bool(member.refused) for member in found] == [True, False, True]


def test_a_link_is_refused():
    link = zipfile.ZipInfo("a.gpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    found = members(packed((link, b"/etc/passwd"), ("b.gpg", b"2")))
    assert [bool(member.refused) for member in found] == [True, False]


def test_a_member_the_zip_itself_encrypts_is_refused():
    content = bytearray(packed(("a.gpg", b"1")).getvalue())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted by the zip" in str(members(io.BytesIO(bytes(content)))[0].refused)


def test_a_member_that_would_grow_a_thousandfold_is_refused():
    found = by_name(
        packed(("bomb.gpg", bytes(12 << 20)), ("small.gpg", bytes(1 << 20)), ("good.gpg", b"good"))
    )
    assert found["bomb.gpg"].size > 900 * found["bomb.gpg"].compressed
    assert "200 times" in str(found["bomb.gpg"].refused)
    assert (found["small.gpg"].refused, found["good.gpg"].refused) == (None, None)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_member_is_told_at_its_end_and_the_others_are_read(method):
    noise = os.urandom(100_000)
    content = bytearray(packed(("a.gpg", noise), ("b.gpg", b"good"), method=method).getvalue())
    content[50_000] ^= 1
    damaged, good = members(io.BytesIO(bytes(content)))
    with pytest.raises(PackageRefused, match="damaged"):
        open_member(damaged).read()
    assert open_member(good).read() == b"good"


def test_a_member_whose_own_header_is_damaged_is_told():
    content = bytearray(packed(("a.gpg", b"1"), ("b.gpg", b"good")).getvalue())
    content[0] ^= 1
    damaged, good = members(io.BytesIO(bytes(content)))
    with pytest.raises(PackageRefused, match="damaged"):
        open_member(damaged)
    assert open_member(good).read() == b"good"
