{# Quotient of whole numbers without remainder, NULL for a zero divisor. `/` gives 3.5 on one engine and 3 on the other. #}

{% macro integer_divide(dividend, divisor) -%}
    {{ return(adapter.dispatch('integer_divide', 'warehouse')(dividend, divisor)) }}
{%- endmacro %}

{% macro duckdb__integer_divide(dividend, divisor) -%}
    ({{ dividend }} // nullif({{ divisor }}, 0))
{%- endmacro %}

{% macro sqlserver__integer_divide(dividend, divisor) -%}
    ({{ dividend }} / nullif({{ divisor }}, 0))
{%- endmacro %}
