{# Where marts are built. A DuckDB file is nobody's to read until it is published; on SQL Server analysts read the same
   database, so marts are built beside the schemas they read, checked there, and then published (decision 094). #}

{% macro mart_schema(schema) -%}
    {{ return(adapter.dispatch('mart_schema', 'warehouse')(schema)) }}
{%- endmacro %}

{% macro duckdb__mart_schema(schema) -%}
    {{ schema }}
{%- endmacro %}

{% macro sqlserver__mart_schema(schema) -%}
    build_{{ schema }}
{%- endmacro %}
