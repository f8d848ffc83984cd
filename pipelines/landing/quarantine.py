"""Quarantine: refused rows, sealed with AES-GCM, kept once however often they are read again."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipelines.contracts import TableContract
from pipelines.errors import SettingsError
from pipelines.landing.ledger import utc_now
from pipelines.landing.outcome import TableOutcome
from pipelines.settings import Settings
from pipelines.sources.replica.values import to_bytes
from pipelines.warehouse import Warehouse

_EMPTY_BYTES = {"duckdb": ("cast('' as blob)", "octet_length"), "sqlserver": ("0x", "datalength")}


class Seal:
    """Seals and opens payloads under the deployment's sealing key (256 bits, AES-GCM, random nonce)."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.sealing_key.get_secret_value() if settings.sealing_key else ""
        try:
            self._key = bytes.fromhex(secret)
        except ValueError:
            self._key = b""
        if len(self._key) != 32:
            raise SettingsError(
                "WAREHOUSE_SEALING_KEY must be 64 hex digits, so that refused rows can be kept sealed.",
                "Make one: python3 -c 'import secrets; print(secrets.token_hex(32))'",
            )
        self.key_id = settings.sealing_key_id

    def close(self, payload: dict[str, Any], place: str) -> bytes:
        """Nonce and ciphertext, bound to the table it came from."""
        nonce = secrets.token_bytes(12)
        return nonce + AESGCM(self._key).encrypt(nonce, _text(payload), place.encode())

    def open(self, sealed: bytes, place: str) -> dict[str, Any]:
        """The payload. Raises SettingsError when the key is not the one that sealed it."""
        try:
            plain = AESGCM(self._key).decrypt(sealed[:12], sealed[12:], place.encode())
        except InvalidTag:
            raise SettingsError(
                "A quarantined row does not open with this WAREHOUSE_SEALING_KEY.",
                "Use the key that sealed it.",
            ) from None
        return {name: _revived(value) for name, value in json.loads(plain).items()}

    def mark(self, payload: dict[str, Any], place: str) -> str:
        """The same row always has the same mark, so that it is kept once; no use without the key.

        Values count as their text: SQLite's come as numbers or as text, depending on their neighbours.
        """
        values = [(name, to_bytes(value)) for name, value in sorted(payload.items())]
        return hmac.new(self._key, repr((place, values)).encode(), hashlib.sha256).hexdigest()


def keep(warehouse: Warehouse, seal: Seal, outcome: TableOutcome) -> None:
    """Writes an outcome's refused rows; one that is there already only gets its last load and time."""
    if not outcome.refused:
        return
    place = f"{outcome.platform}/{outcome.instance}/{outcome.contract.name}"
    now = utc_now()
    known = {row[0] for row in warehouse.rows("select payload_mac from ops.quarantine where status = 'open'")}
    fresh: dict[str, dict[str, object]] = {}
    seen_again: list[str] = []
    for refused in outcome.refused:
        mark = seal.mark(refused.payload, place)
        if mark in known:
            seen_again.append(mark)
            continue
        fresh[mark] = {
            "payload_mac": mark, "load_id": outcome.load_id, "last_load_id": outcome.load_id,
            "platform": outcome.platform, "instance": outcome.instance, "table_name": outcome.contract.name,
            "file_key": outcome.file_key, "scope": outcome.scope, "position": refused.position,
            "landed_key": refused.landed_key,
            "reason": refused.reason, "column_name": refused.column,
            "sealed_payload": seal.close(refused.payload, place),
            "key_id": seal.key_id, "status": "open", "first_seen": now, "last_seen": now,
        }  # fmt: skip
    warehouse.insert("ops.quarantine", list(fresh.values()))
    warehouse.execute(
        "update ops.quarantine set last_load_id = ?, last_seen = ? "
        f"where status = 'open' and payload_mac in {warehouse.among()}",
        [outcome.load_id, now, seen_again],
    )


_REFUSED = "_refused_keys"


@contextmanager
def refused_keys(
    warehouse: Warehouse, contract: TableContract, instance: str, not_of: str = ""
) -> Iterator[str | None]:
    """A relation of the local DuckDB, (mark, landed_key) of the table's open refused rows whose key could be
    read, but for those of the load `not_of`; None where there are none.
    """
    rows = warehouse.rows(
        "select payload_mac, landed_key from ops.quarantine where status = 'open' and platform = ? "
        "and instance = ? and table_name = ? and last_load_id <> ? and landed_key is not null",
        [contract.platform, instance, contract.name, not_of],
    )
    if not rows:
        yield None
        return
    marks, keys = (pa.array(column, pa.string()) for column in zip(*rows, strict=True))
    warehouse.connection.register(_REFUSED, pa.table({"mark": marks, "landed_key": keys}))
    try:
        yield _REFUSED
    finally:
        warehouse.connection.unregister(_REFUSED)


def same_key(row: str, refused: str, key: Sequence[str]) -> str:
    """DuckDB's condition that a landed row and a refused one have one key; both are aliases."""
    return " and ".join(
        f"cast({row}.\"{name}\" as varchar) = json_extract_string({refused}.landed_key, '$[{at}]')"
        for at, name in enumerate(key)
    )


def supersede(
    warehouse: Warehouse, schema: str, contract: TableContract, instance: str, load_id: str
) -> None:
    """Ends the quarantine of rows whose corrected version came with this load."""
    with refused_keys(warehouse, contract, instance, load_id) as refused:
        if not refused:
            return
        named = [*contract.key, "_instance", "_dlt_load_id"]
        landed = warehouse.brought(schema, contract.name, named, instance)
        corrected = warehouse.local.rows(
            f"select q.mark from {refused} as q where exists (select 1 from {landed} as s "
            f"where s._dlt_load_id = ? and s._instance = ? and {same_key('s', 'q', contract.key)})",
            [load_id, instance],
        )
    if corrected:
        warehouse.execute(
            "update ops.quarantine set status = 'superseded' "
            f"where status = 'open' and payload_mac in {warehouse.among()}",
            [[mark for (mark,) in corrected]],
        )


def supersede_scope(warehouse: Warehouse, outcome: TableOutcome) -> None:
    """Ends the quarantine of what earlier files of the same scope brought: this one says all of it anew."""
    warehouse.execute(
        "update ops.quarantine set status = 'superseded' where status = 'open' and platform = ? "
        "and instance = ? and table_name = ? and scope = ? and last_load_id <> ?",
        [outcome.platform, outcome.instance, outcome.contract.name, outcome.scope, outcome.load_id],
    )


def supersede_earlier(warehouse: Warehouse, outcome: TableOutcome) -> None:
    """Ends the quarantine of what earlier loads of the table brought: this one says all of it anew."""
    warehouse.execute(
        "update ops.quarantine set status = 'superseded' where status = 'open' and platform = ? "
        "and instance = ? and table_name = ? and last_load_id <> ?",
        [outcome.platform, outcome.instance, outcome.contract.name, outcome.load_id],
    )


def expire(warehouse: Warehouse, platform: str, instance: str, days: int | None) -> None:
    """Takes the values out of rows that were last refused so many days ago; that they were is kept."""
    if days is None:
        return
    nothing, length = _EMPTY_BYTES[warehouse.engine]
    warehouse.execute(
        "update ops.quarantine set status = case when status = 'open' then 'expired' else status end, "
        f"sealed_payload = {nothing} where platform = ? and instance = ? and last_seen < ? "
        f"and {length}(sealed_payload) > 0",
        [platform, instance, utc_now() - timedelta(days=days)],
    )


def _text(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, sort_keys=True, default=_plain, ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, (datetime, date)):
        return {"time": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    raise TypeError(f"a {type(value).__name__} cannot be sealed")


def _revived(value: object) -> object:
    if isinstance(value, dict) and len(value) == 1:
        kind, text = next(iter(value.items()))
        revive: dict[str, Callable[[str], object]] = {
            "bytes": bytes.fromhex,
            "time": datetime.fromisoformat,
            "decimal": Decimal,
        }
        return revive[kind](text)
    return value
