{# Mean as double; T-SQL's AVG of integers is an integer. #}

{% macro average(value) -%}
    {{ return(adapter.dispatch('average', 'warehouse')(value)) }}
{%- endmacro %}

{% macro duckdb__average(value) -%}
    avg(cast({{ value }} as double))
{%- endmacro %}

{% macro sqlserver__average(value) -%}
    avg(cast({{ value }} as float))
{%- endmacro %}
