{# The text at a place within a JSON text, such as $[0].part; NULL where nothing or no single value is there. T-SQL's
   JSON_VALUE gives at most 4,000 characters. `path` may be a column or an expression. #}

{% macro json_text(json, path) -%}
    {{ return(adapter.dispatch('json_text', 'warehouse')(json, path)) }}
{%- endmacro %}

{% macro duckdb__json_text(json, path) -%}
    case
        when json_type({{ json }}, {{ path }}) not in ('ARRAY', 'OBJECT')
            then json_extract_string({{ json }}, {{ path }})
    end
{%- endmacro %}

{% macro sqlserver__json_text(json, path) -%}
    json_value({{ json }}, {{ path }})
{%- endmacro %}
