{# Number of characters with trailing blanks counted; T-SQL's LEN drops them. #}

{% macro text_length(text) -%}
    {{ return(adapter.dispatch('text_length', 'warehouse')(text)) }}
{%- endmacro %}

{% macro duckdb__text_length(text) -%}
    length({{ text }})
{%- endmacro %}

{% macro sqlserver__text_length(text) -%}
    (len(concat({{ text }}, '.')) - 1 + case when {{ text }} is null then null else 0 end)
{%- endmacro %}
