{# Seconds since 1970-01-01 UTC as timestamp without zone. In two steps on T-SQL, whose DATEADD takes an int and would stop in 2038. #}

{% macro epoch_to_timestamp(seconds) -%}
    {{ return(adapter.dispatch('epoch_to_timestamp', 'warehouse')(seconds)) }}
{%- endmacro %}

{% macro duckdb__epoch_to_timestamp(seconds) -%}
    make_timestamp({{ seconds }} * 1000000)
{%- endmacro %}

{% macro sqlserver__epoch_to_timestamp(seconds) -%}
    dateadd(second, cast({{ seconds }} % 86400 as int), dateadd(day, cast({{ seconds }} / 86400 as int), cast('1970-01-01' as datetime2(6))))
{%- endmacro %}
