{# Quotient as double, NULL for a zero divisor. #}

{% macro ratio(part, whole) -%}
    {{ return(adapter.dispatch('ratio', 'warehouse')(part, whole)) }}
{%- endmacro %}

{% macro duckdb__ratio(part, whole) -%}
    (cast({{ part }} as double) / nullif({{ whole }}, 0))
{%- endmacro %}

{% macro sqlserver__ratio(part, whole) -%}
    (cast({{ part }} as float) / nullif({{ whole }}, 0))
{%- endmacro %}
