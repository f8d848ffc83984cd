{# Names of the warehouse's types. Text of `length` can be a key on SQL Server; without, it cannot. #}

{% macro t_text(length=none) -%}
    {{ return(adapter.dispatch('t_text', 'warehouse')(length)) }}
{%- endmacro %}

{% macro duckdb__t_text(length=none) -%}
    varchar
{%- endmacro %}

{% macro sqlserver__t_text(length=none) -%}
    {{ 'nvarchar(' ~ length ~ ')' if length else 'nvarchar(max)' }}
{%- endmacro %}

{% macro t_double() -%}
    {{ return(adapter.dispatch('t_double', 'warehouse')()) }}
{%- endmacro %}

{% macro duckdb__t_double() -%}
    double
{%- endmacro %}

{% macro sqlserver__t_double() -%}
    float
{%- endmacro %}

{% macro t_timestamp() -%}
    {{ return(adapter.dispatch('t_timestamp', 'warehouse')()) }}
{%- endmacro %}

{% macro duckdb__t_timestamp() -%}
    timestamp
{%- endmacro %}

{% macro sqlserver__t_timestamp() -%}
    datetime2(6)
{%- endmacro %}
