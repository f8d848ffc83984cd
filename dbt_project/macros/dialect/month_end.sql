{# Last day of the month of a date or timestamp, as a date. #}

{% macro month_end(date) -%}
    {{ return(adapter.dispatch('month_end', 'warehouse')(date)) }}
{%- endmacro %}

{% macro duckdb__month_end(date) -%}
    last_day({{ date }})
{%- endmacro %}

{% macro sqlserver__month_end(date) -%}
    eomonth({{ date }})
{%- endmacro %}
