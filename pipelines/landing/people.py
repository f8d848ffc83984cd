"""Pseudonyms of a batch in which the same people come again and again: each is made once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa

from pipelines.contracts import Column, TableContract
from pipelines.landing.casts import is_bytes
from pipelines.landing.personal import pseudonym
from pipelines.warehouse import Warehouse
from pipelines.warehouse.duckdb import named_values

_PEOPLE = "_incoming_people"
_WORTH_A_STATEMENT = 1_000  # rows


def known_pseudonym(column: Column) -> str:
    """The name of the column that `with_pseudonyms` may add for this one."""
    return f"_pseudonym of {column.name}"


class People:
    """Those of one table of one instance; `values` are what pseudonyms need: key and scope."""

    def __init__(self, warehouse: Warehouse, contract: TableContract, values: Mapping[str, object]) -> None:
        self._warehouse, self._values = warehouse, values
        # what blanks a value stands in its row, so it is left to the statement that sees rows
        self._columns = [
            replace(column, blank_when=None)
            for column in contract.landed
            if column.personal == "pseudonym" and not column.derive
        ]

    def with_pseudonyms(self, batch: pa.Table) -> pa.Table:
        """The batch, with a column of pseudonyms for each column of people in it of whom most come again.

        A column where they do not is not looked at again.
        """
        if batch.num_rows < _WORTH_A_STATEMENT:
            return batch
        for column in list(self._columns):
            raw = batch[column.name]
            if is_bytes(raw.type) or pa.types.is_null(raw.type):
                continue
            coded = raw.dictionary_encode().unify_dictionaries()
            people = coded.chunk(0).dictionary
            if 2 * len(people) > batch.num_rows:
                self._columns.remove(column)
                continue
            made = self._made(column, people)
            chunks = [pa.DictionaryArray.from_arrays(chunk.indices, made) for chunk in coded.chunks]
            batch = batch.append_column(known_pseudonym(column), pa.chunked_array(chunks))
        return batch

    def _made(self, column: Column, people: pa.Array) -> pa.Array:
        sql = f"select place, {pseudonym(column, 'person')} as made from {_PEOPLE}"
        connection = self._warehouse.connection
        connection.register(_PEOPLE, pa.table({"place": np.arange(len(people)), "person": people}))
        try:
            table = connection.execute(sql, named_values(sql, self._values)).to_arrow_table()
        finally:
            connection.unregister(_PEOPLE)
        return table.sort_by("place")["made"].combine_chunks()
