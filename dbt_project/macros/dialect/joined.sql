{# Texts and numbers joined into one text; NULL counts as empty on both engines (`||` would give NULL on one). #}

{% macro joined(parts) -%}
    {{ return(adapter.dispatch('joined', 'warehouse')(parts)) }}
{%- endmacro %}

{% macro duckdb__joined(parts) -%}
    concat({{ parts | join(', ') }})
{%- endmacro %}

{% macro sqlserver__joined(parts) -%}
    concat({{ parts | join(', ') }}, '')
{%- endmacro %}
