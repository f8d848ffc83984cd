{# Condition: the text has ASCII digits only, and at least one. #}

{% macro is_digits(text) -%}
    {{ return(adapter.dispatch('is_digits', 'warehouse')(text)) }}
{%- endmacro %}

{% macro duckdb__is_digits(text) -%}
    regexp_full_match({{ text }}, '[0-9]+')
{%- endmacro %}

{% macro sqlserver__is_digits(text) -%}
    (
        {{ text }} like '[0-9]%' collate Latin1_General_BIN2
        and {{ text }} not like '%[^0-9]%' collate Latin1_General_BIN2
    )
{%- endmacro %}
