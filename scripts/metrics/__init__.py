"""The registry of measures: an entry a measure, its page in the docs, and a search for what is defined twice.

An entry is a macro's properties in `dbt_project/macros/measures/_<subject>__measures.yml`; a count or an
amount that a mart shows as it is needs no macro and says its unit beside its column in the mart's own file.
"""
