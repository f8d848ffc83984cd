"""Pseudonyms of a block's events: worked out once for each account in it, not once a line."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa

from pipelines.contracts import Column, TableContract
from pipelines.landing.personal import PseudonymKey, derived, pseudonym
from pipelines.warehouse import Warehouse

_NAMES = "_block_names"


class People:
    """Makes of raw accounts what lands of them: pseudonyms, and what is derived from names."""

    def __init__(
        self, warehouse: Warehouse, contract: TableContract, scope: str, key: PseudonymKey, clock: datetime
    ) -> None:
        self._warehouse = warehouse
        self._parameters = {"scope": scope, "key_id": key.key_id, "inner": key.inner, "outer": key.outer}
        self._made: dict[str, dict[str, str]] = {}
        for column in contract.columns:
            if column.personal == "pseudonym":
                made = pseudonym(column, f'"r_{column.name}"')
                self._made.setdefault(column.name, {})[column.name] = made
        for column in contract.columns:
            if column.derive and column.derived_from:
                made = f"cast({derived(column, clock)} as {column.duckdb_type})"
                self._made[column.derived_from][column.name] = made

    @property
    def raw_columns(self) -> list[str]:
        """Which columns of a block hold raw accounts."""
        return list(self._made)

    def land(self, events: pa.Table) -> dict[str, pa.ChunkedArray]:
        """The landed columns that are made of raw accounts, in the order of the rows."""
        return {name: made for raw in self._made for name, made in self._of(events, raw).items()}

    def _of(self, events: pa.Table, raw: str) -> dict[str, pa.ChunkedArray]:
        coded = events[raw].combine_chunks().dictionary_encode()
        listed = ", ".join(f'{made} as "{name}"' for name, made in self._made[raw].items())
        sql = f'select {listed} from (select value as "r_{raw}" from {_NAMES} order by place)'
        # the last stands for those without an account: what is derived of nothing may be something
        names = pa.concat_arrays([coded.dictionary.cast(pa.string()), pa.nulls(1, pa.string())])
        connection = self._warehouse.connection
        connection.register(_NAMES, pa.table({"value": names, "place": pa.array(range(len(names)))}))
        try:
            used = {name: value for name, value in self._parameters.items() if f"${name}" in sql}
            made = connection.execute(sql, used).to_arrow_table()
        finally:
            connection.unregister(_NAMES)
        places = coded.indices.fill_null(len(names) - 1)
        return {
            name: pa.chunked_array([_coded(places, column.combine_chunks())])
            for name, column in zip(made.column_names, made.columns, strict=True)
        }


def _coded(places: pa.Array, values: pa.Array) -> pa.Array:
    """Text stays coded, so that it is written once for each account, too."""
    if not pa.types.is_string(values.type):
        return values.take(places)
    there = values.is_valid().to_numpy(zero_copy_only=False)
    # Parquet writes nothing as an index that is NULL, not as a value that is
    moved = pa.array(np.cumsum(there, dtype=np.int32) - 1, mask=~there)
    return pa.DictionaryArray.from_arrays(moved.take(places), values.drop_null())


def is_person(column: Column) -> bool:
    """Whether a column holds an account, or something derived of one."""
    return column.personal == "pseudonym" or bool(column.derive)
