{# A condition as a boolean column; unknown counts as false. #}

{% macro flag(condition) -%}
    {{ return(adapter.dispatch('flag', 'warehouse')(condition)) }}
{%- endmacro %}

{% macro duckdb__flag(condition) -%}
    (case when {{ condition }} then true else false end)
{%- endmacro %}

{% macro sqlserver__flag(condition) -%}
    cast(case when {{ condition }} then 1 else 0 end as bit)
{%- endmacro %}
