"""Raw Arrow batches become landed rows: cast, pseudonymised, derived, hashed, or refused with a reason.

One DuckDB statement a batch: no Python per row. What comes out has exactly the contract's landed
columns plus `_instance`, `_row_hash`, `_dlt_load_id`, `_deleted`.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contracts import Column, TableContract
from pipelines.landing.casts import Cast, cast_column, is_bytes
from pipelines.landing.decimals import with_decimals
from pipelines.landing.people import People, known_pseudonym
from pipelines.landing.personal import PseudonymKey, derived, matches, pseudonym
from pipelines.landing.row_hash import row_hashes
from pipelines.warehouse import Warehouse
from pipelines.warehouse.duckdb import named_values
from pipelines.warehouse.quoting import quoted

_BATCH = "_incoming_batch"
_ROW_HASH = "_row_hash"


@dataclass(frozen=True)
class Refused:
    """One refused row: where it stood in the read, why, and the raw values (sealed before they are kept)."""

    position: int
    reason: str
    column: str
    payload: dict[str, Any]
    landed_key: str | None = None


@dataclass(frozen=True)
class Classified:
    """`landed`: rows to land, with their `_position` in the read; `refused`; `refused_keys`: readable keys of
    refused rows, which still exist at the source; `repairs` by column and reason.
    """

    landed: pa.Table
    refused: list[Refused]
    refused_keys: pa.Table | None
    repairs: Counter[tuple[str, str]]


class Classifier:
    """Classifies the batches of one table of one instance in one load."""

    def __init__(
        self, warehouse: Warehouse, contract: TableContract, instance: str, key: PseudonymKey, load_id: str,
        clock: datetime,
    ) -> None:  # fmt: skip
        self._warehouse = warehouse
        self._contract = contract
        self._clock = clock
        self._values = {
            "scope": f"{contract.platform}/{instance}", "instance_name": instance, "load_id": load_id,
            "key_id": key.key_id, "inner": key.inner, "outer": key.outer,
        }  # fmt: skip
        self._people = People(warehouse, contract, self._values)
        self._statements: dict[pa.Schema, tuple[str, list[tuple[str, str]]]] = {}

    def classify(self, batch: pa.Table, first_position: int) -> Classified:
        """`first_position`: number of rows read before this batch."""
        typed = self._people.with_pseudonyms(with_decimals(batch, self._contract))
        if typed.schema not in self._statements:
            self._statements[typed.schema] = self._statement(typed.schema)
        sql, repairs = self._statements[typed.schema]
        positions = pa.array(np.arange(first_position, first_position + batch.num_rows))
        if batch.column(0).num_chunks > 1:
            chunks = [len(chunk) for chunk in batch.column(0).chunks]
            positions = pa.chunked_array(np.split(positions.to_numpy(), np.cumsum(chunks)[:-1]))
        connection = self._warehouse.connection
        connection.register(_BATCH, typed.append_column("_position", positions))
        try:
            table = self._hashed(connection.execute(sql, named_values(sql, self._values)).to_arrow_table())
            counted = self._repairs(repairs)
        finally:
            connection.unregister(_BATCH)
        return self._split(table, batch, first_position, counted)

    def _hashed(self, table: pa.Table) -> pa.Table:
        hashes = row_hashes(table, [column.name for column in self._contract.landed])
        return table.set_column(table.schema.get_field_index(_ROW_HASH), _ROW_HASH, hashes)

    def _split(
        self, table: pa.Table, batch: pa.Table, first: int, repairs: Counter[tuple[str, str]]
    ) -> Classified:
        landed = table.drop_columns(["_refused"])
        if table["_refused"].null_count == table.num_rows:
            return Classified(landed, [], None, repairs)
        bad = pc.is_valid(table["_refused"])
        wrong = table.filter(bad)
        rows = batch.take(pc.subtract(wrong["_position"].combine_chunks(), first)).to_pylist()
        keys = wrong.select([*self._contract.key])
        places, said = wrong["_position"].to_pylist(), wrong["_refused"].to_pylist()
        refused = [
            Refused(place, reason, column, payload, _key_text(key))
            for place, (reason, column), payload, key in zip(
                places, (text.split(":", 1) for text in said), rows, keys.to_pylist(), strict=True
            )
        ]
        return Classified(landed.filter(pc.invert(bad)), refused, keys, repairs)

    def _repairs(self, repairs: list[tuple[str, str]]) -> Counter[tuple[str, str]]:
        if not repairs:
            return Counter()
        counts = ", ".join(f"coalesce(sum(cast({when} as integer)), 0)" for _, when in repairs)
        row = self._warehouse.connection.execute(f"select {counts} from {_BATCH} as b").fetchone() or ()
        return Counter({(name, "zero_date"): int(n) for (name, _), n in zip(repairs, row, strict=True) if n})

    def _statement(self, schema: pa.Schema) -> tuple[str, list[tuple[str, str]]]:
        """The statement for batches of this shape, and the conditions that count repairs."""
        coded = self._coded(schema)
        source = {name: _decoded(name) if name in coded else f"b.{quoted(name)}" for name in schema.names}
        types = {name: pa.string() if name in coded else schema.field(name).type for name in schema.names}
        casts = {
            column.name: cast_column(column, types[column.name], source[column.name])
            for column in self._contract.landed
            if not column.derive and column.personal == "none"
        }
        raws = [f'{expression} as "r_{name}"' for name, expression in source.items()]
        typed = [f'{cast.value} as "t_{name}"' for name, cast in casts.items()]
        refusals = self._refusals(casts, coded)
        landed = [f'{self._final(column, schema)} as "{column.name}"' for column in self._contract.landed]
        late = self._missing()
        sql = (
            f"with typed as (select b._position, {', '.join(raws + typed + [f'{refusals} as _early'])} "
            f"from {_BATCH} as b), "
            f"final as (select _position, _early, {', '.join(landed)} from typed) "
            f"select {', '.join(quoted(column.name) for column in self._contract.landed)}, "
            "$instance_name as _instance, cast(null as bigint) as _row_hash, "
            "$load_id as _dlt_load_id, cast(null as boolean) as _deleted, _position, "
            f"coalesce(_early, {late}) as _refused from final"
        )
        return sql, [(name, cast.repaired) for name, cast in casts.items() if cast.repaired]

    def _coded(self, schema: pa.Schema) -> set[str]:
        """Columns whose batch came as bytes though they are none: one value or more is not UTF-8."""
        return {
            field.name
            for field in schema
            if is_bytes(field.type) and self._contract.column(field.name).kind != "binary"
        }

    def _final(self, column: Column, schema: pa.Schema) -> str:
        if column.derive:
            return f"cast({derived(column, self._clock)} as {column.duckdb_type})"
        known = known_pseudonym(column)
        if column.personal == "pseudonym" and known not in schema.names:
            return pseudonym(column, f'"r_{column.name}"')
        value = f'"r_{known}"' if column.personal == "pseudonym" else f'"t_{column.name}"'
        return (
            f"case when {matches(column.blank_when)} then null else {value} end"
            if column.blank_when
            else value
        )

    def _refusals(self, casts: dict[str, Cast], coded: set[str]) -> str:
        whens = [
            f"when b.{quoted(name)} is not null and {_decoded(name)} is null then 'not_utf8:{name}'"
            for name in sorted(coded)
        ]
        whens += [
            f"when {cast.refused} then '{cast.reason}:{name}'" for name, cast in casts.items() if cast.refused
        ]
        return f"case {' '.join(whens)} end" if whens else "cast(null as varchar)"

    def _missing(self) -> str:
        required = [
            column.name
            for column in self._contract.landed
            if not column.nullable or column.name in self._contract.key
        ]
        whens = [f"when {quoted(name)} is null then 'value_missing:{name}'" for name in required]
        return f"case {' '.join(whens)} end" if whens else "cast(null as varchar)"


def _key_text(key: dict[str, Any]) -> str | None:
    """The key as it would have landed (a person's as a pseudonym), where all of it could be read."""
    if any(value is None for value in key.values()):
        return None
    return json.dumps([str(value) for value in key.values()], ensure_ascii=False)


def _decoded(name: str) -> str:
    return f"try(decode(b.{quoted(name)}))"
