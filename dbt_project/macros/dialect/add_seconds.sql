{# A timestamp moved by whole seconds, at most those of 68 years: DATEADD takes an int. #}

{% macro add_seconds(moment, seconds) -%}
    {{ return(adapter.dispatch('add_seconds', 'warehouse')(moment, seconds)) }}
{%- endmacro %}

{% macro duckdb__add_seconds(moment, seconds) -%}
    ({{ moment }} + to_seconds({{ seconds }}))
{%- endmacro %}

{% macro sqlserver__add_seconds(moment, seconds) -%}
    dateadd(second, cast({{ seconds }} as int), {{ moment }})
{%- endmacro %}
