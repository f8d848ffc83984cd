{# Midnights between two dates or timestamps: positive when the second is later. #}

{% macro day_diff(earlier, later) -%}
    {{ return(adapter.dispatch('day_diff', 'warehouse')(earlier, later)) }}
{%- endmacro %}

{% macro duckdb__day_diff(earlier, later) -%}
    date_diff('day', {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro sqlserver__day_diff(earlier, later) -%}
    datediff(day, {{ earlier }}, {{ later }})
{%- endmacro %}
