{# Whole seconds between two timestamps; bigint, so that decades do not overflow. #}

{% macro second_diff(earlier, later) -%}
    {{ return(adapter.dispatch('second_diff', 'warehouse')(earlier, later)) }}
{%- endmacro %}

{% macro duckdb__second_diff(earlier, later) -%}
    date_diff('second', {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro sqlserver__second_diff(earlier, later) -%}
    datediff_big(second, {{ earlier }}, {{ later }})
{%- endmacro %}
