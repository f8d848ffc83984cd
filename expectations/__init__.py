"""Checks of the data at a layer's boundary, run by Great Expectations in a process of their own.

`staging/` and `marts/` hold what is written by hand, a file a relation, found by its name; what a contract
says already (columns, types, nulls, keys, pseudonyms) is derived from it in `suite.py`. What dbt tests
assert (keys, relations and identities of models) is not asserted again here.
"""
