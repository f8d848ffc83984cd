{# This moment, UTC without zone. Only int_calendar__run_clock may call it. #}

{% macro utc_now() -%}
    {{ return(adapter.dispatch('utc_now', 'warehouse')()) }}
{%- endmacro %}

{% macro duckdb__utc_now() -%}
    timezone('UTC', now())
{%- endmacro %}

{% macro sqlserver__utc_now() -%}
    cast(sysutcdatetime() as datetime2(6))
{%- endmacro %}
