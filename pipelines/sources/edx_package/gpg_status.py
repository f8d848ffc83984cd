"""What gpg says on its status line, as one sentence of ours; gpg's own text is never passed on."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.errors import NotDecrypted

_PREFIX = "[GNUPG:] "
_HIDDEN = "0" * 16  # a recipient whose id was left out: any key may be meant
_ASK_AGAIN = "Fetch the package again; if it stays so, ask edX for it."


def read_status(lines: Iterable[str]) -> list[str]:
    """The status lines, without their prefix."""
    return [line.removeprefix(_PREFIX).strip() for line in lines if line.startswith(_PREFIX)]


def is_verified(status: list[str], return_code: int) -> bool:
    """gpg's final success: decrypted to the end, with an integrity check that held."""
    words = {line.split(" ", 1)[0] for line in status if line}
    bad = {"DECRYPTION_FAILED", "BADMDC", "NODATA", "ERRMDC", "TRUNCATED"}
    return return_code == 0 and "DECRYPTION_OKAY" in words and not words & bad


def refusal(status: list[str], our_keys: frozenset[str]) -> NotDecrypted:
    """Why a file was not decrypted. `our_keys` are the long ids of the keys and subkeys we hold."""
    words = [line.split(" ", 1)[0] for line in status if line]
    recipients = {line.split(" ")[1] for line in status if line.startswith("ENC_TO ")}
    opened = "DECRYPTION_KEY" in words
    if recipients and not opened and not recipients & (our_keys | {_HIDDEN}):
        return NotDecrypted(
            "A file is encrypted for other keys than ours.",
            "Use the key whose public half edX has: …__GPG__KEY_FILE.",
        )
    if opened or recipients:
        return NotDecrypted(
            "A file is cut off or was altered: what it decrypts to does not verify.", _ASK_AGAIN
        )
    if "NODATA" in words or "UNEXPECTED" in words:
        return NotDecrypted("A file is not encrypted by gpg, or is damaged at its beginning.", _ASK_AGAIN)
    return NotDecrypted("gpg could not decrypt a file.", _ASK_AGAIN)


def revoked() -> NotDecrypted:
    """The refusal of a key that its owner called back."""
    return NotDecrypted(
        "The gpg key is revoked.", "Send edX a new public key and set …__GPG__KEY_FILE to its secret half."
    )
