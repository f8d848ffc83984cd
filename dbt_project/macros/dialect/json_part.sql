{# The list or object at a place within a JSON text, as text in the spelling that it has there; NULL where neither is.
   `path` may be a column or an expression. #}

{% macro json_part(json, path) -%}
    {{ return(adapter.dispatch('json_part', 'warehouse')(json, path)) }}
{%- endmacro %}

{% macro duckdb__json_part(json, path) -%}
    case
        when json_type({{ json }}, {{ path }}) in ('ARRAY', 'OBJECT')
            then cast(json_extract({{ json }}, {{ path }}) as varchar)
    end
{%- endmacro %}

{% macro sqlserver__json_part(json, path) -%}
    json_query({{ json }}, {{ path }})
{%- endmacro %}
