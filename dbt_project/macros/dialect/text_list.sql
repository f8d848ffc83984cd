{# Aggregate: the group's texts in order, joined by `separator`. #}

{% macro text_list(text, separator=', ') -%}
    {{ return(adapter.dispatch('text_list', 'warehouse')(text, separator)) }}
{%- endmacro %}

{% macro duckdb__text_list(text, separator=', ') -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ text }})
{%- endmacro %}

{% macro sqlserver__text_list(text, separator=', ') -%}
    string_agg(cast({{ text }} as nvarchar(max)), '{{ separator }}') within group (order by {{ text }})
{%- endmacro %}
