"""Pseudonyms of events: worked out once for each account of a load, not once a line."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contracts import TableContract
from pipelines.landing.personal import PseudonymKey, derived, pseudonym
from pipelines.warehouse import Warehouse
from pipelines.warehouse.duckdb import named_values

_NAMES = "_block_names"
_MOST_KNOWN = 200_000  # accounts, about 40 MB


class People:
    """Makes of raw accounts what lands of them: pseudonyms, and what is derived from names."""

    def __init__(
        self, warehouse: Warehouse, contract: TableContract, scope: str, key: PseudonymKey, clock: datetime
    ) -> None:
        self._warehouse = warehouse
        self._parameters = {"scope": scope, "key_id": key.key_id, "inner": key.inner, "outer": key.outer}
        self._made: dict[str, dict[str, str]] = {}
        self._known: dict[str, pa.Table] = {}
        for column in contract.columns:
            if column.personal == "pseudonym":
                made = pseudonym(column, f'"r_{column.name}"')
                self._made.setdefault(column.name, {})[column.name] = made
        for column in contract.columns:
            if column.derive and column.derived_from:
                made = f"cast({derived(column, clock)} as {column.duckdb_type})"
                self._made[column.derived_from][column.name] = made

    def land(self, events: pa.Table) -> dict[str, pa.ChunkedArray]:
        """The landed columns that are made of raw accounts, in the order of the rows."""
        return {name: made for raw in self._made for name, made in self._of(events, raw).items()}

    def _of(self, events: pa.Table, raw: str) -> dict[str, pa.ChunkedArray]:
        coded = events[raw].combine_chunks().dictionary_encode()
        known = self._known_with(raw, coded.dictionary)
        # the first stands for those without an account: what is derived of nothing may be something
        names = pc.index_in(coded.dictionary, known["name"])
        places = pc.add(coded.indices, 1).fill_null(0)
        at = pa.concat_arrays([pa.array([0], names.type), names])
        return {
            name: pa.chunked_array([_coded(places, known[name].combine_chunks().take(at))])
            for name in self._made[raw]
        }

    def _known_with(self, raw: str, names: pa.Array) -> pa.Table:
        """What was made of each account of the load so far, and of these."""
        known = self._known.get(raw)
        if known is None or known.num_rows > _MOST_KNOWN:
            known = self._make(raw, pa.nulls(1, pa.string()))
        new = names.filter(pc.invert(pc.is_in(names, known["name"])))
        if len(new):
            known = pa.concat_tables([known, self._make(raw, new)]).combine_chunks()
        self._known[raw] = known
        return known

    def _make(self, raw: str, names: pa.Array) -> pa.Table:
        listed = ", ".join(f'{made} as "{name}"' for name, made in self._made[raw].items())
        sql = f'select "r_{raw}" as name, {listed} from (select value as "r_{raw}" from {_NAMES})'
        connection = self._warehouse.connection
        connection.register(_NAMES, pa.table({"value": names}))
        try:
            return connection.execute(sql, named_values(sql, self._parameters)).to_arrow_table()
        finally:
            connection.unregister(_NAMES)


def _coded(places: pa.Array, values: pa.Array) -> pa.Array:
    """Text stays coded, so that it is written once for each account, too."""
    if not pa.types.is_string(values.type):
        return values.take(places)
    there = values.is_valid().to_numpy(zero_copy_only=False)
    # Parquet writes nothing as an index that is NULL, not as a value that is
    moved = pa.array(np.cumsum(there, dtype=np.int32) - 1, mask=~there)
    return pa.DictionaryArray.from_arrays(moved.take(places), values.drop_null())
