{# A table made anew from a query, inside the running transaction. #}

{% macro replace_table(relation, query) -%}
    {{ return(adapter.dispatch('replace_table', 'warehouse')(relation, query)) }}
{%- endmacro %}

{% macro duckdb__replace_table(relation, query) -%}
    create or replace table {{ relation }} as {{ query }}
{%- endmacro %}

{% macro sqlserver__replace_table(relation, query) -%}
    drop table if exists {{ relation }};
    select q.* into {{ relation }} from ({{ query }}) as q
{%- endmacro %}
