{# Place of the first character at which `piece` begins in a text, from 1; 0 where it is not there. #}

{% macro position_of(piece, text) -%}
    {{ return(adapter.dispatch('position_of', 'warehouse')(piece, text)) }}
{%- endmacro %}

{% macro duckdb__position_of(piece, text) -%}
    strpos({{ text }}, {{ piece }})
{%- endmacro %}

{% macro sqlserver__position_of(piece, text) -%}
    charindex({{ piece }}, {{ text }})
{%- endmacro %}
