"""What gpg says on its status line, as one sentence of ours; gpg's own text is never passed on."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.errors import NotDecrypted

_PREFIX = "[GNUPG:] "
_ASK_AGAIN = "Fetch the package again; if it stays so, ask edX for it."


def read_status(lines: Iterable[str]) -> list[str]:
    """The status lines, without their prefix."""
    return [line.removeprefix(_PREFIX).strip() for line in lines if line.startswith(_PREFIX)]


def is_verified(status: list[str], return_code: int) -> bool:
    """gpg's final success: decrypted to the end, with an integrity check that held."""
    words = {line.split(" ", 1)[0] for line in status if line}
    bad = {"DECRYPTION_FAILED", "BADMDC", "NODATA", "ERRMDC", "TRUNCATED"}
    return return_code == 0 and "DECRYPTION_OKAY" in words and not words & bad


def refusal(status: list[str]) -> NotDecrypted:
    """Why a file was not decrypted."""
    words = [line.split(" ", 1)[0] for line in status if line]
    codes = {_error_code(line) for line in status if line.startswith("ERROR ")}
    if "BAD_PASSPHRASE" in words or "MISSING_PASSPHRASE" in words or codes & _PASSPHRASE_CODES:
        return NotDecrypted(
            "The passphrase does not open the gpg key.", "Correct …__GPG__PASSPHRASE of this instance."
        )
    if "NO_SECKEY" in words and "BEGIN_DECRYPTION" not in words:
        return NotDecrypted(
            "A file is encrypted for other keys than ours.",
            "Use the key whose public half edX has: …__GPG__KEY_FILE.",
        )
    if "KEYREVOKED" in words:
        return revoked()
    if "BEGIN_DECRYPTION" in words:
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


_PASSPHRASE_CODES = frozenset({11, 31, 32, 99, 177})  # bad, unusable, no passphrase; cancelled; no pinentry


def _error_code(line: str) -> int:
    """The code of libgpg-error in `ERROR <where> <number>`; its upper bits name the part that failed."""
    number = line.split(" ")[2:3]
    return int(number[0]) & 0xFFFF if number and number[0].isdigit() else 0
