{# Ends of whole seconds between two timestamps: positive when the second is later. In bigint on T-SQL, whose DATEDIFF is an int and fails after 68 years. #}

{% macro second_diff(earlier, later) -%}
    {{ return(adapter.dispatch('second_diff', 'warehouse')(earlier, later)) }}
{%- endmacro %}

{% macro duckdb__second_diff(earlier, later) -%}
    date_diff('second', {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro sqlserver__second_diff(earlier, later) -%}
    datediff_big(second, {{ earlier }}, {{ later }})
{%- endmacro %}
