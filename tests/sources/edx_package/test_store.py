"""A folder as a store: by prefix, in order, nothing outside of it, and what changes under a reader."""

from __future__ import annotations

import os

import pytest

from pipelines.errors import SettingsError, SourceInterrupted, SourceUnreachable
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.edx_package import Store, open_store


def store(url: str) -> Store:
    return open_store(InstanceSettings.model_validate({"url": url}), Settings())


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "a b"
    (place / "email-opt-in").mkdir(parents=True)
    for key in (
        "unix-2024-03-10.zip",
        "unix-2024-03-17.zip",
        "other-2024-03-10.zip",
        "email-opt-in/unix-2024-03-10.zip",
    ):
        (place / key).write_bytes(key.encode())
    return place


def test_a_folder_lists_what_begins_with_a_prefix_once_and_in_order(folder):
    listed = store(f"file://{str(folder).replace(' ', '%20')}").objects(
        ["unix-", "email-opt-in/", "unix-2024"]
    )
    assert [stored.key for stored in listed] == [
        "email-opt-in/unix-2024-03-10.zip", "unix-2024-03-10.zip", "unix-2024-03-17.zip",
    ]  # fmt: skip
    assert listed[1].size == len("unix-2024-03-10.zip")
    with store(f"file://{folder}").open(listed[1]) as file:
        assert file.read() == b"unix-2024-03-10.zip"
        assert file.seek(5) == 5


def test_links_are_never_followed(folder, tmp_path):
    (tmp_path / "outside.zip").write_bytes(b"secret")
    (folder / "unix-2024-03-24.zip").symlink_to(tmp_path / "outside.zip")
    (folder / "unix-folder").symlink_to(tmp_path, target_is_directory=True)
    assert [stored.key for stored in store(f"file://{folder}").objects(["unix-"])] == [
        "unix-2024-03-10.zip", "unix-2024-03-17.zip",
    ]  # fmt: skip
    listed = store(f"file://{folder}").objects(["unix-2024-03-10"])[0]
    (folder / listed.key).unlink()
    (folder / listed.key).symlink_to(tmp_path / "outside.zip")
    with pytest.raises(SourceInterrupted):
        store(f"file://{folder}").open(listed)


def test_another_content_has_another_etag_and_is_not_opened_as_the_old_one(folder):
    here = store(f"file://{folder}")
    before = here.objects(["other-"])[0]
    path = folder / before.key
    times = path.stat()
    path.write_bytes(b"x" * before.size)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    after = here.objects(["other-"])[0]
    assert (after.size, after.modified) == (before.size, before.modified)
    assert after.etag != before.etag
    with pytest.raises(SourceInterrupted, match="was replaced after it was listed"):
        here.open(before)


def test_a_file_that_is_listed_but_gone_is_one_sentence(folder):
    here = store(f"file://{folder}")
    listed = here.objects(["other-"])[0]
    (folder / listed.key).unlink()
    with pytest.raises(SourceInterrupted, match=r"other-2024-03-10\.zip was listed but is gone"):
        here.open(listed)


def test_a_folder_that_is_not_there_is_unreachable(tmp_path):
    with pytest.raises(SourceUnreachable, match="is not there"):
        store(f"file://{tmp_path}/nowhere").objects(["unix-"])


@pytest.mark.parametrize("url", ["mysql://reader:open-sesame@host/x", "s3:///x", "file://host/x", "/folder"])
def test_another_address_is_refused_without_showing_it(url):
    with pytest.raises(SettingsError) as refused:
        store(url)
    assert "open-sesame" not in str(refused.value)
