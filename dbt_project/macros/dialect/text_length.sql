{# Number of characters with trailing blanks counted; T-SQL's LEN drops them,
   and counts an emoji as two unless the collation knows supplementary characters (_SC). #}

{% macro text_length(text) -%}
    {{ return(adapter.dispatch('text_length', 'warehouse')(text)) }}
{%- endmacro %}

{% macro duckdb__text_length(text) -%}
    length({{ text }})
{%- endmacro %}

{% macro sqlserver__text_length(text) -%}
    (len(concat({{ text }}, '.') collate Latin1_General_100_CI_AS_SC) - 1 + case when {{ text }} is null then null else 0 end)
{%- endmacro %}
