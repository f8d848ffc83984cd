"""Decryption with the real gpg: whose key, how far, and that nothing stays behind, not even of a kill."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from pipelines.errors import NotDecrypted, SettingsError, SourceInterrupted
from pipelines.settings import GpgSettings
from pipelines.sources.edx_package import Keyring, decrypt, gpg_home, gpg_status
from tests.sources.edx_package.sealed import PLAIN, decrypted, left_behind, processes_of


def refused(gpg: GpgSettings | None, scratch: Path, content: bytes, says: str) -> None:
    with pytest.raises(NotDecrypted, match=says) as error:
        decrypted(gpg, scratch, content)
    assert "@keys.invalid" not in str(error.value)
    assert left_behind(scratch) == []


@pytest.mark.parametrize(("name", "passphrase"), [("first", ""), ("second", "two words")])
def test_each_recipients_key_opens_a_file_and_nothing_is_left(keys, sealed, scratch, name, passphrase):
    assert decrypted(keys.settings(name, passphrase), scratch, sealed) == PLAIN
    assert left_behind(scratch) == []


def test_the_folder_is_private_and_the_key_and_passphrase_are_on_no_command_line(keys, sealed, scratch):
    with Keyring(keys.settings("second", "two words"), scratch) as keyring:
        (folder,) = [path for path in scratch.iterdir() if path.is_dir()]
        assert folder.stat().st_mode & 0o777 == 0o700
        blocks = keyring.decrypt(io.BytesIO(sealed))
        next(blocks)
        assert processes_of(scratch)
        assert not [command for command in processes_of(scratch) if "two words" in command]
        blocks.close()


def test_many_files_one_after_another(keys, scratch):
    small = [keys.encrypted(f"{number}".encode() * number, "first") for number in range(1, 6)]
    with Keyring(keys.settings("first"), scratch) as keyring:
        for number, content in enumerate(small, 1):
            assert b"".join(keyring.decrypt(io.BytesIO(content))) == f"{number}".encode() * number


def test_one_bad_file_does_not_stop_the_next(keys, sealed, scratch):
    with Keyring(keys.settings("first"), scratch) as keyring:
        with pytest.raises(NotDecrypted):
            list(keyring.decrypt(io.BytesIO(sealed[:-100])))
        assert b"".join(keyring.decrypt(io.BytesIO(sealed))) == PLAIN


# ---------------------------------------------------------------- files that are not as they were sent


def test_a_truncated_file_is_refused_at_whatever_byte(keys, sealed, scratch, long_counts):
    places = [1, 10, 300, 600, 1_000, len(sealed) // 2, len(sealed) - 1]
    if long_counts:
        places += list(range(2, len(sealed), len(sealed) // 200))
    for place in places:
        with pytest.raises(NotDecrypted):
            decrypted(keys.settings("first"), scratch, sealed[:place])


def test_a_file_of_which_one_byte_changed_is_refused(keys, sealed, scratch, long_counts):
    """But where it names a recipient: another czar's packet is none of ours."""
    ours = keys.encrypted(PLAIN, "first")
    places = [0, 5, 100, 280, 300, 1_000, len(ours) // 2, len(ours) - 30, len(ours) - 1]
    for place in places + (list(range(1, len(ours), len(ours) // 200)) if long_counts else []):
        altered = bytearray(ours)
        altered[place] ^= 0x10
        with pytest.raises(NotDecrypted):
            decrypted(keys.settings("first"), scratch, bytes(altered))


def test_the_end_of_a_damaged_file_says_why(keys, sealed, scratch):
    refused(keys.settings("first"), scratch, sealed[:-1_000], "cut off or was altered")
    refused(keys.settings("first"), scratch, b"no ciphertext at all", "not encrypted by gpg")


def test_what_comes_after_a_sound_message_is_not_accepted(keys, scratch):
    sound = keys.encrypted(b"1", "first")
    for more in (b"more", sound, sound[:-20], bytes(100)):
        with pytest.raises(NotDecrypted):
            decrypted(keys.settings("first"), scratch, sound + more)


def test_what_gpg_reads_without_decrypting_is_not_accepted(keys, scratch):
    keys.settings("first")
    signed_only = keys._gpg("--local-user", "first@keys.invalid", "--sign", given=PLAIN)
    with pytest.raises(NotDecrypted):
        decrypted(keys.settings("first"), scratch, signed_only)


def test_a_signature_of_somebody_unknown_does_not_matter(keys, scratch):
    """Who sealed a file is not what the key tells; that it is whole, its integrity check does."""
    keys.settings("unknown")
    signed = ("--local-user", "unknown@keys.invalid", "--sign")
    assert decrypted(keys.settings("first"), scratch, keys.encrypted(PLAIN, "first", more=signed)) == PLAIN


def test_success_is_what_gpg_says_and_how_it_ends():
    good = ["BEGIN_DECRYPTION", "DECRYPTION_OKAY", "END_DECRYPTION"]
    assert gpg_status.is_verified(good, 0)
    assert not gpg_status.is_verified(good, 2)
    assert not gpg_status.is_verified(good[:1], 0)
    assert not gpg_status.is_verified([*good, "BEGIN_DECRYPTION", "DECRYPTION_FAILED"], 0)


def test_an_empty_file_is_empty_and_no_error(keys, scratch):
    assert decrypted(keys.settings("first"), scratch, b"") == b""
    assert decrypted(keys.settings("first"), scratch, keys.encrypted(b"", "first")) == b""


def test_a_file_that_grows_a_thousandfold_is_refused(keys, scratch, monkeypatch):
    monkeypatch.setattr(decrypt, "RATIO_MATTERS_BYTES", 8 << 20)
    bomb = keys.encrypted(bytes(40 << 20), "first", more=("--compress-algo", "bzip2"))
    assert len(bomb) < 5_000
    refused(keys.settings("first"), scratch, bomb, "more than 1,000 times its size")


def test_an_error_of_the_stream_comes_through(keys, sealed, scratch):
    class Cut(io.BytesIO):
        def read(self, size=-1):
            if self.tell() > 100_000:
                raise SourceInterrupted("The connection was cut.")
            return super().read(min(size, 50_000))

    with Keyring(keys.settings("first"), scratch) as keyring, pytest.raises(SourceInterrupted):
        list(keyring.decrypt(Cut(sealed)))
    assert left_behind(scratch) == []


# ---------------------------------------------------------------- keys


def test_another_key_than_the_recipients_is_told(keys, sealed, scratch):
    refused(keys.settings("stranger"), scratch, sealed, "encrypted for other keys than ours")


def test_no_key_at_all_is_told(sealed, scratch):
    refused(None, scratch, sealed, "no gpg key is set")


def test_a_wrong_or_missing_passphrase_is_told_at_once(keys, sealed, scratch):
    key = keys.settings("second", "two words").key_file
    for word in ("wrong", None):
        with pytest.raises(NotDecrypted, match="passphrase does not open") as error:
            Keyring(GpgSettings.model_validate({"key_file": key, "passphrase": word}), scratch).__enter__()
        assert "wrong" not in str(error.value)
    assert left_behind(scratch) == []


def test_an_expired_key_still_opens_what_was_encrypted_for_it(keys, scratch):
    expired = keys.settings("expired", expired=True)
    assert decrypted(expired, scratch, keys.encrypted(PLAIN, "expired", expired=True)) == PLAIN


def test_a_revoked_key_is_told(keys, scratch):
    with pytest.raises(NotDecrypted, match="key is revoked"):
        Keyring(keys.revoked("revoked"), scratch).__enter__()


def test_a_file_that_holds_no_secret_key_is_told(keys, scratch, tmp_path):
    keys.settings("first")
    public = tmp_path / "public.key"
    public.write_bytes(keys._gpg("--armor", "--export", "first@keys.invalid"))
    for content in (public.read_bytes(), b"no key", b""):
        public.write_bytes(content)
        public.chmod(0o600)
        with pytest.raises(NotDecrypted, match="holds no secret key"):
            Keyring(GpgSettings(key_file=public), scratch).__enter__()
    assert left_behind(scratch) == []


def test_a_key_file_that_others_may_read_or_that_is_not_there_is_refused(scratch, tmp_path):
    key = tmp_path / "czar.key"
    key.write_bytes(b"x")
    key.chmod(0o640)
    with pytest.raises(SettingsError, match="others may read it"):
        Keyring(GpgSettings(key_file=key), scratch).__enter__()
    with pytest.raises(SettingsError, match="cannot be read"):
        Keyring(GpgSettings(key_file=tmp_path / "none"), scratch).__enter__()


def test_a_machine_without_gpg_is_told_what_to_install(keys, scratch, monkeypatch):
    monkeypatch.setattr(gpg_home, "_SEARCH", "/nowhere")
    with pytest.raises(NotDecrypted, match="apt-get install gnupg"):
        Keyring(keys.settings("first"), scratch).__enter__()


def test_a_work_folder_with_a_long_path_is_no_trouble(keys, sealed, tmp_path):
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    assert decrypted(keys.settings("first"), deep, sealed) == PLAIN
