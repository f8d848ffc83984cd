"""Checks without a server that the dbt project is T-SQL, and means there what it means on DuckDB.

dbt compiles every model, data test, snapshot and analysis for SQL Server, incremental models for a first
and for a later build; sqlglot parses the result; names and types are followed from the contracts through
every model; then each rule of `rules` looks. What only the written text can show (a division outside the
dialect macros) is looked for in the files themselves. The rules and their reasons: docs/portable-sql.md.
"""
