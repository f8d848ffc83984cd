{# A date moved by whole days, as a date. #}

{% macro add_days(date, days) -%}
    {{ return(adapter.dispatch('add_days', 'warehouse')(date, days)) }}
{%- endmacro %}

{% macro duckdb__add_days(date, days) -%}
    cast({{ date }} + to_days(cast({{ days }} as integer)) as date)
{%- endmacro %}

{% macro sqlserver__add_days(date, days) -%}
    cast(dateadd(day, {{ days }}, {{ date }}) as date)
{%- endmacro %}
