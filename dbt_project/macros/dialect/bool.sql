{# A boolean literal. T-SQL has none, and no bare boolean predicate: a column compares as `x = bool(true)`. #}

{% macro bool(value) -%}
    {{ return(adapter.dispatch('bool', 'warehouse')(value)) }}
{%- endmacro %}

{% macro duckdb__bool(value) -%}
    {{ 'true' if value else 'false' }}
{%- endmacro %}

{% macro sqlserver__bool(value) -%}
    cast({{ 1 if value else 0 }} as bit)
{%- endmacro %}
