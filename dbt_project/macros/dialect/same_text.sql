{# Equality by letter case and trailing blanks; T-SQL pads, and most of its collations fold case. #}

{% macro same_text(left, right) -%}
    {{ return(adapter.dispatch('same_text', 'warehouse')(left, right)) }}
{%- endmacro %}

{% macro duckdb__same_text(left, right) -%}
    ({{ left }} = {{ right }})
{%- endmacro %}

{% macro sqlserver__same_text(left, right) -%}
    (
        cast(cast({{ left }} as nvarchar(max)) as varbinary(max))
        = cast(cast({{ right }} as nvarchar(max)) as varbinary(max))
    )
{%- endmacro %}
