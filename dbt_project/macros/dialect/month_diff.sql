{# First-of-months between two dates: positive when the second is later. #}

{% macro month_diff(earlier, later) -%}
    {{ return(adapter.dispatch('month_diff', 'warehouse')(earlier, later)) }}
{%- endmacro %}

{% macro duckdb__month_diff(earlier, later) -%}
    date_diff('month', {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro sqlserver__month_diff(earlier, later) -%}
    datediff(month, {{ earlier }}, {{ later }})
{%- endmacro %}
