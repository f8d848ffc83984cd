{# First day of the month of a date or timestamp, as a date. #}

{% macro month_start(date) -%}
    {{ return(adapter.dispatch('month_start', 'warehouse')(date)) }}
{%- endmacro %}

{% macro duckdb__month_start(date) -%}
    cast(date_trunc('month', {{ date }}) as date)
{%- endmacro %}

{% macro sqlserver__month_start(date) -%}
    datefromparts(year({{ date }}), month({{ date }}), 1)
{%- endmacro %}
