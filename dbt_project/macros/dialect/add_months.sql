{# A date moved by whole months, as a date; the day is cut to the month's last (31 January + 1 = end of February). #}

{% macro add_months(date, months) -%}
    {{ return(adapter.dispatch('add_months', 'warehouse')(date, months)) }}
{%- endmacro %}

{% macro duckdb__add_months(date, months) -%}
    cast({{ date }} + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro sqlserver__add_months(date, months) -%}
    cast(dateadd(month, {{ months }}, {{ date }}) as date)
{%- endmacro %}
