"""Personal data at the edge: pseudonyms and derived values as DuckDB expressions.

A pseudonym is HMAC-SHA-256 of kind ‖ instance ‖ normalised value under the deployment's key, written
`<key id>:<64 hex digits>`; kind, instance and value are separated by the unit separator (0x1f). An
e-mail has no instance, so that accounts of one person meet across platforms (ARCHITECTURE §2, §4).
The key enters a statement only as its two prepared 64-byte pads, never as text.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from pipelines.contracts import Column, Condition
from pipelines.errors import SettingsError
from pipelines.settings import Settings
from pipelines.warehouse.quoting import listed, literal

_FREE_MAIL = (
    *("gmail.com", "googlemail.com", "hotmail.com", "hotmail.co.uk", "outlook.com", "yahoo.com"),
    *("yahoo.co.uk", "icloud.com", "live.com", "live.co.uk", "proton.me", "gmx.com", "btinternet.com"),
)
_EDUCATION = ("%.edu", "%.edu.%", "%.ac.uk", "%.ac.__", "%.sch.uk", "%.sch.__")
_GOVERNMENT = ("%.gov", "%.gov.%", "%.mil")
NAME_LIMIT = 255


@dataclass(frozen=True)
class PseudonymKey:
    """The key's id and the two pads of HMAC (RFC 2104) with SHA-256's 64-byte block."""

    key_id: str
    inner: bytes
    outer: bytes

    @property
    def mark(self) -> str:
        """The same key always has the same mark; it leads back to no key and no person."""
        return hashlib.sha256(b"mark of the pseudonym key\0" + self.inner).hexdigest()[:16]


def pseudonym_key(settings: Settings, *, sample_source: bool) -> PseudonymKey:
    """The deployment's key. Raises SettingsError when it is missing, too short, or the sample's."""
    secret = settings.pseudonym_key.get_secret_value() if settings.pseudonym_key else ""
    if not secret:
        raise SettingsError(
            "WAREHOUSE_PSEUDONYM_KEY is not set, so nothing personal can land.",
            "Put 64 hex digits there or in the file WAREHOUSE_ENV_FILE names: "
            "python3 -c 'import secrets; print(secrets.token_hex(32))'",
        )
    if (settings.sample or settings.pseudonym_key_id == "sample") and not sample_source:
        raise SettingsError(
            "The sample's pseudonym key is not secret and may only be used on the sample.",
            "Set your own WAREHOUSE_PSEUDONYM_KEY and …_KEY_ID, and unset WAREHOUSE_SAMPLE.",
        )
    try:
        key = bytes.fromhex(secret)
    except ValueError:
        key = b""
    if not 32 <= len(key) <= 64:
        raise SettingsError(
            "WAREHOUSE_PSEUDONYM_KEY must be 64 to 128 hex digits.", "Make one with secrets.token_hex(32)."
        )
    padded = key.ljust(64, b"\0")
    return PseudonymKey(
        settings.pseudonym_key_id, bytes(b ^ 0x36 for b in padded), bytes(b ^ 0x5C for b in padded)
    )


def pseudonym(column: Column, raw: str) -> str:
    """NULL stays NULL, and so do blanked values and values that mean nobody."""
    value = f"nullif(trim(cast({raw} as varchar)), '')"
    if column.identifier in ("email", "username", "upn"):
        # nfc_normalize ends at a NUL, which would make one person of all whose names begin alike
        value = f"nullif(trim(replace(cast({raw} as varchar), chr(0), '')), '')"
        value = f"lower(nfc_normalize({value}))"
    if column.nobody:
        value = f"case when {value} not in ({listed(column.nobody)}) then {value} end"
    if column.blank_when:
        value = f"case when {matches(column.blank_when)} then null else {value} end"
    scope = "''" if column.identifier == "email" else "$scope"
    message = f"encode(concat('{column.identifier}', chr(31), {scope}, chr(31), {value}))"
    digest = f"sha256($outer || unhex(sha256($inner || {message})))"
    return f"case when {value} is not null then concat($key_id, ':', {digest}) end"


def matches(condition: Condition) -> str:
    """True where the raw column equals the literal; a NULL never does."""
    return f'coalesce(cast("r_{condition.column}" as varchar) = {literal(condition.equals)}, false)'


def derived(column: Column, clock: datetime) -> str:
    """One of the closed list of values computed before hashing, because nobody can see them afterwards."""
    raw = f'trim(cast("r_{column.derived_from}" as varchar))'
    if column.derive == "account_kind":
        return _account_kind(column, raw)
    if column.derive == "email_domain_class":
        return _email_domain_class(raw)
    if column.derive == "age_band":
        return _age_band(raw, clock)
    limit = column.payload.longer_than if column.payload else None
    return f"coalesce(length({raw}) > {limit or NAME_LIMIT}, false)"


def _account_kind(column: Column, raw: str) -> str:
    whens = [f"when {matches(column.retired_when)} then 'retired'"] if column.retired_when else []
    for kind, patterns in column.rules.items():
        likes = " or ".join(f"lower({raw}) like {literal(pattern)}" for pattern in patterns)
        whens.append(f"when {likes} then {literal(kind)}")
    return f"case {' '.join(whens)} else 'learner' end" if whens else "'learner'"


def _email_domain_class(raw: str) -> str:
    domain = f"lower(split_part({raw}, '@', -1))"

    def like(patterns: tuple[str, ...]) -> str:
        return " or ".join(f"{domain} like '{pattern}'" for pattern in patterns)

    return (
        f"case when {raw} is null or not contains({raw}, '@') then 'none' "
        f"when {like(_EDUCATION)} then 'education' when {like(_GOVERNMENT)} then 'government' "
        f"when {domain} in ({listed(_FREE_MAIL)}) then 'free_mail' "
        "else 'other' end"
    )


def _age_band(raw: str, clock: datetime) -> str:
    # date_diff counts turns of the year, which makes every seventeen-year-old an adult by January
    age = f"date_sub('year', try_cast({raw} as date), date '{clock.date().isoformat()}')"
    return (
        f"case when {age} is null then null when {age} < 5 then 'under_5' when {age} < 11 then '5_to_10' "
        f"when {age} < 16 then '11_to_15' when {age} < 18 then '16_to_17' else 'adult' end"
    )
